/** The price list's arithmetic, its reading of symbols and its stopwatch; the firmware itself is measured where one has been built. */
import { strict as assert } from "node:assert"
import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { describe, it } from "mocha"
import { addressOf } from "../../../tools/emulate/elf"
import { Meter } from "../../../tools/price/meter"
import { MEASURED_FROM, prices, SCENES } from "../../../tools/price/scenes"
import { Chip } from "../../../tools/emulate/chip"

/** An ELF file of three sections: nothing, symbols, their names. */
function elfWith(symbols: Record<string, number>): Buffer {
  const names = Buffer.from(`\0${Object.keys(symbols).join("\0")}\0`)
  const table = Buffer.alloc(16 * Object.keys(symbols).length)
  let name = 1
  Object.entries(symbols).forEach(([text, address], i) => {
    table.writeUInt32LE(name, i * 16)
    table.writeUInt32LE(address, i * 16 + 4)
    name += text.length + 1
  })
  const header = Buffer.alloc(52)
  header.writeUInt32LE(0x464c457f, 0)
  header[4] = header[5] = 1
  header.writeUInt32LE(52, 32)
  header.writeUInt16LE(3, 48)
  const sections = Buffer.alloc(120)
  const start = 52 + 120
  ;[0, 2, 0, 0, start, table.length, 2].forEach((value, i) => sections.writeUInt32LE(value, 40 + i * 4))
  ;[0, 3, 0, 0, start + table.length, names.length].forEach((value, i) => sections.writeUInt32LE(value, 80 + i * 4))
  return Buffer.concat([header, sections, table, names])
}

describe("the price list", () => {
  it("finds a function in an ELF file, by its whole name", () => {
    const elf = elfWith({ fxRunIDs: 0x10000101, fxRunID: 0x200000c1 })
    assert.equal(addressOf(elf, "fxRunID"), 0x200000c0)
    assert.throws(() => addressOf(elf, "fxRun"), /no function fxRun$/)
    assert.throws(() => addressOf(Buffer.from("no such thing"), "fxRunID"), /no 32-bit little-endian ELF file/)
  })

  it("takes the time of a call with all it calls, once", () => {
    const chip = new Chip()
    const [first] = chip.cores
    // 0x20000000: bl 0x20000008; b .; nop   0x20000008: push {lr}; nop; pop {pc}
    ;[0xf000, 0xf802, 0xe7fe, 0x46c0, 0xb500, 0x46c0, 0xbd00].forEach((word, i) => chip.writeUint16(0x20000000 + i * 2, word))
    first.core.PC = 0x20000000
    first.core.SP = 0x20001000
    const meter = new Meter(chip, 0x20000008)
    chip.runUntil(1000)
    assert.equal(meter.calls, 1)
    assert.equal(meter.longestMicros, meter.micros)
    assert.ok(meter.micros > 0.03 && meter.micros < 0.15, `push, nop and pop took ${meter.micros} us`)
    meter.reset()
    assert.equal(meter.micros, 0)
  })

  it("prices what two scenes differ in", () => {
    const load = { idle: 1000, internal: 49000, fine: 145000, pulsed: 97000, din: 151000, usb: 31000, bar: 0, fast: 0 }
    const list = prices(load).map(({ micros }) => micros)
    assert.deepEqual(list.slice(0, 3), [1000, 1000, 3000])
    assert.equal(list[3], 96000 / 432)
    assert.equal(list[4], 1000)
    assert.ok(Math.abs(list[5] - 50) < 0.01 && Math.abs(list[6] - 10) < 0.01, `${list[5]} and ${list[6]} us a byte`)
  })

  it("plays every scene in the order of time, and its settings before it measures", () => {
    for (const { name, inputs } of SCENES) {
      for (let i = 1; i < inputs.length; i++) assert.ok(inputs[i].time >= inputs[i - 1].time, `${name}: input ${i}`)
    }
    for (const { inputs } of SCENES.filter(({ name }) => ["internal", "fine", "fast"].includes(name))) {
      assert.ok(inputs[inputs.length - 1].time < MEASURED_FROM)
    }
  })

  it("says what it expects", () => {
    const main = join(__dirname, "../../../tools/price/main.ts")
    const price = (...words: string[]) => spawnSync(process.execPath, ["--require", "tsx/cjs", main, ...words], { encoding: "utf8" })
    assert.match(price("--help").stdout, /^Usage: npm run -s price/)
    const { status, stderr } = price("nowhere.uf2", "--bootrom", "nowhere.bin")
    assert.equal(status, 2)
    assert.equal(stderr, "price: nowhere.uf2: there is no such file\n")
  })
})
