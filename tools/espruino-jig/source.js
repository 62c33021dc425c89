// Sends a train out of a pin by timed outputs. Espruino's digitalPulse returns at once and its hardware timer switches the pin;
// a call made while an earlier one is pending goes on from the end of that one, exactly. So a train is kept a few pulses ahead, never
// more than the timer's queue holds, and topped up from a slow interval: what the interpreter does in the meantime does not move an edge.
var AHEAD = 5 // pulses, two queue entries each
var TOP_UP = 20 // milliseconds
var LEAST_GAP = 0.05 // milliseconds

function Source(pin) {
  this.pin = pin
  this.starved = 0
  this.sent = 0
  this.timer = undefined
}

Source.prototype.start = function (train, limit) {
  this.stop()
  this.train = train
  this.limit = limit || 0
  this.sent = 0
  this.starved = 0
  this.ends = []
  this.zero = undefined
  this.fill()
  var self = this
  this.timer = setInterval(function () {
    self.fill()
  }, TOP_UP)
}

Source.prototype.stop = function () {
  if (this.timer !== undefined) clearInterval(this.timer)
  this.timer = undefined
}

Source.prototype.fill = function () {
  var now = getTime() * 1000
  while (this.ends.length > 0 && this.ends[0] <= now) this.end = this.ends.shift()
  while (this.ends.length < AHEAD) {
    if (this.limit > 0 && this.sent >= this.limit) {
      if (this.ends.length === 0) this.stop()
      return
    }
    this.send(this.train.next(), now)
  }
}

Source.prototype.send = function (pulse, now) {
  var pending = this.ends.length > 0
  if (this.zero === undefined) {
    this.zero = now
    digitalPulse(this.pin, 1, pulse.width)
    this.ends.push(now + pulse.width)
  } else {
    var last = pending ? this.ends[this.ends.length - 1] : now
    var gap = this.zero + pulse.start - last
    if (!pending) {
      // The queue ran dry: the chain is broken, and the time lost is counted, not hidden.
      this.starved++
      if (gap < 0) {
        this.zero -= gap
        gap = 0
      }
      digitalPulse(this.pin, 0, Math.max(gap, LEAST_GAP))
      digitalPulse(this.pin, 1, pulse.width)
    } else digitalPulse(this.pin, 0, [Math.max(gap, LEAST_GAP), pulse.width])
    this.ends.push(last + Math.max(gap, LEAST_GAP) + pulse.width)
  }
  this.sent++
}

exports.Source = Source
