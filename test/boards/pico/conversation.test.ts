/**
 * The whole firmware on the emulated chip, talked to. A second of the chip's time takes some ten of ours and more.
 */
import assert from "node:assert/strict"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe } from "mocha"
import {
  byteOf,
  IN_BUTTON_PLAY,
  IN_BUTTON_TAP,
  IN_CV,
  IN_MIDI_CONFIG,
  IN_MIDI_DIN,
  IN_MIDI_USB,
  levelEvent,
  OUT_MIDI_DIN,
  OUT_MIDI_USB,
  portOf,
} from "../../../src/event"
import { identity } from "../../../src/config/identity"
import { SETTING_ROWS } from "../../../src/settings-table"
import { MIDI_CLOCK } from "../../../src/transport"
import { USB_CLOCK_TOLERANCE_MICROS } from "../../../tools/emulate/compare"
import { configMessage } from "../../../tools/emulate/configuration"
import { Conversation } from "../../../tools/emulate/conversation"
import { npm, trial, type Firmware } from "./whole-firmware"

/** Seven seconds at 240 BPM: syncs at 2, 4, 8 and 24 PPQN in parts of eight steps, buttons pressed in and between parts, arpeggiator SysEx. */
const SCENARIO = join(__dirname, "volca.jsonl")
const READ = 1
const DUMP = 3
const WRITE = 5
const BOOT_MICROS = 250000
const LOOK_MICROS = 8e6
const FAST_PULSE_MICROS = 60e6 / 240 / 24
const PATTERNS = 19
/** One of so many slices of the erase. */
const SLICES_A_CUT = 9
const WRITE_MILLISECONDS = 1500

/** A board that has booted and answers on USB. */
function boot({ uf2, bootRom }: Firmware, flash?: Uint8Array): Conversation {
  const talk = new Conversation(uf2, bootRom, flash)
  talk.run(BOOT_MICROS)
  assert.ok(talk.board.usb.mounted)
  return talk
}

function text(message: readonly number[]): string {
  return String.fromCharCode(...message.slice(5, -1))
}

function read(talk: Conversation, key: string): string {
  return text(talk.ask(IN_MIDI_CONFIG, configMessage(READ, key)))
}

function write(talk: Conversation, change: unknown): number[] {
  return talk.ask(IN_MIDI_CONFIG, configMessage(WRITE, JSON.stringify(change)))
}

describe("the whole firmware on the emulated chip, talked to", function () {
  this.timeout(3_600_000)

  trial("says who it is, takes a write with acknowledgement, reads it back, refuses what is wrong, and dumps all", (firmware) => {
    const talk = boot(firmware)
    assert.deepEqual(talk.ask(IN_MIDI_CONFIG, [0xf0, 0x7e, 0x7f, 0x06, 0x01, 0xf7]), Array.from(identity()))
    assert.deepEqual(write(talk, { tempo: 133.25 }), [0xf0, 0x7d, 0x74, 0x63, 6, 0, 0xf7])
    assert.equal(read(talk, "tempo"), "tempo=133.25")
    assert.deepEqual(write(talk, { tempo: 5 }).slice(4, 6), [6, 1])
    assert.equal(read(talk, "tempo"), "tempo=133.25")
    talk.ask(IN_MIDI_CONFIG, configMessage(DUMP))
    const rows = talk.heard(IN_MIDI_CONFIG)
    const first = rows.length - 1
    for (let patience = 0; patience < 40 && rows.length - first < SETTING_ROWS.length; patience++) talk.run(100000)
    assert.deepEqual(
      rows.slice(first).map((row) => String.fromCharCode(...row.slice(9, -1)).split("=")[0]),
      SETTING_ROWS.map((row) => row.key),
    )
    assert.equal(talk.board.chip.violations, 0)
  })

  for (const [name, port] of [
    ["USB", IN_MIDI_USB],
    ["DIN", IN_MIDI_DIN],
  ] as const)
    trial(`has all 19 patterns set and read back over ${name}`, (firmware) => {
      const talk = boot(firmware)
      for (let pattern = 0; pattern < PATTERNS; pattern++) {
        const steps = [(pattern * 7 + 3) & 15, (pattern * 5 + 1) & 15, 1 + (pattern % 8)]
        const head = [0xf0, 0x42, 0x30, 0x7f, ...(pattern < 16 ? [0x10 + pattern] : [0x20, pattern])]
        const kept = Array.from({ length: 8 }, (_, at) => (at < steps[2] ? (steps[at >> 2] >> (3 - (at & 3))) & 1 : 0))
        const nibble = (at: number) => kept.slice(at, at + 4).reduce((value, bit) => value * 2 + bit, 0)
        assert.deepEqual(talk.ask(port, [...head, ...steps, 0xf7]), [0xf0, 0x42, 0x30, 0x7f, 0x7f, head[4], 0xf7])
        assert.deepEqual(talk.ask(port, [0xf0, 0x42, 0x30, 0x7f, 0x02, pattern, 0xf7]), [...head, nibble(0), nibble(4), steps[2], 0xf7])
      }
    })

  trial("has the old settings or the new after a cut of the power at any moment of a write, and never others", (firmware) => {
    const talk = boot(firmware)
    const settle = (tempo: number, cuts?: Uint8Array[]) => {
      write(talk, { tempo })
      const { flash } = talk.board
      const before = flash.erases
      for (const end = talk.now + LOOK_MICROS; talk.now < end && flash.erases === before;) talk.run(1000)
      assert.equal(flash.erases, before + 1)
      // The slices of the erase, then a page now and then: about as many cuts as pages.
      for (let step = 0, { programs, suspensions } = flash; step < WRITE_MILLISECONDS; step++) {
        const isInErase = flash.suspensions !== suspensions && flash.suspensions % SLICES_A_CUT === 4
        if (isInErase || flash.programs !== programs) cuts?.push(flash.contentsAfterCut())
        ;({ programs, suspensions } = flash)
        talk.run(1000)
      }
      cuts?.push(flash.contentsAfterCut())
    }
    settle(101)
    const cuts: Uint8Array[] = []
    settle(202, cuts)
    const found = cuts.map((flash) => read(boot(firmware, flash), "tempo"))
    console.log(`      ${found.length} cuts: ${found.map((value) => value.slice(6)).join(" ")}`)
    for (const value of found) assert.match(value, /^tempo=(101|202)$/)
    assert.deepEqual([found[0], found.at(-1)], ["tempo=101", "tempo=202"])
    assert.equal(talk.board.chip.violations, 0, "nobody fetches from the flash while it is written")

    const reset = new Conversation(firmware.uf2, firmware.bootRom, cuts.at(-1))
    for (const button of [IN_BUTTON_PLAY, IN_BUTTON_TAP]) reset.board.input(reset.now, levelEvent(button, 1))
    reset.run(BOOT_MICROS)
    assert.equal(read(reset, "tempo"), "tempo=120", "play and tap held while switching on: as delivered")
  })

  trial("fires F8 within 2 us of a pulse where it follows", (firmware) => {
    const talk = boot(firmware)
    assert.deepEqual(write(talk, { cv: { ppqn: 24, policy: "follow" } }).slice(4), [6, 0, 0xf7])
    const errors: number[] = []
    for (let pulse = 0; pulse < 40; pulse++) {
      const at = talk.now
      talk.board.input(at, levelEvent(IN_CV, 1))
      talk.run(2000)
      // A contact that bounces as it opens is not a pulse.
      for (let bounce = 0; bounce < 4; bounce++) {
        talk.board.input(talk.now, levelEvent(IN_CV, bounce & 1))
        talk.run(20)
      }
      talk.board.input(talk.now, levelEvent(IN_CV, 0))
      talk.run(at + 20833 - talk.now)
      const clocks = talk.seen.filter(({ time, word }) => time >= at && portOf(word) === OUT_MIDI_DIN && byteOf(word, 0) === 0xf8)
      if (pulse < 16) continue
      assert.equal(clocks.length, 1, "one clock a pulse")
      errors.push(clocks[0].time - at)
    }
    console.log(`      pulse to F8: ${Math.min(...errors).toFixed(2)} to ${Math.max(...errors).toFixed(2)} us`)
    assert.ok(Math.max(...errors) <= 2)
  })

  trial(
    "plays four syncs that start, stop, pause and step by their buttons, and the arpeggiator, as the simulator does",
    ({ uf2, bootRom }) => {
      const folder = mkdtempSync(join(tmpdir(), "tactus-scenario-"))
      try {
        const stdout = npm("emulate", uf2, "--bootrom", bootRom, "--inputs", SCENARIO, "--out", folder)
        console.log(stdout.replace(/^/gm, "      "))
        assert.match(stdout, /^same events, same order, within 2 us/m)
      } finally {
        rmSync(folder, { recursive: true })
      }
    },
  )

  trial("answers every pulse of 24 a beat at 240 BPM with its clock, and sends no other", (firmware) => {
    const talk = boot(firmware)
    talk.ask(IN_MIDI_CONFIG, configMessage(WRITE, JSON.stringify({ cv: { ppqn: 24, policy: "follow" } })))
    talk.run(300000)
    const pulses: number[] = []
    while (pulses.length < 240) {
      pulses.push(talk.now)
      talk.board.input(talk.now, levelEvent(IN_CV, 1))
      talk.run(FAST_PULSE_MICROS / 2)
      talk.board.input(talk.now, levelEvent(IN_CV, 0))
      talk.run(FAST_PULSE_MICROS / 2)
    }
    for (const port of [OUT_MIDI_DIN, OUT_MIDI_USB]) {
      const clocks = talk.seen.filter(({ word }) => portOf(word) === port && byteOf(word, 0) === MIDI_CLOCK).map(({ time }) => time)
      assert.equal(clocks.length, pulses.length)
      // The first find a song that is only just beginning.
      const late = clocks.map((time, i) => time - pulses[i]).slice(3)
      console.log(`      ${Math.min(...late).toFixed(1)} to ${Math.max(...late).toFixed(1)} us behind their pulses`)
      assert.ok(Math.min(...late) >= 0 && Math.max(...late) <= (port === OUT_MIDI_DIN ? 2 : USB_CLOCK_TOLERANCE_MICROS))
    }
  })
})
