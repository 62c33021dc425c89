/** What a back end is told of SysEx: all that this module takes is its own, whatever the settings, and little else. */
import assert from "node:assert/strict"
import { isIdentityRequest } from "../../src/config/identity"
import { HEADS_AN_INPUT, type Carrier } from "../../src/midi/carrier"
import { THROUGH_MICROS } from "../../src/midi/merge"
import { Module } from "../../src/module"

const INPUTS = ["din", "usb", "config"] as const

class Told implements Carrier {
  routes = 0
  through = 0
  heads: readonly number[] = []
  times = 0

  carry(routes: number, through: number, heads: readonly number[]): void {
    this.routes = routes
    this.through = through
    this.heads = heads
    this.times++
  }

  /** As boards/native/carry.c tells. */
  isOurs(input: number, sysex: readonly number[]): boolean {
    let value = -1
    for (let i = Math.min(4, sysex.length - 2); i > 0; i--) value = (value << 8) | sysex[i]
    for (let i = 0; i < HEADS_AN_INPUT; i++) {
      const at = 2 * (input * HEADS_AN_INPUT + i)
      if (this.heads[at + 1] !== 0 && (value & this.heads[at + 1]) === this.heads[at]) return true
    }
    return false
  }
}

function told(change: unknown = {}): { module: Module; carrier: Told } {
  const module = new Module(change)
  const carrier = new Told()
  module.carryBy(carrier)
  return { module, carrier }
}

describe("a back end that carries SysEx", () => {
  it("is told where it goes, and again when that changes", () => {
    const { module, carrier } = told()
    assert.equal(carrier.routes, 0b0111)
    assert.equal(carrier.through, THROUGH_MICROS)
    assert.equal(carrier.heads.length, 2 * HEADS_AN_INPUT * INPUTS.length)
    module.change(0, { merge: { dinToDin: false, usbToUsb: true } })
    assert.equal(carrier.routes, 0b1110)
    assert.equal(carrier.times, 2)
  })

  it("hands in every message this module takes, on each channel of the arpeggiator's", () => {
    for (let channel = 0; channel < 16; channel++) {
      const { module, carrier } = told({ arp: { channel } })
      for (let command = 0; command < 0x80; command++) {
        for (const data of [[], [1], [1, 2], [1, 2, 3], [1, 2, 3, 4]]) {
          const sysex = [0xf0, 0x42, 0x30 + channel, 0x7f, command, ...data, 0xf7]
          assert.ok(module.arpSysex.receive(sysex, sysex.length))
          for (const input of [0, 1]) assert.ok(carrier.isOurs(input, sysex), `${INPUTS[input]}: ${sysex.join(" ")}`)
        }
      }
    }
  })

  it("hands in identity requests for any device, and what configures", () => {
    const { carrier } = told()
    for (let device = 0; device < 0x80; device++) {
      const request = [0xf0, 0x7e, device, 6, 1, 0xf7]
      assert.ok(isIdentityRequest(request, request.length))
      for (let input = 0; input < INPUTS.length; input++) assert.ok(carrier.isOurs(input, request))
    }
    for (let command = 0; command < 0x80; command++) assert.ok(carrier.isOurs(2, [0xf0, 0x7d, 0x74, 0x63, command, 0xf7]))
  })

  it("keeps what this module would not take", () => {
    const { module, carrier } = told()
    for (let maker = 0; maker < 0x80; maker++) {
      for (const rest of [[], [0x30], [0x30, 0x7f], [0x31, 0x7f, 0, 1], [0, 0, 0x7f, 0x30], [1, 6, 2, 0], [0x74, 0x63, 5, 0]]) {
        const sysex = [0xf0, maker, ...rest, 0xf7]
        const isTaken = isIdentityRequest(sysex, sysex.length) || module.arpSysex.receive(sysex, sysex.length)
        for (const input of [0, 1]) assert.equal(carrier.isOurs(input, sysex), isTaken, `${INPUTS[input]}: ${sysex.join(" ")}`)
      }
    }
  })

  it("has what it dropped counted with what is dropped here", () => {
    const { module } = told()
    module.wire.dropped = 3
    module.board = { counters: () => ({ bytesDropped: 40, sysexTooLong: 1, midiBroken: 2, usbLost: 7 }) }
    const { bytesDropped, sysexTooLong, midiBroken, usbLost } = module.counters()
    assert.deepEqual([bytesDropped, sysexTooLong, midiBroken, usbLost], [43, 1, 2, 7])
  })
})
