/**
 * A dense schedule and bursts of edges through the bare image on the emulated chip: what left and what was captured, all of it in its
 * order, and how far from its time. Takes three times as long as the time it measures, or more: measuring.ts has it done in a
 * process of its own.
 */
import { strict as assert } from "node:assert"
import { ANSWER_WORD, ARM, Bench, BUSY, BYTE, DIN, HOLD_OFF, type Image, INPUT, OUTPUT, PINS, RUN, USB } from "./bench"
import { figuresOf } from "./figures"
import {
  ARP_PIN,
  BURST_PIN,
  CLOCK_PIN,
  CV_PIN,
  play,
  random,
  type Request,
  RESET_PIN,
  RUN_PIN,
  schedule,
  stimulate,
  SYNC_PINS,
} from "./load"

export const ANSWER_PINS = 0
const ANSWER_USB = 3
const DIN_BYTE_MICROS = 320
const CLOCK_PACKET = 0xf80f
export const ANSWER_PIN = 12
const INPUT_PINS = [CV_PIN, RESET_PIN, RUN_PIN]
const OUTPUT_PINS = [...SYNC_PINS, ARP_PIN, CLOCK_PIN, BURST_PIN, ANSWER_PIN]
export const START_MICROS = 20000
export const CORE0 = 0
export const CORE1 = 1

export function benchOf(image: Image, mode: number, sleeps = true): Bench {
  const bench = new Bench(image, sleeps)
  for (const pin of OUTPUT_PINS) bench.command(OUTPUT, pin)
  INPUT_PINS.forEach((pin, input) => bench.command(INPUT, input, pin, 0))
  bench.command(HOLD_OFF, INPUT_PINS.indexOf(RUN_PIN), 500)
  bench.command(DIN, 0, 1)
  bench.command(RUN, mode)
  return bench
}

/** Nanoseconds each edge of the scheduled pins came after its request; all must have come, in order. */
function edgeErrors(bench: Bench, requests: readonly Request[]): number[] {
  const errors: number[] = []
  for (const pin of OUTPUT_PINS) {
    if (pin === ANSWER_PIN) continue
    const mask = 1 << pin
    const wanted = requests.filter((request) => request.command === PINS && (request.a | request.b) & mask)
    const came = bench.edges.filter((edge) => edge.pin === pin)
    assert.equal(came.length, wanted.length, `edges on pin ${pin}`)
    came.forEach((edge, index) => {
      assert.equal(edge.level, (wanted[index].a & mask) !== 0)
      errors.push(edge.nanos - wanted[index].at * 1000)
    })
  }
  return errors
}

export function measure(image: Image, mode: number, seconds: number, sleeps = true, busy = false) {
  const pick = random(7)
  const bench = benchOf(image, mode, sleeps)
  if (busy) bench.command(BUSY, 1)
  const end = START_MICROS + seconds * 1e6
  const requests = schedule(START_MICROS, end, pick)
  const stimuli = stimulate(bench, START_MICROS, end, pick)
  const rises = stimuli.filter((stimulus) => stimulus.pin === CV_PIN && stimulus.level)
  for (let at = START_MICROS; at < end - 1000; at += DIN_BYTE_MICROS) bench.wire.feed(at * 1000, at % 128)
  let armed = 0
  play(bench, requests, end + 5000, pick, () => {
    if (rises[armed] === undefined || rises[armed].nanos > (bench.micros + 3000) * 1000) return
    bench.command(ANSWER_WORD, ANSWER_PINS, 1 << ANSWER_PIN)
    bench.command(ANSWER_WORD, ANSWER_USB, CLOCK_PACKET)
    bench.command(ARM, 0)
    armed++
  })
  const captured = bench.captured.filter((event) => event.kind === 0)
  assert.equal(captured.length, stimuli.length, "every edge from outside is captured")
  const stamps = captured.map((event, index) => {
    assert.equal(INPUT_PINS[event.input], stimuli[index].pin)
    assert.equal(event.value === 1, stimuli[index].level)
    return event.at * 1000 - stimuli[index].nanos
  })
  const answers = bench.edges.filter((edge) => edge.pin === ANSWER_PIN && edge.level)
  assert.equal(answers.length, rises.length, "every armed pulse is answered")
  const arrivals = bench.captured.filter((event) => event.kind === 1)
  const together = SYNC_PINS.map((pin) => bench.edges.filter((edge) => edge.pin === pin))
  const skew = together[0].map((edge, index) => Math.max(...together.map((edges) => Math.abs(edges[index].nanos - edge.nanos))))
  const bytes = wireErrors(bench, requests)
  const ticks = requests.filter((request) => request.command === USB).length
  assert.equal(bench.packets.length, ticks + rises.length, "every clock and every answer reaches USB")
  return {
    bench,
    late: bench.word("delivery_faults", 4),
    refused: bench.word("commands_refused"),
    captureFaults: [0, 1].map((index) => bench.word("capture_faults", index)),
    violations: bench.chip.violations,
    edges: figuresOf(edgeErrors(bench, requests)),
    skew: figuresOf(skew),
    stamps: figuresOf(stamps),
    answers: figuresOf(answers.map((edge, index) => edge.nanos - rises[index].nanos)),
    clocks: figuresOf(bytes.clocks),
    others: figuresOf(bytes.others),
    arrivals: figuresOf(arrivals.map((event, index) => (event.at - START_MICROS - (index + 1) * DIN_BYTE_MICROS) * 1000)),
  }
}

/** Nanoseconds each byte on the UART started after its request; each kind must have left whole and in its order. */
function wireErrors(bench: Bench, requests: readonly Request[]) {
  const errors = (isClock: boolean) => {
    const wanted = requests.filter((request) => request.command === BYTE && request.a >= 0xf8 === isClock)
    const came = bench.wireBytes.filter((byte) => byte.byte >= 0xf8 === isClock)
    assert.deepEqual(
      came.map((byte) => byte.byte),
      wanted.map((request) => request.a),
    )
    return came.map((byte, index) => byte.start - wanted[index].at * 1000)
  }
  assert.equal(bench.wire.overruns, 0)
  return { clocks: errors(true), others: errors(false) }
}

/** What can be sent from process to process. */
export type Measured = Omit<ReturnType<typeof measure>, "bench">
