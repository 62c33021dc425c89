import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import fc from "fast-check"
import { writeVcd } from "../../../host-sim/output/trace-vcd"
import { Recording } from "../../../host-sim/recording"
import {
  byteEvent,
  bytesEvent,
  byteOf,
  IN_CV,
  IN_MIDI_DIN,
  IN_POT_ARP,
  INPUT_PORTS,
  lengthOf,
  levelEvent,
  OUT_CLOCK,
  OUT_MIDI_DIN,
  OUT_MIDI_USB,
  OUTPUT_PORTS,
  portOf,
} from "../../../src/event"
import { needs } from "../../support/needs"
import { synthetic } from "./synthetic"

function vcdOf(recording: Recording): string {
  let text = ""
  writeVcd({ recording }, (chunk) => (text += chunk))
  return text
}

type Change = [time: number, value: number]

/** A reader of what VCD is here: wires of one bit and reals. Fails on a time that does not ascend or an unknown signal. */
function read(text: string): Record<string, Change[]> {
  const names = new Map<string, string>()
  const changes: Record<string, Change[]> = {}
  for (const [, identifier, name] of text.matchAll(/^\$var \w+ \d+ (\S+) (\S+) \$end$/gm)) {
    assert.ok(!names.has(identifier), `${identifier} twice`)
    names.set(identifier, name)
    changes[name] = []
  }
  let time = -1
  const body = text.slice(text.indexOf("$enddefinitions $end\n") + 21).split("\n")
  for (const line of body) {
    if (line === "" || line.startsWith("$")) continue
    if (line.startsWith("#")) {
      assert.ok(Number(line.slice(1)) > time, `${line} after #${time}`)
      time = Number(line.slice(1))
      continue
    }
    const [, value, identifier] = /^(?:([01])|r(\d+) )/.test(line) ? (/^r?(\d+?) ?([A-Za-z])$/.exec(line) ?? []) : []
    const name = names.get(identifier)
    assert.ok(name, `what is ${line}?`)
    changes[name].push([time, Number(value)])
  }
  return changes
}

/** The bytes a UART hears, sampled in the middle of each bit, with the times of their start bits. */
function decode(changes: Change[], bitMicros: number): Change[] {
  const heard: Change[] = []
  let at = 0
  const levelAt = (time: number) => {
    while (at + 1 < changes.length && changes[at + 1][0] <= time) at++
    return changes[at][1]
  }
  let free = 0
  for (const [time, value] of changes) {
    if (value !== 0 || time < free) continue
    const bits = Array.from({ length: 10 }, (_, bit) => levelAt(time + (bit + 0.5) * bitMicros))
    assert.deepEqual([bits[0], bits[9]], [0, 1], `framing at ${time}`)
    heard.push([time, bits.slice(1, 9).reduce((byte, bit, i) => byte | (bit << i), 0)])
    free = time + 9.5 * bitMicros
  }
  return heard
}

describe("trace.vcd", () => {
  it("draws MIDI DIN as the bits of its bytes, each at its time", () => {
    const pauses = fc.array(fc.tuple(fc.constantFrom(0, 0, 1, 31, 1000), fc.integer({ min: 0, max: 255 })), { maxLength: 100 })
    fc.assert(
      fc.property(pauses, (bytes) => {
        const recording = new Recording("bytes", {})
        const expected: Change[] = []
        let time = 0
        for (const [pause, byte] of bytes) {
          time += pause
          recording.addOutput(time, byteEvent(OUT_MIDI_DIN, byte))
          recording.addInput(time, byteEvent(IN_MIDI_DIN, byte))
          expected.push([time, byte])
          time += 320
        }
        const changes = read(vcdOf(recording))
        assert.deepEqual(decode(changes.midi_din_out, 32), expected)
        if (bytes.length > 0) assert.deepEqual(decode(changes.midi_din_in, 32), expected)
      }),
    )
  })

  it("draws USB bytes that have one time one after another", () => {
    const recording = new Recording("usb", {})
    recording.addOutput(1000, bytesEvent(OUT_MIDI_USB, 3, 0x90, 60, 100))
    recording.addOutput(1000, byteEvent(OUT_MIDI_USB, 0xf8))
    assert.deepEqual(
      decode(read(vcdOf(recording)).midi_usb_out, 4).map(([, byte]) => byte),
      [0x90, 60, 100, 0xf8],
    )
  })

  it("has ascending times and alternating wires, whatever happens when", () => {
    const edges = fc.array(fc.tuple(fc.constantFrom(IN_CV, IN_POT_ARP), fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 1 })))
    fc.assert(
      fc.property(edges, (list) => {
        const recording = new Recording("edges", {})
        const last = new Map<number, number>()
        for (const [port, time, level] of list) recording.addInput(time, levelEvent(port, level))
        for (const { time, word } of recording.inputs) if (portOf(word) === IN_CV) last.set(time, word & 1)
        const cv = read(vcdOf(recording)).cv_in
        cv.forEach(([, value], i) => i > 0 && assert.notEqual(value, cv[i - 1][1]))
        for (const [time, level] of last) assert.equal(cv.filter(([at]) => at <= time).at(-1)?.[1], level)
      }),
    )
  })

  it("draws edges and pots at their times", () => {
    const recording = new Recording("a $end of µs", {})
    recording.until = 5000
    recording.addInput(10, levelEvent(IN_CV, 1))
    recording.addInput(20, levelEvent(IN_POT_ARP, 1023))
    recording.addOutput(30, levelEvent(OUT_CLOCK, 1))
    recording.addInput(40, levelEvent(IN_CV, 0))
    const changes = read(vcdOf(recording))
    assert.deepEqual(changes.cv_in, [
      [0, 0],
      [10, 1],
      [40, 0],
    ])
    assert.deepEqual(changes.pot_arp_in, [
      [0, 0],
      [20, 1023],
    ])
    assert.deepEqual(changes.clock_out, [
      [0, 0],
      [30, 1],
    ])
    assert.ok(vcdOf(recording).endsWith("\n#5000\n"))
  })

  it("keeps a name for every port there is", () => {
    const recording = new Recording("all", {})
    INPUT_PORTS.forEach((_, port) => recording.addInput(1, byteEvent(port, 1)))
    OUTPUT_PORTS.forEach((_, port) => recording.addOutput(1, levelEvent(port, 1)))
    assert.doesNotThrow(() => read(vcdOf(recording)))
  })
})

describe("trace.vcd, read by sigrok-cli", () => {
  let directory: string
  before(() => {
    directory = mkdtempSync(join(tmpdir(), "tactus-"))
  })
  after(() => rmSync(directory, { recursive: true }))

  it("holds the very bytes that were sent, and they are MIDI", function () {
    needs(this, "sigrok-cli")
    const recording = synthetic({ seconds: 3, notes: true, rack: true, sync: true })
    recording.addInput(1, levelEvent(IN_POT_ARP, 512))
    const path = join(directory, "trace.vcd")
    writeFileSync(path, vcdOf(recording))
    const ask = (decoders: string, annotations: string) =>
      spawnSync("sigrok-cli", ["-i", path, "-P", decoders, "-A", annotations], { maxBuffer: 1e8 }).stdout.toString().trim().split("\n")
    const sent = [...recording.outputs].flatMap(({ word }) =>
      portOf(word) === OUT_MIDI_DIN ? Array.from({ length: lengthOf(word) }, (_, i) => byteOf(word, i)) : [],
    )
    const heard = ask("uart:baudrate=31250:rx=midi_din_out", "uart=rx-data").map((line) => parseInt(line.replace(/^.*: /, ""), 16))
    assert.deepEqual(heard, sent)
    const messages = ask("uart:baudrate=31250:rx=midi_din_out,midi", "midi")
    assert.equal(messages.filter((line) => /timing clock/i.test(line)).length, 120)
    assert.equal(messages.filter((line) => /note on/i.test(line)).length, 20)
    const overUsb = ask("uart:baudrate=250000:rx=midi_usb_out,midi", "midi")
    assert.equal(overUsb.filter((line) => /timing clock/i.test(line)).length, 120)
  })
})
