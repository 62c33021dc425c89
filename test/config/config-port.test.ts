/** Configuration over USB cable 2: what is written is acknowledged, reads back, and acts; what is wrong says why. */
import assert from "node:assert/strict"
import fc from "fast-check"
import { version } from "../../package.json"
import { readSetting, standardSettings } from "../../src/settings"
import { SETTING_ROWS } from "../../src/settings-table"
import { VERSION_MAJOR, VERSION_MINOR, VERSION_PATCH } from "../../src/version"
import { type InputName, type OutputName, Rack } from "../support/rack"

const HEAD = [0xf0, 0x7d, 0x74, 0x63]
const ascii = (text: string) => [...Buffer.from(text, "ascii")]

function answers(rack: Rack, port: OutputName = "midi-usb-config", settings: Record<string, unknown> = { source: "internal" }): number[][] {
  const bytes = rack.run({ transport: { start: "button" }, ...settings }, 3e6).messages(port)
  const found: number[][] = []
  for (const byte of bytes.flatMap((message) => message.bytes)) {
    if (byte === 0xf0) found.push([])
    found[found.length - 1].push(byte)
  }
  return found
}

/** Command byte, bytes before the text, text. */
function told(message: number[], before = 0): string {
  assert.deepEqual(message.slice(0, 4), HEAD)
  assert.equal(message[message.length - 1], 0xf7)
  return Buffer.from(message.slice(5 + before, -1)).toString("ascii")
}

describe("configuration over SysEx", () => {
  it("answers the Universal Identity Request on every port, with the package's version", () => {
    assert.equal(`${VERSION_MAJOR}.${VERSION_MINOR}.${VERSION_PATCH}`, version)
    const wanted = [0xf0, 0x7e, 0x7f, 0x06, 0x02, 0x7d, 0x74, 0x63, 0x01, 0x00, VERSION_MAJOR, VERSION_MINOR, VERSION_PATCH, 0x00, 0xf7]
    for (const port of ["midi-din", "midi-usb", "midi-usb-config"] as const) {
      const asked = new Rack().midi(port satisfies InputName, 1e6, 0xf0, 0x7e, 0x7f, 0x06, 0x01, 0xf7)
      assert.deepEqual(answers(asked, port), [wanted], port)
    }
  })

  it("writes, acknowledges, reads back, and the module does as it was told", () => {
    const rack = new Rack()
      .midi("midi-usb-config", 1e6, ...HEAD, 0x05, ...ascii('{"tempo":90.5,"sync":[{"name":"B\\u00e4ss"}]}'), 0xf7)
      .midi("midi-usb-config", 2e6, ...HEAD, 0x01, ...ascii("tempo"), 0xf7)
      .midi("midi-usb-config", 2.1e6, ...HEAD, 0x01, ...ascii("sync.0.name"), 0xf7)
    const [done, tempo, name] = answers(rack)
    assert.deepEqual(done, [...HEAD, 0x06, 0x00, 0xf7])
    assert.equal(told(tempo), "tempo=90.5")
    assert.equal(told(name), 'sync.0.name="B\\u00e4ss"')
    const playing = new Rack().midi("midi-usb-config", 1e6, ...HEAD, 0x05, ...ascii('{"tempo":60}'), 0xf7)
    const clocks = playing.run({ source: "internal" }, 3e6).clocks()
    assert.ok(Math.abs(clocks[clocks.length - 1] - clocks[clocks.length - 2] - 41667) <= 1)
  })

  it("refuses a bad value with its reason, and nothing has changed", () => {
    const rack = new Rack()
      .midi("midi-usb-config", 1e6, ...HEAD, 0x05, ...ascii('{"wait":5,"cv":{"ppqn":3}}'), 0xf7)
      .midi("midi-usb-config", 1.1e6, ...HEAD, 0x05, ...ascii("{wait"), 0xf7)
      .midi("midi-usb-config", 1.2e6, ...HEAD, 0x01, ...ascii("wait"), 0xf7)
    const [refused, broken, wait] = answers(rack)
    assert.equal(refused[5], 1)
    assert.match(told(refused, 1), /^cv\.ppqn is 3; expected one of/)
    assert.equal(told(broken, 1), "not JSON")
    assert.equal(told(wait), "wait=1")
  })

  it("makes no refusal long, and does not follow brackets deeper than settings go", () => {
    const unknown = JSON.stringify(Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`a${n}`, n])))
    const rack = new Rack()
      .midi("midi-usb-config", 1e6, ...HEAD, 0x05, ...ascii(unknown), 0xf7)
      .midi("midi-usb-config", 1.1e6, ...HEAD, 0x05, ...ascii("[".repeat(450)), 0xf7)
      .midi("midi-usb-config", 1.2e6, ...HEAD, 0x05, ...ascii('{"sync":'.repeat(50)), 0xf7)
      .midi("midi-usb-config", 1.3e6, ...HEAD, 0x05, ...ascii('{"lost":{"afterPeriods":1},"clock":{"widthMicros":1}}'), 0xf7)
    const [many, deep, broken, micros] = answers(rack)
    assert.match(told(many, 1), /^a0 is not a setting; expected one of source, /)
    assert.equal(told(many, 1).length, 200)
    assert.equal(told(deep, 1), "more than 64 brackets")
    assert.equal(told(broken, 1), "not JSON")
    assert.match(told(micros, 1), /; clock\.widthMicros is 1; expected .* \\u00b5s$/)
  })

  it("dumps every setting, numbered", () => {
    const rows = answers(new Rack().midi("midi-usb-config", 1e6, ...HEAD, 0x03, 0xf7))
    assert.equal(rows.length, SETTING_ROWS.length)
    const settings = { ...standardSettings(), source: "internal", transport: { start: "button" } }
    rows.forEach((row, n) => {
      assert.deepEqual(row.slice(4, 9), [0x04, n & 0x7f, n >> 7, SETTING_ROWS.length & 0x7f, SETTING_ROWS.length >> 7])
      const { key } = SETTING_ROWS[n]
      assert.equal(told(row, 4), `${key}=${JSON.stringify(readSetting(settings as never, key))}`)
    })
  })

  it("takes a password and never tells it, not in a refusal either; writing what it shows leaves it", () => {
    const secret = "correct horse"
    const rack = new Rack()
    const write = (at: number, json: string) => rack.midi("midi-usb-config", at, ...HEAD, 0x05, ...ascii(json), 0xf7)
    write(1e6, `{"network":{"ssid":"stage","password":"${secret}"}}`)
    write(1.1e6, '{"network":{"ssid":"other","password":"*"}}')
    write(1.2e6, '{"network":{"password":"short"}}')
    rack.midi("midi-usb-config", 1.3e6, ...HEAD, 0x01, ...ascii("network.password"), 0xf7)
    rack.midi("midi-usb-config", 1.4e6, ...HEAD, 0x03, 0xf7)
    const texts = answers(rack).map((message) => told(message))
    assert.match(texts[2], /network\.password is not usable; expected 8 to 63/)
    assert.equal(texts[3], 'network.password="*"')
    assert.ok(texts.some((text) => text.endsWith('network.ssid="other"')))
    assert.ok(texts.every((text) => !text.includes(secret) && !text.includes("short")))
  })

  it("goes back to factory settings, and tells its counters", () => {
    const rack = new Rack()
      .midi("midi-usb-config", 1e6, ...HEAD, 0x07, 0xf7)
      .midi("midi-usb-config", 1.1e6, ...HEAD, 0x01, ...ascii("source"), 0xf7)
      .midi("midi-usb-config", 1.2e6, ...HEAD, 0x08, 0xf7)
    const [done, source, counters] = answers(rack)
    assert.deepEqual(done, [...HEAD, 0x06, 0x00, 0xf7])
    assert.equal(told(source), 'source="cv"')
    assert.equal(JSON.parse(told(counters)).glitches, 0)
  })

  it("is not disturbed by anything", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 127 }), { maxLength: 40 }), (body) => {
        const rack = new Rack()
          .midi("midi-usb-config", 1e6, ...HEAD, ...body, 0xf7)
          .midi("midi-usb-config", 2.9e6, ...HEAD, 0x01, ...ascii("wait"), 0xf7)
        const all = answers(rack)
        assert.ok(told(all[all.length - 1]).startsWith("wait="))
      }),
      { numRuns: 60 },
    )
  })
})
