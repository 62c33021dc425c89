/**
 * The work that `npm run bench -- xs` prices, run inside the engine. Each job repeats one thing and prepares everything else
 * beforehand, so that the difference of two counts is the price of that thing. A command is JSON, `["job", how often]`; the answer is
 * how many events came out (float64).
 */
import { LEAD_MICROS } from "../../src/backend"
import { byteEvent, bytesEvent, IN_BUTTON_PLAY, IN_CV, IN_MIDI_DIN, IN_MIDI_USB, levelEvent } from "../../src/event"
import { PulseFollower } from "../../src/follower/pulse-follower"
import { Module } from "../../src/module"

declare const globalThis: { handleCommand: (request: ArrayBuffer) => ArrayBuffer }

/** One MIDI clock at 120 BPM. */
const CLOCK_MICROS = 60e6 / 120 / 24

let events = 0
const sink = {
  schedule(): boolean {
    events++
    return true
  },
}

/** A module that has run for a while, and its clock on the wall. */
class Running {
  readonly module: Module
  time = 0

  constructor(settings: unknown) {
    this.module = new Module(settings)
  }

  input(after: number, event: number): void {
    this.time += after
    this.module.render(this.time + LEAD_MICROS, sink)
    this.module.input(this.time, event)
  }

  wait(micros: number): void {
    this.time += micros
    this.module.render(this.time + LEAD_MICROS, sink)
  }
}

const ALL_OUTPUTS = { ppqn: 24 }
const internal = new Running({ source: "internal", clock: ALL_OUTPUTS })
const bare = new Running({ source: "internal", tempo: 20, clock: { ppqn: 1 } })
const predicted = new Running({ source: "cv", cv: { ppqn: 24 }, clock: ALL_OUTPUTS })
const followed = new Running({ source: "cv", cv: { ppqn: 24, policy: "follow" }, clock: ALL_OUTPUTS })
const midi = new Running({ source: "midi-din", clock: ALL_OUTPUTS })
const follower = new PulseFollower()
follower.configure(24)
let followerTime = 0
let seed = 1

/** 0..1, Park and Miller's generator. */
function random(): number {
  seed = (seed * 48271) % 2147483647
  return seed / 2147483647
}

function pulse(running: Running, count: number): void {
  for (let index = 0; index < count; index++) {
    running.input(CLOCK_MICROS - 5000, levelEvent(IN_CV, 1))
    running.input(5000, levelEvent(IN_CV, 0))
  }
}

const JOBS: Record<string, (count: number) => void> = {
  harness: (count) => {
    for (let index = 0; index < count; index++) random()
  },
  follower: (count) => {
    for (let index = 0; index < count; index++) {
      followerTime += CLOCK_MICROS
      follower.pulse(followerTime + random() * 500)
    }
  },
  idle: (count) => {
    for (let index = 0; index < count; index++) bare.wait(1)
  },
  clock: (count) => {
    for (let index = 0; index < count; index++) internal.wait(CLOCK_MICROS)
  },
  predict: (count) => pulse(predicted, count),
  follow: (count) => pulse(followed, count),
  midiClock: (count) => {
    for (let index = 0; index < count; index++) midi.input(CLOCK_MICROS, byteEvent(IN_MIDI_DIN, 0xf8))
  },
  dinNote: (count) => {
    for (let index = 0; index < count; index++) {
      bare.input(320, byteEvent(IN_MIDI_DIN, 0x90))
      bare.input(320, byteEvent(IN_MIDI_DIN, 60))
      bare.input(320, byteEvent(IN_MIDI_DIN, 100))
      bare.wait(2000)
    }
  },
  usbNote: (count) => {
    for (let index = 0; index < count; index++) {
      bare.input(320, bytesEvent(IN_MIDI_USB, 3, 0x90, 60, 100))
      bare.wait(2640)
    }
  },
  button: (count) => {
    for (let index = 0; index < count; index++) {
      bare.input(10, levelEvent(IN_BUTTON_PLAY, 1))
      bare.input(10, levelEvent(IN_BUTTON_PLAY, 0))
    }
  },
}

globalThis.handleCommand = (request) => {
  const [job, count] = JSON.parse(new TextDecoder().decode(request)) as [string, number]
  events = 0
  JOBS[job](count)
  return Float64Array.of(events).buffer
}
