import assert from "node:assert/strict"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import fc from "fast-check"
import { BadInput } from "../../../host-sim/input/bad-input"
import { type TimedInput } from "../../../host-sim/input/timed-input"
import { readTrace } from "../../../host-sim/input/trace"
import { byteOf, INPUT_PORTS, lengthOf, portOf, valueOf } from "../../../src/event"
import { cpuSeconds } from "../../support/cpu-time"

describe("trace", () => {
  let folder: string
  let file: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "tactus-"))
    file = join(folder, "trace.jsonl")
  })
  after(() => rmSync(folder, { recursive: true }))

  const accept = () => undefined
  const read = (text: string | Buffer, check: (set: object) => string | undefined = accept) => {
    writeFileSync(file, text)
    return readTrace(file, check)
  }
  const words = (inputs: TimedInput[]) =>
    inputs.map((input) => {
      if (input.event === undefined) return [input.time, "set", JSON.stringify(input.set)]
      const length = lengthOf(input.event)
      const content = length === 0 ? [valueOf(input.event)] : [0, 1, 2].slice(0, length).map((index) => byteOf(input.event, index))
      return [input.time, INPUT_PORTS[portOf(input.event)], ...content]
    })
  const refused = (text: string | Buffer, message: string | RegExp) =>
    assert.throws(
      () => read(text),
      (error: Error) => {
        assert.ok(error instanceof BadInput, error.stack)
        assert.ok(!error.message.includes("\n"))
        if (typeof message === "string") assert.equal(error.message, file + message)
        else assert.match(error.message, message)
        return true
      },
    )

  it("reads levels, values, settings and keys at their times, blank lines and a byte order mark aside", () => {
    const text = [
      '\uFEFF{"t": 0, "set": {"source": "cv", "cv": {"ppqn": 24}}}',
      "",
      '{"t": 10.5, "port": "cv", "level": 1}\r',
      '{"t": 10.5, "port": "pot-arp", "value": 1023}',
      "   ",
      '{"t": 11, "port": "keys", "bytes": [97, 98]}',
    ].join("\n")
    assert.deepEqual(words(read(text)), [
      [0, "set", '{"source":"cv","cv":{"ppqn":24}}'],
      [10.5, "cv", 1],
      [10.5, "pot-arp", 1023],
      [11, "keys", 97],
      [11, "keys", 98],
    ])
  })

  it("gives a DIN byte to the core when it is complete, and never faster than the wire", () => {
    const text =
      '{"t": 100, "port": "midi-din", "bytes": [144, 60, 100]}\n{"t": 500, "port": "midi-din", "bytes": [248]}\n{"t": 600, "port": "cv", "level": 1}'
    assert.deepEqual(words(read(text)), [
      [420, "midi-din", 144],
      [600, "cv", 1],
      [740, "midi-din", 60],
      [1060, "midi-din", 100],
      [1380, "midi-din", 248],
    ])
  })

  it("packs USB bytes as USB-MIDI packets, real-time bytes and running status apart, SysEx by threes", () => {
    const text = [
      '{"t": 1, "port": "midi-usb", "bytes": [144, 60, 248, 100, 61, 0, 242, 4, 0, 250]}',
      '{"t": 2, "port": "midi-usb", "bytes": [240, 125, 1, 2, 3]}',
      '{"t": 3, "port": "midi-usb", "bytes": [4, 247, 192, 5]}',
      '{"t": 4, "port": "midi-usb-config", "bytes": [240, 247]}',
    ].join("\n")
    assert.deepEqual(words(read(text)), [
      [1, "midi-usb", 248],
      [1, "midi-usb", 144, 60, 100],
      [1, "midi-usb", 144, 61, 0],
      [1, "midi-usb", 242, 4, 0],
      [1, "midi-usb", 250],
      [2, "midi-usb", 240, 125, 1],
      [2, "midi-usb", 2, 3],
      [3, "midi-usb", 4, 247],
      [3, "midi-usb", 192, 5],
      [4, "midi-usb-config", 240, 247],
    ])
  })

  it("refuses a wrong line with its number, what stands there and what was expected", () => {
    const good = '{"t": 5, "port": "cv", "level": 1}\n'
    refused(good + '{"t": 6, "port": "cvv", "level": 1}', `:2: "port" is "cvv"; expected one of ${INPUT_PORTS.join(", ")}`)
    refused(good + "\n" + '{"t": 4, "port": "cv", "level": 0}', ':3: "t" is 4, earlier than 5 before it; expected lines in time order')
    refused('{"t": -1, "port": "cv", "level": 0}', ':1: "t" is -1; expected microseconds, 0 or more')
    refused('{"t": 1e999, "port": "cv", "level": 0}', ':1: "t" is Infinity; expected microseconds, 0 or more')
    refused('{"port": "cv", "level": 0}', ':1: "t" is missing; expected microseconds, 0 or more')
    refused('{"t": 0, "level": 0}', /"port" is missing; expected one of cv, reset/)
    refused('{"t": 0, "port": "cv", "level": 2}', ':1: "level" is 2; expected "level": 0 or 1')
    refused('{"t": 0, "port": "cv", "value": 2}', ':1: has no "level"; port cv expects "level": 0 or 1')
    refused('{"t": 0, "port": "pot-tempo", "value": 1024}', ':1: "value" is 1024; expected "value": a whole number 0..1023')
    refused('{"t": 0, "port": "midi-din", "bytes": [1, 256]}', ':1: "bytes" holds 256; expected whole numbers 0..255')
    refused('{"t": 0, "port": "midi-din", "bytes": []}', ':1: "bytes" is []; expected a list of whole numbers 0..255')
    refused('{"t": 0, "port": "cv", "level": 1, "levle": 1}', ':1: "levle" has no place here; expected "t", "port" and "level"')
    refused('{"t": 0, "port": "cv", "set": {}}', ':1: "port" has no place here; expected "t" and "set"')
    refused('{"t": 0, "set": [1]}', ':1: "set" is [1]; expected an object of settings')
    refused("[1]", /:1: is \[1\]; expected an object/)
    refused("{nope}", /:1: "\{nope\}" is not JSON; expected a line like/)
    assert.throws(() => read('{"t": 0, "set": {"tempo": 5}}', () => '"tempo" is 5'), /:1: "tempo" is 5$/)
  })

  it("names a file that is missing or a folder", () => {
    assert.throws(() => readTrace(join(folder, "none"), accept), { message: `${join(folder, "none")}: there is no such file` })
    assert.throws(() => readTrace(folder, accept), { message: `${folder}: is a folder; expected a file` })
  })

  it("answers any bytes at all with inputs in time order or one line of refusal", () => {
    const json = fc.record(
      {
        t: fc.oneof(fc.nat(1000), fc.double(), fc.string()),
        port: fc.oneof(fc.constantFrom<unknown>(...INPUT_PORTS), fc.anything()),
        level: fc.oneof(fc.nat(2), fc.anything()),
        bytes: fc.oneof(fc.array(fc.nat(256), { maxLength: 5 }), fc.anything()),
        value: fc.nat(1100),
        set: fc.anything(),
      },
      { requiredKeys: ["t"] },
    )
    const line = fc.oneof(
      { weight: 3, arbitrary: json.map((value) => JSON.stringify(value, (_, part) => (typeof part === "bigint" ? String(part) : part))) },
      fc.string(),
    )
    const text = fc.oneof(
      fc.array(line).map((lines) => Buffer.from(lines.join("\n"))),
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    )
    fc.assert(
      fc.property(text, (bytes) => {
        try {
          const inputs = read(bytes)
          for (let index = 1; index < inputs.length; index++) assert.ok(inputs[index].time >= inputs[index - 1].time)
        } catch (error) {
          assert.ok(error instanceof BadInput && !error.message.includes("\n"), error as Error)
        }
      }),
      { numRuns: 300 },
    )
  })

  it("reads a hundred thousand lines in a moment", () => {
    const lines: string[] = []
    for (let index = 0; index < 100_000; index++) lines.push(`{"t": ${index * 1000.5}, "port": "cv", "level": ${index & 1}}`)
    writeFileSync(file, lines.join("\n"))
    const start = cpuSeconds()
    assert.equal(readTrace(file, accept).length, 100_000)
    assert.ok(cpuSeconds() - start < 3)
  })
})
