/** MIDI in: its clock and transport are followed, everything else passes through and gives way to the clock. */
import assert from "node:assert/strict"
import { Rack, intervals, steady } from "./support/rack"

const CLOCK = 0xf8

function midiClock(rack: Rack, port: "midi-din" | "midi-usb", times: readonly number[]): Rack {
  times.forEach((time) => rack.midi(port, time, CLOCK))
  return rack
}

describe("MIDI clock in", () => {
  for (const port of ["midi-din", "midi-usb"] as const) {
    it(`from ${port}: Start, one clock out for each clock in, standing on it, Stop`, () => {
      const clocks = steady(1e6, 120, 24, 240)
      const rack = new Rack().midi(port, 0.98e6, 0xfa)
      midiClock(rack, port, clocks).midi(port, 5.985e6, 0xfc)
      const outcome = rack.run({ source: port }, 7e6)
      const out = outcome.clocks()
      assert.deepEqual(
        outcome.transport().map(([, status]) => status),
        [0xfa, 0xfc],
      )
      assert.equal(out.length, 240)
      for (let i = 3; i < 240; i++) assert.ok(Math.abs(out[i] - clocks[i]) <= 1, `clock ${i}: ${out[i]} for ${clocks[i]}`)
      assert.ok(out[0] - outcome.timesOf("midi-usb", 0xfa)[0] >= 1000)
    })
  }

  it("Continue goes on at the song position that was sent, and passes it on", () => {
    const rack = new Rack().midi("midi-usb", 0.5e6, 0xf2, 0x10, 0x01).midi("midi-usb", 0.9e6, 0xfb)
    const outcome = midiClock(rack, "midi-usb", steady(1e6, 120, 24, 100)).run({ source: "midi-usb" }, 3.08e6)
    assert.deepEqual(
      outcome.transport().map(([, ...bytes]) => bytes),
      [[0xf2, 0x10, 0x01], [0xfb]],
    )
    assert.equal(outcome.clocks().length, 100)
    assert.equal(outcome.transport("midi-din").length, 4, "three bytes of song position, one of Continue")
  })

  it("a Stop just before the next clock, and a Continue: no clock too many", () => {
    const rack = new Rack().midi("midi-usb", 0.98e6, 0xfa)
    midiClock(rack, "midi-usb", steady(1e6, 120, 24, 100))
    rack.midi("midi-usb", 1e6 + 100 * 20833.3 - 3000, 0xfc).midi("midi-usb", 4e6, 0xfb)
    const clocks = midiClock(rack, "midi-usb", steady(4.02e6, 120, 24, 50))
      .run({ source: "midi-usb" }, 4.02e6 + 50 * 20833.3 - 10000)
      .clocks()
    assert.equal(clocks.length, 150)
  })

  for (const din of [0, 20000]) {
    for (const gap of [0, 300, 5000, 15000]) {
      for (const again of [[0xfa], [0xf2, 8, 0, 0xfb], [0xfb]]) {
        const name = again.map((byte) => byte.toString(16)).join(" ")
        it(`Stop and ${name} ${gap} us behind it, DIN ${din} us later than USB: all play on`, () => {
          const clocks = steady(1e6, 120, 24, 96)
          const rack = new Rack().midi("midi-usb", 0.98e6, 0xfa)
          clocks.forEach((time, i) => {
            rack.midi("midi-usb", time, CLOCK)
            if (i === 48) rack.midi("midi-usb", time + 2000, 0xfc).midi("midi-usb", time + 2000 + gap, ...again)
          })
          const outcome = rack.run({ source: "midi-usb", latencyMicros: { "midi-din": din } }, clocks[90] + 30000)
          for (const port of ["midi-usb", "midi-din"] as const) {
            const starts = outcome.transport(port).filter(([, status]) => status >= 0xfa)
            assert.deepEqual(
              starts.map(([, status]) => status),
              [0xfa, 0xfc, again[again.length - 1]],
            )
            assert.equal(outcome.clocks(port).filter((time) => time < clocks[90] + (port === "midi-din" ? din : 0) - 1000).length, 90)
            assert.equal(outcome.clocks(port).filter((time) => time > starts[1][0] && time < starts[2][0]).length, 0)
          }
        })
      }
    }
  }

  it("a Song Position after the Stop counts anew: the first clock after the Continue is not kept back", () => {
    const clocks = steady(1e6, 120, 24, 192)
    const again = steady(6.03e6, 120, 24, 96)
    const rack = midiClock(new Rack().midi("midi-usb", 0.98e6, 0xfa), "midi-usb", clocks)
    rack.midi("midi-usb", 1e6 + 192 * 20833.3 - 5000, 0xfc)
    rack.midi("midi-usb", 5.9e6, 0xf2, 8, 0).midi("midi-usb", 6.02e6, 0xfb)
    const out = midiClock(rack, "midi-usb", again).run({ source: "midi-usb" }).clocks()
    const first = out.find((time) => time > 5.9e6) ?? Infinity
    assert.ok(first < again[0] + 2000, `${first} for ${again[0]}`)
  })

  it("a Start while the clock runs puts beat 1 on the next clock", () => {
    const clocks = steady(1e6, 120, 24, 240)
    const ordered = new Rack()
    clocks.forEach((time, i) => {
      if (i === 120) ordered.midi("midi-usb", time - 3000, 0xfa)
      ordered.midi("midi-usb", time, CLOCK)
    })
    const outcome = ordered.run({ source: "midi-usb" }, 5.9e6)
    const restart = outcome.timesOf("midi-usb", 0xfa)[1]
    const out = outcome.clocks()
    assert.ok(Math.abs(out.filter((time) => time > restart).length - 120) <= 4)
    assert.equal(out.filter((time) => time > restart && time < clocks[122] - 1000).length, 2)
  })
})

describe("MIDI transport beside another clock", () => {
  it("works the transport where the input sends no clock of its own", () => {
    const rack = new Rack()
    steady(0, 120, 1, 20).forEach((time, i) => {
      rack.pulse("cv", time)
      if (i === 6) rack.midi("midi-din", time + 200000, 0xfa)
      if (i === 10) rack.midi("midi-usb", time + 200000, 0xfc)
      if (i === 12) rack.midi("midi-usb", time + 100000, 0xf2, 8, 0)
      if (i === 13) rack.midi("midi-usb", time + 200000, 0xfb)
    })
    const outcome = rack.run({ transport: { start: "button" } })
    assert.deepEqual(
      outcome.transport().map(([, ...bytes]) => bytes),
      [[0xfa], [0xfc], [0xf2, 8, 0], [0xfb]],
    )
    assert.equal(outcome.clocks()[0], 3.5e6)
  })
})

describe("the MIDI merge", () => {
  it("passes messages whole, and a clock byte on the DIN wire is never late for them", () => {
    const pulses = steady(0, 300, 24, 1200)
    const alone = new Rack().pulses("cv", pulses, 2000).run({ cv: { ppqn: 24 } }, 9e6)
    const rack = new Rack()
    const sysex = [0xf0, 0x7d, ...Array.from({ length: 300 }, (_, i) => i & 0x7f), 0xf7]
    let sent: number[] = []
    const events: { time: number; bytes: number[] }[] = []
    for (let i = 0; i < 400; i++) events.push({ time: 1e6 + i * 9000, bytes: i % 100 === 50 ? sysex : [0x90, i & 0x7f, 0x40] })
    let pulse = 0
    for (const event of events) {
      for (; pulse < pulses.length && pulses[pulse] <= event.time; pulse++) rack.pulse("cv", pulses[pulse], 2000)
      rack.midi("midi-usb", event.time, ...event.bytes)
      sent = sent.concat(event.bytes)
    }
    for (; pulse < pulses.length; pulse++) rack.pulse("cv", pulses[pulse], 2000)
    const outcome = rack.run({ cv: { ppqn: 24 } }, 9e6)
    assert.deepEqual(outcome.clocks("midi-din"), alone.clocks("midi-din"))
    const passed = outcome
      .messages("midi-din")
      .filter((message) => message.bytes[0] < 0xf8)
      .map((message) => message.bytes[0])
    assert.deepEqual(passed, sent)
    assert.ok(Math.min(...intervals(outcome.messages("midi-din").map((message) => message.time))) >= 320)
  })

  it("with follow, delays an answer by one byte at the most, and not at all where the pulse was to be expected", () => {
    const pulses = steady(0, 120, 1, 20)
    const rack = new Rack()
    let pulse = 0
    for (let time = 1000; time < 9.4e6; time += 700) {
      for (; pulse < pulses.length && pulses[pulse] <= time; pulse++) rack.pulse("cv", pulses[pulse], 300)
      rack.midi("midi-usb", time, 0xb0, 1, 2)
    }
    const outcome = rack.run({ cv: { policy: "follow" } }, 9.4e6)
    const clocks = outcome.clocks("midi-din")
    for (let i = 3; i < 18; i++) assert.ok(clocks.includes(pulses[i]), `a clock at the pulse ${pulses[i]}`)
  })

  it("a song position cuts a SysEx on the DIN wire, which begins anew behind it", () => {
    const sysex = [0xf0, 0x43, ...Array.from({ length: 40 }, (_, i) => i), 0xf7]
    const outcome = new Rack()
      .midi("midi-din", 1e6, ...sysex)
      .midi("midi-usb", 1e6 + 16000, 0xf2, 8, 0)
      .run({ source: "internal", transport: { start: "button" } }, 3e6)
    const bytes = outcome.messages("midi-din").flatMap((message) => message.bytes)
    const cut = bytes.indexOf(0xf2)
    assert.ok(cut > 3 && cut < sysex.length, `song position is byte ${cut}`)
    assert.deepEqual(bytes, [...sysex.slice(0, cut), 0xf2, 8, 0, ...sysex])
  })

  it("drops an overlong SysEx whole and counts it", () => {
    const outcome = new Rack()
      .midi("midi-usb", 0, 0xf0, ...new Array(511).fill(1), 0xf7)
      .midi("midi-usb", 1e6, 0xf0, ...new Array(510).fill(2), 0xf7)
      .run({ source: "internal", transport: { start: "button" } }, 3e6)
    const bytes = outcome.messages("midi-din").flatMap((message) => message.bytes)
    assert.deepEqual(bytes, [0xf0, ...new Array(510).fill(2), 0xf7])
    assert.equal(outcome.recording.counters.sysexTooLong, 1)
  })
})
