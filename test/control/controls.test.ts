/**
 * Every key, button, note, controller and pot works what its table says, and nothing else. Each is tried on a module that plays,
 * and what it asked for is read off before the next boundary.
 */
import assert from "node:assert/strict"
import { LEAD_MICROS, feed } from "../../src/backend"
import type { EventWord } from "../../src/event"
import { INPUT_PORTS, byteEvent, levelEvent } from "../../src/event"
import { Module } from "../../src/module"
import { Rack, intervals, steady } from "../support/rack"

const NOBODY = { schedule: () => true }

/** A playing module in its second part, with channels 3 and 4 stopped. */
class Bench {
  readonly module = new Module({ source: "internal", wait: 5, sync: [{}, {}, { autoStart: false }, { autoStart: false }] })
  private time = 2.5e6

  event(port: (typeof INPUT_PORTS)[number], event: (number: number) => EventWord): this {
    feed(this.module, NOBODY, this.time, event(INPUT_PORTS.indexOf(port)))
    this.time += 1000
    return this
  }

  key(key: string): this {
    return this.event("keys", (port) => byteEvent(port, key.charCodeAt(0)))
  }

  midi(port: "midi-usb" | "midi-din", ...bytes: [number, number, number]): this {
    for (const byte of bytes) this.event(port, (number) => byteEvent(number, byte))
    return this
  }

  button(port: (typeof INPUT_PORTS)[number], micros = 20000): this {
    this.event(port, (number) => levelEvent(number, 1))
    this.time += micros
    return this.event(port, (number) => levelEvent(number, 0)).later(20000)
  }

  pot(port: "pot-tempo" | "pot-wait" | "pot-arp", value: number): this {
    return this.event(port, (number) => levelEvent(number, value))
  }

  later(micros: number): this {
    this.time += micros
    this.module.render(this.time + LEAD_MICROS, NOBODY)
    return this
  }

  /** What is pending on the four channels, by the first letter: start, Stop, pause, resume. */
  get pending(): string {
    return this.module.bank.channels.map((channel) => "-sSpr"[channel.pending]).join("")
  }

  get pulsesOff(): number[] {
    return this.module.bank.channels.map((channel) => channel.pulsesOff)
  }
}

describe("keys", () => {
  it("a to d start or stop, i to l pause or step, I to L realign, s starts all, x stops all", () => {
    for (const [keys, pending] of Object.entries({
      a: "S---",
      b: "-S--",
      c: "--s-",
      d: "---s",
      i: "p---",
      j: "-p--",
      s: "--ss",
      x: "SS--",
    })) {
      assert.equal(new Bench().key(keys).pending, pending, keys)
    }
    assert.deepEqual(new Bench().key("k").key("l").key("l").pulsesOff, [0, 0, 1, 2])
    assert.deepEqual(new Bench().key("k").key("l").key("l").key("L").pulsesOff, [0, 0, 1, 0])
    assert.deepEqual(new Bench().key("k").key("I").key("J").key("K").pulsesOff, [0, 0, 0, 0])
  })

  it("change the tempo by 20, 1 and 0.1 BPM, from the target on", () => {
    for (const [key, by] of Object.entries({ "9": 20, "7": -20, "+": 1, "-": -1, "(": 1, "&": -1, ">": 0.1, "<": -0.1 })) {
      const bench = new Bench().key(key)
      assert.equal(bench.module.bank.targetTempo, 120 + by)
      assert.equal(bench.module.settings.tempo, 120, "not before the boundary")
      assert.ok(Math.abs(bench.key(key).module.bank.targetTempo - 120 - 2 * by) < 1e-9)
      assert.equal(bench.later(2e6).module.settings.tempo, Math.round((120 + 2 * by) * 100) / 100)
    }
  })

  it("stay within 20 and 999.99 BPM, 1 and 99 parts, 1 and 64 steps", () => {
    const press = (key: string) => {
      const bench = new Bench()
      for (let i = 0; i < 120; i++) bench.key(key)
      return bench.module.bank
    }
    assert.equal(press("7").targetTempo, 20)
    assert.equal(press("9").targetTempo, 999.99)
    assert.equal(press("6").nextWait, 99)
    assert.equal(press("4").nextWait, 1)
    assert.equal(press("]").nextSteps, 64)
    assert.equal(press("[").nextSteps, 1)
    assert.equal(new Bench().key("6").module.bank.nextWait, 6)
    assert.equal(new Bench().key("]").module.bank.nextSteps, 17)
  })

  it("write what they set into the settings' record, so that it persists and no other change takes it back", () => {
    const bench = new Bench().key("]").key("6").key("9").later(2e6)
    const { module } = bench
    assert.deepEqual([module.settings.part.steps, module.settings.wait, module.settings.tempo], [17, 6, 140])
    assert.deepEqual(module.change(4.9e6, { clock: { swing: 60 } }), [])
    assert.deepEqual([module.bank.nextSteps, module.bank.nextWait, module.settings.tempo], [17, 6, 140])
  })

  it("space stops and plays; others do nothing and are counted", () => {
    const bench = new Bench().key(" ")
    assert.equal(bench.module.transport.state, 0)
    assert.equal(bench.key(" ").module.transport.state, 2)
    for (const key of "eZ0?\x7f") bench.key(key)
    assert.equal(bench.module.keys.unknown, 5)
    assert.equal(bench.pending, "----")
  })
})

describe("buttons", () => {
  it("work their channels, debounced", () => {
    for (let channel = 0; channel < 4; channel++) {
      const port = `button-channel${channel + 1}` as "button-channel1"
      assert.equal(new Bench().button(port).pending[channel], "SSss"[channel])
      assert.equal(new Bench().button(port, 3000).pending, "----", "3 ms are a bounce")
    }
    assert.equal(new Bench().button("button-step1").pending, "p---")
    assert.equal(new Bench().button("button-step2").pending, "-p--")
    assert.deepEqual(new Bench().button("button-step3").button("button-step4").button("button-step4").pulsesOff, [0, 0, 1, 2])
  })
})

describe("notes and controllers", () => {
  for (const port of ["midi-usb", "midi-din"] as const) {
    it(`work the channels at ${port}, on MIDI channel 16`, () => {
      for (const [note, pending] of Object.entries({
        60: "S---",
        61: "-S--",
        62: "--s-",
        63: "---s",
        64: "p---",
        65: "-p--",
        68: "--ss",
        69: "SS--",
      })) {
        assert.equal(new Bench().midi(port, 0x9f, Number(note), 100).pending, pending)
        assert.equal(new Bench().midi(port, 0x9f, Number(note), 0).pending, "----", "velocity 0 is a note off")
        assert.equal(new Bench().midi(port, 0x8f, Number(note), 100).pending, "----")
        assert.equal(new Bench().midi(port, 0x9e, Number(note), 100).pending, "----", "another MIDI channel")
      }
      const bench = new Bench().midi(port, 0x9f, 66, 1).midi(port, 0x9f, 67, 1).midi(port, 0x9f, 67, 1)
      assert.deepEqual(bench.pulsesOff, [0, 0, 1, 2])
      assert.deepEqual(bench.midi(port, 0x9f, 75, 1).pulsesOff, [0, 0, 1, 0])
      assert.equal(new Bench().midi(port, 0x9f, 76, 1).module.transport.state, 0)
    })

    it(`set wait, part and tempo at ${port}`, () => {
      const bench = new Bench().midi(port, 0xbf, 102, 7).midi(port, 0xbf, 103, 12)
      assert.equal(bench.module.bank.nextWait, 7)
      assert.equal(bench.module.bank.nextSteps, 12)
      assert.equal(bench.midi(port, 0xbf, 104, 60).module.bank.targetTempo, 140)
      assert.equal(bench.midi(port, 0xbf, 105, 32).module.bank.targetTempo, 140.5)
      assert.equal(new Bench().midi(port, 0xbf, 102, 0).module.bank.nextWait, 1)
      assert.equal(new Bench().midi(port, 0xbf, 103, 127).module.bank.nextSteps, 64)
    })
  }

  it("take what they understand out of the stream, and leave the rest in it", () => {
    const rack = new Rack()
    rack.midi("midi-din", 2e6, 0x9f, 60, 100).midi("midi-din", 2.1e6, 0x9f, 59, 100).midi("midi-din", 2.2e6, 0x90, 60, 100)
    const passed = rack
      .run({ source: "internal" })
      .messages("midi-usb")
      .filter(({ bytes }) => bytes[0] < 0xf0)
    assert.deepEqual(
      passed.map(({ bytes }) => bytes),
      [
        [0x9f, 59, 100],
        [0x90, 60, 100],
      ],
    )
    const off = new Rack().midi("midi-din", 2e6, 0x9f, 60, 100).run({ source: "internal", control: { channel: 0 } })
    assert.equal(off.messages("midi-usb").filter(({ bytes }) => bytes[0] === 0x9f).length, 1)
  })
})

describe("pots", () => {
  it("set the tempo from 40 to 240 BPM and the wait from 1 to 99, at the boundary", () => {
    for (const [value, tempo] of [
      [0, 40],
      [1023, 240],
      [512, 140],
    ]) {
      assert.equal(new Bench().pot("pot-tempo", value).module.bank.targetTempo, tempo)
      assert.equal(new Bench().pot("pot-tempo", value).later(2e6).module.settings.tempo, tempo)
    }
    for (const [value, wait] of [
      [0, 1],
      [1023, 99],
      [512, 50],
    ])
      assert.equal(new Bench().pot("pot-wait", value).module.bank.nextWait, wait)
  })

  it("do not act on noise", () => {
    const bench = new Bench().pot("pot-tempo", 500).pot("pot-wait", 500).later(2e6)
    bench.key("9").key("6")
    const { bank } = bench.module
    const target = bank.targetTempo
    const wait = bank.nextWait
    for (let i = 0; i < 200; i++) bench.pot("pot-tempo", 497 + ((i * 7) % 7)).pot("pot-wait", 497 + ((i * 5) % 7))
    assert.equal(bank.targetTempo, target)
    assert.equal(bank.nextWait, wait)
    assert.notEqual(bench.pot("pot-tempo", 510).module.bank.targetTempo, target)
  })

  it("leave the tempo alone while an external clock rules", () => {
    const rack = new Rack().pulses("cv", steady(1e6, 120, 1, 20)).pot("pot-tempo", 5e6, 1023)
    const outcome = rack.run({ source: "cv" })
    assert.equal(outcome.recording.counters.tempoRefused, 1)
    assert.ok(intervals(outcome.clocks()).every((interval) => Math.abs(interval - 500000 / 24) <= 1))
  })
})
