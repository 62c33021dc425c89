/**
 * The whole firmware when something goes wrong: a core hangs, TypeScript throws, the flash is slow. What the module plays after a reset is held
 * against the simulator's module, switched on at that moment.
 */
import assert from "node:assert/strict"
import { describe } from "mocha"
import { LIGHT_FAULT } from "../../../boards/pico/pins"
import { byteOf, IN_CV, IN_MIDI_CONFIG, IN_MIDI_USB, levelEvent, OUT_MIDI_DIN, OUT_MIDI_USB, portOf } from "../../../src/event"
import { MIDI_CLOCK } from "../../../src/transport"
import type { TimedEvent } from "../../../host-sim/input/timed-input"
import { EPOCH_MICROS } from "../../../tools/emulate/board"
import { compareRuns, USB_CLOCK_TOLERANCE_MICROS } from "../../../tools/emulate/compare"
import { configMessage, packetsOf } from "../../../tools/emulate/configuration"
import { Conversation } from "../../../tools/emulate/conversation"
import { decide } from "../../../tools/emulate/expected"
import { TYPICAL_TIMES, WORST_TIMES, type FlashTimes } from "../../../tools/emulate/flash-chip"
import { Sabotage } from "./sabotage"
import { trial, type Firmware } from "./whole-firmware"

const BOOT_MICROS = 250000
const PULSE_MICROS = 125000
const WIDTH_MICROS = 5000
/** 24 a beat at 120 BPM; one in eight is earlier than anybody expects. */
const ANSWERED_MICROS = 20833
const EARLY_MICROS = 3500
/** Where two runs are cut no event is nearer. */
const APART_MICROS = 500
const WATCHDOG_MICROS = 2e6
const READ = 1
const COUNTERS = 8
const WRITE = 5
/** Arpeggiator pattern 5 becomes another: a setting, and nothing one hears. */
const PATTERN = [0xf0, 0x42, 0x30, 0x7f, 0x15, 0x0a, 0x06, 8, 0xf7]

/** A module in a rack whose CV clock runs. */
class Rack {
  readonly talk: Conversation
  readonly inputs: TimedEvent[] = []
  private level = 0
  private next = 2 * PULSE_MICROS

  constructor({ uf2, bootRom }: Firmware, flashTimes?: FlashTimes) {
    this.talk = new Conversation(uf2, bootRom, undefined, flashTimes)
  }

  send(port: number, bytes: readonly number[]): void {
    this.inputs.push(...packetsOf(this.talk.now, port, bytes))
    this.talk.send(port, bytes)
  }

  run(micros: number): void {
    const { talk, inputs } = this
    for (const end = talk.now + micros; talk.now < end;) {
      const time = Math.min(end, this.next)
      talk.run(time - talk.now)
      if (time < this.next) continue
      this.level = 1 - this.level
      const event = levelEvent(IN_CV, this.level)
      talk.board.input(time, event)
      inputs.push({ time, event })
      this.next += this.level === 1 ? WIDTH_MICROS : PULSE_MICROS - WIDTH_MICROS
    }
  }

  /** The chip counts whole microseconds from a reset on, which is no whole number of them after power-up: from now on pulses stand on its. */
  countFrom(reset: number): void {
    this.next = reset + Math.ceil(this.next - reset)
  }

  /** Whether what came out from `begin` (an epoch) to now is the simulator's run of the same pulses; a line a port. */
  compare(begin: number): string[] {
    const shift = <T extends { readonly time: number }>(list: readonly T[]) =>
      list.filter(({ time }) => time >= begin).map((one) => ({ ...one, time: one.time - begin }))
    const inputs = shift(this.inputs).map((one) => ({ ...one, time: Math.round(one.time) }))
    const decided = decide(inputs, this.talk.now - begin)
    let until = this.talk.now - begin - APART_MICROS
    while (decided.some(({ time }) => Math.abs(time - until) < APART_MICROS)) until -= APART_MICROS
    const ended = <T extends { readonly time: number }>(list: readonly T[]) => list.filter(({ time }) => time < until)
    const rows = compareRuns(ended(shift(this.talk.seen)), ended(decided), 2)
    assert.ok(rows.length > 5, "it plays")
    return rows.flatMap(({ port, problems }) => problems.map((problem) => `${port}: ${problem}`))
  }
}

function counters(talk: Conversation): Record<string, number> {
  const answer = talk.ask(IN_MIDI_CONFIG, configMessage(COUNTERS))
  return JSON.parse(String.fromCharCode(...answer.slice(5, -1))) as Record<string, number>
}

describe("the whole firmware on the emulated chip, when something goes wrong", function () {
  this.timeout(3_600_000)

  for (const [what, hang] of [
    ["core 1 hangs", (sabotage: Sabotage) => sabotage.hangCore1()],
    ["TypeScript hangs", (sabotage: Sabotage) => sabotage.hangTypeScript()],
  ] as const)
    trial(`is reset by the watchdog where ${what}, and plays on as a module that was just switched on`, (firmware) => {
      const rack = new Rack(firmware)
      const { talk } = rack
      const { board } = talk
      rack.run(EPOCH_MICROS + 1e6)
      assert.deepEqual(rack.compare(0), [])
      const hung = talk.now
      hang(new Sabotage(board, firmware.uf2))
      rack.run(WATCHDOG_MICROS + 10000)
      assert.equal(board.resets.length, 1)
      const [reset] = board.resets
      rack.countFrom(reset)
      rack.run(1.5e6)
      assert.deepEqual(rack.compare(reset + EPOCH_MICROS), [])
      assert.equal(board.resets.length, 1, "it stays up")
      assert.ok(board.usb.mounted, "and is back on USB")
      const first = talk.seen.find(({ time }) => time > reset + EPOCH_MICROS)
      console.log(
        `      reset ${((reset - hung) / 1000).toFixed(1)} ms after; the first event ${(((first?.time ?? NaN) - reset) / 1000).toFixed(1)} ms after that`,
      )
      assert.ok(reset - hung <= WATCHDOG_MICROS + 10000)
    })

  trial("counts an exception, shows it on the fault light, and the clock goes on to the microsecond", (firmware) => {
    const rack = new Rack(firmware)
    const { talk } = rack
    rack.run(EPOCH_MICROS + 1e6)
    assert.equal(talk.board.lights & LIGHT_FAULT, 0)
    const sabotage = new Sabotage(talk.board, firmware.uf2)
    for (const name of ["xs_tactus_take", "xs_tactus_sleep", "xs_tactus_lights"]) {
      sabotage.throwIn(name)
      rack.run(250000)
    }
    assert.equal(talk.board.lights & LIGHT_FAULT, LIGHT_FAULT)
    assert.deepEqual(rack.compare(0), [])
    assert.equal(counters(talk).exceptions, 3)
    assert.deepEqual(talk.board.resets, [])
  })

  for (const [how, times] of [
    ["", TYPICAL_TIMES],
    [", flash as slow as its data sheet allows", WORST_TIMES],
  ] as const)
    trial(`stores settings while its clock never stops, and nothing is late${how}`, (firmware) => {
      const rack = new Rack(firmware, times)
      const { talk } = rack
      rack.run(EPOCH_MICROS + 1e6)
      rack.send(IN_MIDI_USB, PATTERN)
      const { flash } = talk.board
      const patience = talk.now + 12e6
      for (let programs = -1; flash.programs !== programs && talk.now < patience;) {
        programs = flash.programs > 0 ? flash.programs : -1
        rack.run(500000)
      }
      console.log(`      an erase in ${flash.suspensions + 1} slices, ${flash.programs} pages`)
      assert.deepEqual(rack.compare(0), [])
      const counted = counters(talk)
      assert.deepEqual([counted.outputsLate, counted.usbLost, counted.exceptions], [0, 0, 0])
      assert.equal(flash.erases, 1)
      assert.ok(flash.suspensions > 20 && flash.programs >= 6)
      assert.equal(talk.board.chip.violations, 0, "nobody fetches from the flash while it is busy")
      const next = new Conversation(firmware.uf2, firmware.bootRom, flash.contentsAfterCut())
      next.run(BOOT_MICROS)
      assert.deepEqual(next.ask(IN_MIDI_USB, [0xf0, 0x42, 0x30, 0x7f, 0x02, 5, 0xf7]), Array.from(PATTERN))
    })

  trial("stores settings while it answers pulses, and every answer is in time", (firmware) => {
    const talk = new Conversation(firmware.uf2, firmware.bootRom, undefined, WORST_TIMES)
    const { board } = talk
    talk.run(BOOT_MICROS)
    talk.ask(IN_MIDI_CONFIG, configMessage(WRITE, JSON.stringify({ cv: { ppqn: 24, policy: "follow" } })))
    const pulses: number[] = []
    for (const patience = talk.now + 20e6; board.flash.programs < 6 && talk.now < patience;) {
      pulses.push(talk.now)
      board.input(talk.now, levelEvent(IN_CV, 1))
      talk.run(WIDTH_MICROS)
      board.input(talk.now, levelEvent(IN_CV, 0))
      const isEarly = (pulses.length & 7) === 0
      talk.run(ANSWERED_MICROS - WIDTH_MICROS - (isEarly ? EARLY_MICROS : 0))
    }
    assert.ok(board.flash.suspensions > 100 && board.flash.programs >= 6)
    for (const [name, port, most] of [
      ["DIN", OUT_MIDI_DIN, 2],
      ["USB", OUT_MIDI_USB, USB_CLOCK_TOLERANCE_MICROS],
    ] as const) {
      const clocks = talk.seen.filter(({ word }) => portOf(word) === port && byteOf(word, 0) === MIDI_CLOCK).map(({ time }) => time)
      // The first are not foreseen: a period has to be known.
      const late = pulses.slice(16).map((at) => (clocks.find((time) => time >= at) ?? Infinity) - at)
      console.log(
        `      pulse to F8 on ${name}: ${Math.min(...late).toFixed(1)} to ${Math.max(...late).toFixed(1)} us, ${late.length} of them`,
      )
      assert.ok(Math.max(...late) <= most, name)
    }
    assert.equal(board.chip.violations, 0)
  })

  trial("ends an erase that a reset has cut short, and stores all the same", (firmware) => {
    const talk = new Conversation(firmware.uf2, firmware.bootRom)
    const { board } = talk
    talk.run(BOOT_MICROS)
    // What a module that is new stores of itself.
    for (const patience = talk.now + 10e6; board.flash.suspensions < 10 && talk.now < patience;) talk.run(1000)
    new Sabotage(board, firmware.uf2).hangTypeScript()
    talk.run(WATCHDOG_MICROS + 10000 + BOOT_MICROS)
    assert.equal(board.resets.length, 1)
    assert.deepEqual([board.flash.erases, board.flash.programs], [1, 0])
    talk.ask(IN_MIDI_CONFIG, configMessage(WRITE, JSON.stringify({ tempo: 133 })))
    for (const patience = talk.now + 10e6; board.flash.programs < 6 && talk.now < patience;) talk.run(10000)
    talk.run(300000)
    assert.equal(board.flash.erases, 2)
    assert.equal(board.chip.violations, 0)
    const next = new Conversation(firmware.uf2, firmware.bootRom, board.flash.contentsAfterCut())
    next.run(BOOT_MICROS)
    const answer = next.ask(IN_MIDI_CONFIG, configMessage(READ, "tempo"))
    assert.equal(String.fromCharCode(...answer.slice(5, -1)), "tempo=133")
  })

  trial("is not reset by an erase that takes as long as the data sheet allows", (firmware) => {
    const talk = new Conversation(firmware.uf2, firmware.bootRom, undefined, WORST_TIMES)
    talk.run(BOOT_MICROS)
    talk.ask(IN_MIDI_CONFIG, configMessage(WRITE, JSON.stringify({ tempo: 101 })))
    const { flash } = talk.board
    for (const patience = talk.now + 10e6; flash.programs < 6 && talk.now < patience;) talk.run(10000)
    assert.ok(flash.erases >= 1 && flash.programs >= 6)
    talk.run(2 * WATCHDOG_MICROS)
    assert.deepEqual(talk.board.resets, [])
    assert.equal(talk.board.chip.violations, 0)
  })
})
