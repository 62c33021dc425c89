/**
 * An hour at a module, run inside the engine: it plays at 300 BPM with everything at 24 a beat, and once a second somebody does what takes
 * memory: writes settings and reads them back, sets a pattern by SysEx, asks who it is; now and then a dump, the counters, the play and tap
 * buttons. A command is a count of seconds (float64); the answer is how many events and bytes of SysEx came out.
 */
import { LEAD_MICROS } from "../../src/backend"
import {
  byteEvent,
  bytesEvent,
  IN_BUTTON_PLAY,
  IN_BUTTON_TAP,
  IN_MIDI_CONFIG,
  IN_MIDI_DIN,
  IN_MIDI_USB,
  lengthOf,
  levelEvent,
  OUT_MIDI_CONFIG,
  portOf,
} from "../../src/event"
import { Module } from "../../src/module"

declare const globalThis: { handleCommand: (request: ArrayBuffer) => ArrayBuffer }

const SECOND = 1e6
const HEAD = [0xf0, 0x7d, 0x74, 0x63]
const FINE = { ppqn: 24, widthMicros: 4000 }

let events = 0
let answered = 0
const sink = {
  schedule(_time: number, word: number): boolean {
    events++
    if (portOf(word) === OUT_MIDI_CONFIG) answered += lengthOf(word)
    return true
  },
}
const module = new Module({ source: "internal", tempo: 300, clock: { ppqn: 24 }, sync: [FINE, FINE, FINE, FINE] })
let now = 0
let second = 0

function to(time: number): void {
  for (let next = module.nextTurn(); next < time; next = module.nextTurn()) {
    now = next > now ? next : now + 100
    module.render(now + LEAD_MICROS, sink)
  }
  now = time
  module.render(now + LEAD_MICROS, sink)
}

function input(word: number): void {
  to(now + 1000)
  module.input(now, word)
}

function send(port: number, bytes: readonly number[]): void {
  for (let i = 0; i < bytes.length; i += 3) {
    const part = bytes.slice(i, i + 3)
    if (port === IN_MIDI_DIN) for (const byte of part) input(byteEvent(port, byte))
    else input(bytesEvent(port, part.length, part[0], part[1] ?? 0, part[2] ?? 0))
  }
}

function ask(command: number, text = ""): void {
  send(IN_MIDI_CONFIG, [...HEAD, command, ...Array.from(text, (letter) => letter.charCodeAt(0)), 0xf7])
}

function press(button: number): void {
  input(levelEvent(button, 1))
  to(now + 60000)
  input(levelEvent(button, 0))
  to(now + 60000)
}

function oneSecond(): void {
  const end = ++second * SECOND
  ask(5, JSON.stringify({ wait: 1 + (second % 99), tempo: 280 + (second % 20), sync: [{ name: `Write ${second % 100}` }] }))
  ask(1, "sync.0.name")
  send(second & 1 ? IN_MIDI_USB : IN_MIDI_DIN, [0xf0, 0x42, 0x30, 0x7f, 0x10 + (second & 15), second & 15, 5, 8, 0xf7])
  if (second % 5 === 0) send(IN_MIDI_CONFIG, [0xf0, 0x7e, 0x7f, 0x06, 0x01, 0xf7])
  if (second % 10 === 0) ask(8)
  if (second % 30 === 7) ask(3)
  if (second % 30 >= 15 && second % 30 < 17) press(IN_BUTTON_PLAY)
  if (second % 60 === 20) for (let tap = 0; tap < 3; tap++) press(IN_BUTTON_TAP)
  to(end)
}

globalThis.handleCommand = (request) => {
  const [count] = new Float64Array(request)
  events = answered = 0
  for (let i = 0; i < count; i++) oneSecond()
  return Float64Array.of(events, answered).buffer
}
