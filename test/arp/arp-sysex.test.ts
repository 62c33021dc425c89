/** The arpeggiator's SysEx: what is written is acknowledged and reads back, what is wrong changes nothing. */
import assert from "node:assert/strict"
import fc from "fast-check"
import { Arpeggiator } from "../../src/arp/arpeggiator"
import { ArpSysex } from "../../src/arp/arp-sysex"
import { PATTERNS } from "../../src/arp/patterns"
import { DivisionPot } from "../../src/arp/pot"
import { Module } from "../../src/module"
import { standardSettings } from "../../src/settings"
import { Rack } from "../support/rack"

function device() {
  const module = new Module({ source: "internal" })
  const settings = standardSettings()
  const arp = new Arpeggiator(module.line, module.transport, module.sources)
  const sysex = new ArpSysex(arp, new DivisionPot(), settings)
  const send = (...bytes: number[]) => {
    const taken = sysex.receive(bytes, bytes.length)
    return taken ? sysex.answer.slice(0, sysex.answerLength) : undefined
  }
  return { settings, sysex, send }
}

const HEAD = [0xf0, 0x42, 0x30, 0x7f]

describe("the arpeggiator's SysEx", () => {
  it("sets modes and selects patterns, and acknowledges", () => {
    const { settings, send } = device()
    for (const mode of [0, 1, 2]) {
      assert.deepEqual(send(...HEAD, 0x00, mode, 0xf7), [...HEAD, 0x7f, 0x00, 0xf7])
      assert.equal(settings.arp.mode, mode)
    }
    for (let pattern = 0; pattern <= 0x12; pattern++) {
      assert.deepEqual(send(...HEAD, 0x01, pattern, 0xf7), [...HEAD, 0x7f, 0x01, 0xf7])
      assert.equal(settings.arp.pattern, pattern)
    }
  })

  it("writes all 19 patterns, and reads each back by the message that would set it", () => {
    const { settings, send } = device()
    for (let pattern = 0; pattern < 19; pattern++) {
      const bits = (pattern * 37 + 5) & 0xff
      const length = 1 + (pattern % 8)
      const head = pattern < 16 ? [...HEAD, 0x10 + pattern] : [...HEAD, 0x20, pattern]
      assert.equal(send(...head, bits >> 4, bits & 15, length === 8 ? 0 : length, 0xf7)?.[4], 0x7f)
      const steps = bits.toString(2).padStart(8, "0").slice(0, length)
      assert.equal(settings.arp.patterns[pattern], steps)
      const kept = steps.padEnd(8, "0")
      assert.deepEqual(send(...HEAD, 0x02, pattern, 0xf7), [
        ...head,
        parseInt(kept.slice(0, 4), 2),
        parseInt(kept.slice(4), 2),
        length,
        0xf7,
      ])
    }
  })

  it("tells mode, pattern and division", () => {
    const { send } = device()
    send(...HEAD, 0x00, 2, 0xf7)
    send(...HEAD, 0x01, 0x11, 0xf7)
    assert.deepEqual(send(...HEAD, 0x03, 0xf7), [...HEAD, 0x03, 2, 0x11, 24, 0xf7])
  })

  it("refuses what is out of range, too long or cut short, and counts it", () => {
    const { settings, sysex, send } = device()
    const before = JSON.stringify(settings)
    const wrong = [
      [0x00, 3],
      [0x00],
      [0x01, 0x13],
      [0x01, 1, 1],
      [0x10, 16, 0, 8],
      [0x10, 0, 16, 8],
      [0x10, 0, 0, 9],
      [0x10, 0, 0],
      [0x20, 15, 0, 0, 8],
    ]
    for (const body of [...wrong, [0x20, 19, 0, 0, 8], [0x21, 1, 1, 1], [0x02, 19], [0x03, 0]])
      assert.deepEqual(send(...HEAD, ...body, 0xf7), [])
    assert.equal(sysex.refused, 13)
    assert.equal(JSON.stringify(settings), before)
  })

  it("leaves foreign messages alone, and never breaks whatever comes", () => {
    const { settings, send } = device()
    assert.equal(send(0xf0, 0x43, 0x30, 0x7f, 0x00, 0x01, 0xf7), undefined)
    assert.equal(send(0xf0, 0x42, 0x31, 0x7f, 0x00, 0x01, 0xf7), undefined)
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 127 }), { maxLength: 12 }), (body) => {
        send(...HEAD, ...body, 0xf7)
        assert.equal(settings.arp.patterns.length, PATTERNS.length)
        for (const pattern of settings.arp.patterns) assert.match(pattern, /^[01]{1,8}$/)
        assert.ok(settings.arp.mode <= 2 && settings.arp.pattern <= 18)
      }),
    )
  })

  it("answers on the port it was asked at, and is not passed on", () => {
    const outcome = new Rack()
      .midi("midi-usb", 1e6, ...HEAD, 0x03, 0xf7)
      .midi("midi-din", 2e6, ...HEAD, 0x01, 5, 0xf7)
      .run({ source: "internal", transport: { start: "button" } }, 3e6)
    const bytes = (port: "midi-din" | "midi-usb") => outcome.messages(port).flatMap((message) => message.bytes)
    assert.deepEqual(bytes("midi-usb"), [...HEAD, 0x03, 0, 0, 24, 0xf7])
    assert.deepEqual(bytes("midi-din"), [...HEAD, 0x7f, 0x01, 0xf7])
  })
})
