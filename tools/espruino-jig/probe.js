// Stamps one signal by interrupt: setWatch's event carries the time the edge came, not the time JavaScript got round to it. Keeps
// periods and widths, and the delay after the last reference edge (the jig's own clock, wired back to a pin and stamped alike, so
// that both ends are measured with one clock).
var Statistics = require("./statistics").Statistics

function Probe(name, pin, options) {
  this.name = name
  this.low = options.low ? 1 : 0 // active low: a MIDI byte, an S-trigger
  this.reference = options.reference
  this.clear()
  var self = this
  setWatch(
    function (event) {
      self.edge(event.state ? 1 : 0, event.time * 1000)
    },
    pin,
    { repeat: true, edge: "both" },
  )
}

Probe.prototype.clear = function () {
  this.begun = undefined
  this.periods = new Statistics()
  this.widths = new Statistics()
  this.delays = new Statistics()
}

Probe.prototype.edge = function (state, time) {
  if (state === this.low) {
    if (this.begun !== undefined) this.widths.add(time - this.begun)
    return
  }
  if (this.begun !== undefined) this.periods.add(time - this.begun)
  this.begun = time
  var reference = this.reference
  if (reference !== undefined && reference.begun !== undefined) this.delays.add(time - reference.begun)
}

Probe.prototype.report = function () {
  print(this.name + ": period ms: " + this.periods.line())
  print(this.name + ": width ms: " + this.widths.line())
  if (this.reference !== undefined) print(this.name + ": after the clock ms: " + this.delays.line())
  if (this.periods.count > 0) print(this.name + ": " + (60000 / this.periods.mean).toFixed(3) + " pulses a minute")
}

exports.Probe = Probe
