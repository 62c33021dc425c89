// Count, mean, spread and extremes of a stream of numbers in fixed memory (Welford's method: no large sums to cancel).
function Statistics() {
  this.count = 0
  this.mean = 0
  this.squares = 0
  this.least = 0
  this.most = 0
}

Statistics.prototype.add = function (value) {
  if (this.count === 0 || value < this.least) this.least = value
  if (this.count === 0 || value > this.most) this.most = value
  this.count++
  var distance = value - this.mean
  this.mean += distance / this.count
  this.squares += distance * (value - this.mean)
}

Statistics.prototype.deviation = function () {
  return this.count > 1 ? Math.sqrt(this.squares / (this.count - 1)) : 0
}

// "mean 500.000 sd 0.012 least 499.980 most 500.021 (96)", all in milliseconds.
Statistics.prototype.line = function () {
  if (this.count === 0) return "nothing yet"
  var text = "mean " + this.mean.toFixed(3) + " sd " + this.deviation().toFixed(3)
  return text + " least " + this.least.toFixed(3) + " most " + this.most.toFixed(3) + " (" + this.count + ")"
}

exports.Statistics = Statistics
