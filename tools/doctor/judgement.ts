/**
 * What is well and what is not: the bars for jacks and counters, and the reason in words a builder can act on.
 *
 * The bars: an edge leaves within 5 µs of its time and is stamped within 1 (the native layer's own), each stage adds 2.5 µs at the most
 * (../../boards/hardware/figures.md); a DIN byte starts up to 8 µs late and may be stamped 43 µs late.
 */
import type { TestResult } from "./conversation"

interface Bar {
  readonly mostDelay: number
  readonly mostSpread: number
}

const GATE: Bar = { mostDelay: 20, mostSpread: 10 }
const DIN: Bar = { mostDelay: 60, mostSpread: 60 }
const SENT_WIDTH = 1000
const WIDTH_TOLERANCE = 50

/** Counts that mean something is wrong with the module or its program, and what to do. */
const FAULTS: Readonly<Record<string, string>> = {
  exceptions: "the program stumbled; please report it with the settings in use",
  outputsRefused: "more was to be sent than there is room for: fewer outputs, or slower",
  outputsLate: "edges left more than 5 us late",
  capturesLost: "inputs were faster than the module can hear: is there noise on a cable?",
  usbLost: "the computer did not fetch MIDI in time",
  wakesLost: "the program was not woken; please report it",
  bytesDropped: "more MIDI was to be passed on than the wire can carry",
}

/** Counts that speak of what came in. */
const REMARKS: Readonly<Record<string, string>> = {
  glitches: "pulses at cv in or reset in shorter than cv.glitchMicros, not counted",
  spuriousPulses: "pulses that did not fit the clock",
  missingPulses: "pulses that the clock left out",
  sysexTooLong: "SysEx of more than 512 bytes, dropped",
  midiBroken: "broken MIDI messages: cable or sender",
  dinErrors: "bytes that midi in could not read: cable or sender",
  sysexRefused: "arpeggiator SysEx that made no sense",
  configRefused: "configuration SysEx that made no sense",
  keysUnknown: "keys that mean nothing",
  tempoRefused: "tempo turned while an external clock ruled",
  latestMicros: "us: the latest edge since power-up",
}

export interface Counted {
  readonly name: string
  readonly value: number
  readonly isWrong: boolean
  readonly meaning: string
}

/** Every counter with what it means, faults first. A name this page does not know (a newer module's) is shown, not judged. */
export function judgeCounters(counters: Readonly<Record<string, number>>): Counted[] {
  const order = [...Object.keys(FAULTS), ...Object.keys(REMARKS)]
  const names = [...order.filter((name) => name in counters), ...Object.keys(counters).filter((name) => !order.includes(name))]
  return names.map((name) => {
    const isWrong = name in FAULTS && counters[name] > 0
    const meaning = isWrong ? FAULTS[name] : name === "latestMicros" || counters[name] > 0 ? (REMARKS[name] ?? "") : ""
    return { name, value: counters[name], isWrong, meaning }
  })
}

/** What is wrong with a jack; empty where it is well. */
export function judgeTest(result: TestResult): string {
  const { sent, caught, extra, delay, width } = result
  if (caught === 0)
    return extra > 0
      ? `heard ${extra} of something else: the wrong cable?`
      : "nothing heard: no cable, the wrong jack, the rack not on (USB alone does not feed the jacks), or a dead stage"
  if (delay === undefined) return "the module sent no figures"
  const bar = result.out === "midi-din" ? DIN : GATE
  const wrong: string[] = []
  if (caught < sent) wrong.push(`${sent - caught} of ${sent} lost: a loose contact?`)
  if (extra > 0) wrong.push(`${extra} too many: does the cable bounce, or another clock come in?`)
  if (delay.most - delay.least > bar.mostSpread) wrong.push(`jitter ${delay.most - delay.least} us, expected ${bar.mostSpread} at the most`)
  if (delay.mean > bar.mostDelay) wrong.push(`late by ${delay.mean} us, expected ${bar.mostDelay} at the most: a capacitor too large?`)
  if (delay.mean < -bar.mostDelay) wrong.push(`early by ${-delay.mean} us: not the module's own pulses`)
  if (width !== undefined && Math.abs(width - SENT_WIDTH) > WIDTH_TOLERANCE)
    wrong.push(`pulses of ${SENT_WIDTH} us come back as ${width}: the thresholds are off`)
  return wrong.join("; ")
}
