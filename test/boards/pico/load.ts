/**
 * The load of the measurements: more than a rack ever asks for, the same from the same seed. Scheduled: four syncs and clock bytes at
 * 24 PPQN and 300 BPM, DIN notes in between, one pin at random gaps from 200 us, one from 30 us, bursts of edges 4..12 us apart: 3,800 edges a second.
 * From outside: pulses on cv at about 125 Hz, bursts on reset, run edges in the very same nanosecond as cv's, and DIN bytes
 * back to back.
 */
import { type Bench, BYTE, PINS, USB } from "./bench"

export const SYNC_PINS = [2, 3, 4, 5]
export const ARP_PIN = 6
export const CLOCK_PIN = 7
export const BURST_PIN = 8
export const CV_PIN = 10
export const RESET_PIN = 11
export const RUN_PIN = 14
const SYNCS = 0b111100
const CLOCK_MICROS = 60e6 / 300 / 24
const DIN_BYTE_MICROS = 320
/** DIN bytes are asked for so much before the pins of their microsecond, as binding.c does. */
const DIN_AHEAD_MICROS = 2
const CLOCK_PACKET = 0xf80f
const LEAD_MICROS = 10000

export function random(seed: number): (from: number, to: number) => number {
  let state = seed >>> 0
  return (from, to) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return from + Math.floor((state / 0x100000000) * (to - from))
  }
}

export interface Request {
  readonly at: number
  readonly command: number
  readonly a: number
  readonly b: number
}

/** Everything scheduled from `from` to `until`, sorted by time. */
export function schedule(from: number, until: number, pick: (from: number, to: number) => number): Request[] {
  const requests: Request[] = []
  const pins = (at: number, set: number, clear: number) => requests.push({ at, command: PINS, a: set, b: clear })
  for (let tick = 0; from + (tick + 1) * CLOCK_MICROS < until; tick++) {
    const at = Math.round(from + tick * CLOCK_MICROS)
    for (const pin of SYNC_PINS) pins(at, 1 << pin, 0)
    pins(at + 2500, 0, SYNCS)
    requests.push({ at: at - DIN_AHEAD_MICROS, command: BYTE, a: 0xf8, b: 0 }, { at, command: USB, a: CLOCK_PACKET, b: 0 })
    for (let byte = 1, last = pick(0, 24); byte <= last; byte++)
      requests.push({ at: at - DIN_AHEAD_MICROS + byte * DIN_BYTE_MICROS, command: BYTE, a: byte % 3 === 1 ? 0x90 : pick(0, 128), b: 0 })
  }
  const toggle = (pin: number, start: number, end: number, gap: () => number) => {
    let level = 0
    for (let at = start; at < end || level; at += gap()) {
      level ^= 1
      pins(at, level << pin, (level ^ 1) << pin)
    }
  }
  toggle(ARP_PIN, from, until - 1000, () => pick(200, 1400))
  toggle(CLOCK_PIN, from, until - 4000, () => pick(30, 3000))
  for (let burst = from; burst < until - 11000; burst += 20000) {
    let at = burst + pick(0, 9000)
    for (let edge = 2 * pick(1, 20); edge > 0; edge--, at += pick(4, 12)) {
      const set = edge % 2 === 0
      pins(at, set ? 1 << BURST_PIN : 0, set ? 0 : 1 << BURST_PIN)
    }
  }
  return requests.sort((a, b) => a.at - b.at)
}

/** Runs the bench to `until`, handing it each request about 10 ms ahead, those of one millisecond in any order. */
export function play(
  bench: Bench,
  requests: readonly Request[],
  until: number,
  pick: (from: number, to: number) => number,
  each?: () => void,
): void {
  let next = 0
  while (bench.micros < until) {
    const batch: Request[] = []
    while (next < requests.length && requests[next].at < bench.micros + LEAD_MICROS) batch.push(requests[next++])
    while (batch.length > 0) {
      // pins of one microsecond keep their order: it decides between two orders to one pin
      const [request] = batch.splice(pick(0, Math.min(batch.length, 8)), 1)
      bench.command(request.command, request.at, request.a, request.b)
    }
    each?.()
    bench.runUntil(Math.min(until, bench.micros + 1000))
  }
}

export interface Stimulus {
  readonly nanos: number
  readonly pin: number
  readonly level: boolean
}

/** Edges on cv, reset and run between the times, in microseconds; they are put into the bench and returned in order of time. */
export function stimulate(bench: Bench, from: number, until: number, pick: (from: number, to: number) => number): Stimulus[] {
  const stimuli: Stimulus[] = []
  const edge = (nanos: number, pin: number, level: boolean) => stimuli.push({ nanos, pin, level })
  let run = false
  for (let at = from * 1000 + 345678; at < (until - 9000) * 1000; at += pick(7000000, 9000000)) {
    edge(at, CV_PIN, true)
    edge(at + pick(900000, 1100000), CV_PIN, false)
    if (pick(0, 3) === 0) edge(at, RUN_PIN, (run = !run))
    const burst = at + pick(1000000, 5000000)
    if (pick(0, 10) === 0) for (let i = 0; i < 6; i++) edge(burst + i * pick(14000, 16000), RESET_PIN, i % 2 === 0)
  }
  stimuli.sort((a, b) => a.nanos - b.nanos)
  for (const { nanos, pin, level } of stimuli) bench.at(nanos / 1000, () => bench.chip.setPin(pin, level))
  return stimuli
}
