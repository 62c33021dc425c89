// A pulse train of known tempo, jitter and faults. Pure: it says when each pulse begins and how long it is, in milliseconds from
// the first pulse. Times come from the pulse's number, never from a sum, so the tempo asked for is the tempo sent. Plain old
// JavaScript throughout this folder: what runs here must run on Espruino's interpreter.

// A small generator, so that a run can be repeated: 16 bits, every product well within 32 bits.
function nextRandom(seed) {
  return (seed * 75 + 74) % 65537
}

// options: bpm, ppqn (1), width (5 ms), jitter (0 ms, each way), seed (1), and faults, each "every so many pulses" or 0:
// missing (the pulse is left out), doubled (a second pulse 4 ms after the first ends), glitch (a spike of 0.02 ms half a period later);
// stepAfter pulses the tempo becomes stepBpm.
function Train(options) {
  this.period = 60000 / (options.bpm * (options.ppqn || 1))
  this.stepPeriod = options.stepBpm ? 60000 / (options.stepBpm * (options.ppqn || 1)) : this.period
  this.stepAfter = options.stepBpm ? options.stepAfter || 0 : -1
  this.width = options.width || 5
  this.jitter = options.jitter || 0
  this.seed = options.seed || 1
  this.missing = options.missing || 0
  this.doubled = options.doubled || 0
  this.glitch = options.glitch || 0
  this.number = 0
  this.waiting = []
}

// When pulse `number` is due, without jitter.
Train.prototype.ideal = function (number) {
  if (this.stepAfter < 0 || number <= this.stepAfter) return number * this.period
  return this.stepAfter * this.period + (number - this.stepAfter) * this.stepPeriod
}

function isTurn(number, every) {
  return every > 0 && number > 0 && number % every === 0
}

// The next pulse as { start, width }.
Train.prototype.next = function () {
  while (this.waiting.length === 0) this.plan()
  return this.waiting.shift()
}

Train.prototype.plan = function () {
  var number = this.number++
  this.seed = nextRandom(this.seed)
  if (isTurn(number, this.missing)) return
  var start = this.ideal(number) + (number === 0 ? 0 : (this.seed / 32768 - 1) * this.jitter)
  this.waiting.push({ start: start, width: this.width })
  if (isTurn(number, this.doubled)) this.waiting.push({ start: start + this.width + 4, width: this.width })
  if (isTurn(number, this.glitch)) this.waiting.push({ start: start + (this.ideal(number + 1) - this.ideal(number)) / 2, width: 0.02 })
}

exports.Train = Train
