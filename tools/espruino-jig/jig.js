// The jig: type its commands at the board's prompt.
//   clock({ bpm: 120, ppqn: 4 })         a clock; also width, jitter, seed, missing, doubled, glitch, stepAfter, stepBpm, pulses
//   silence()                            stops it
//   line("run", 1)  line("reset", 1)     holds a gate high (1) or low (0)
//   pulse("reset")                       a pulse of 5 ms
//   zero()                               forgets what was measured
//   report()                             prints what was measured
// Wiring (pins of a Raspberry Pi Pico running Espruino) stands in boards/hardware/README.md.
var Train = require("./train").Train
var Source = require("./source").Source
var Probe = require("./probe").Probe

var PINS = { clock: D2, run: D3, reset: D4, back: D5, out1: D6, out2: D7, out3: D8, midi: D9 }

var source = new Source(PINS.clock)
var back = new Probe("clock", PINS.back, {})
var probes = [
  back,
  new Probe("out1", PINS.out1, { reference: back }),
  new Probe("out2", PINS.out2, { reference: back }),
  new Probe("out3", PINS.out3, { reference: back }),
  new Probe("midi", PINS.midi, { reference: back, low: true }),
]

global.clock = function (options) {
  if (!options || !(options.bpm > 0)) {
    print("clock wants a tempo: clock({ bpm: 120, ppqn: 4 })")
    return
  }
  zero()
  source.start(new Train(options), options.pulses)
}

global.silence = function () {
  source.stop()
}

global.line = function (name, level) {
  if (name !== "run" && name !== "reset") print('line wants "run" or "reset"')
  else digitalWrite(PINS[name], level)
}

global.pulse = function (name) {
  if (name !== "run" && name !== "reset") print('pulse wants "run" or "reset"')
  else digitalPulse(PINS[name], 1, 5)
}

global.zero = function () {
  E.getErrorFlags()
  probes.forEach(function (probe) {
    probe.clear()
  })
}

global.report = function () {
  print("sent " + source.sent + " pulses, ran dry " + source.starved + " times")
  probes.forEach(function (probe) {
    if (probe.begun !== undefined) probe.report()
  })
  var flags = E.getErrorFlags()
  if (flags.length > 0) print("not to be trusted: the board lost events: " + flags.join(", "))
}

digitalWrite(PINS.clock, 0)
digitalWrite(PINS.run, 0)
digitalWrite(PINS.reset, 0)
print("jig ready: clock({ bpm: 120, ppqn: 4 }), then report()")
