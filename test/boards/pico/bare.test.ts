/**
 * The shipped native files on the emulated chip, alone (bench.ts): every figure of the native layer is taken and printed here, and
 * held against its bar. 6 s of emulated time, 60 s under CI (`BARE_SECONDS` overrides); a second takes about one.
 */
import { strict as assert } from "node:assert"
import { needs } from "../../support/needs"
import { ANSWER_WORD, ARM, Bench, buildImage, BUSY, BYTE, DIN, ERASE, HOLD_OFF, type Image, INPUT, OUTPUT, PINS, RUN, USB } from "./bench"
import { figuresOf, print } from "./figures"
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

const SECONDS = Number(process.env.BARE_SECONDS ?? (process.env.CI ? 60 : 6))
const ANSWER_PINS = 0
const ANSWER_DIN = 2
const ANSWER_USB = 3
const DIN_BYTE_MICROS = 320
const CLOCK_PACKET = 0xf80f
/** Lanes and rings, delivery.h and capture.h. */
const PINS_LANE_LENGTH = 320
const CAPTURED_LENGTH = 512
const ANSWER_PIN = 12
const INPUT_PINS = [CV_PIN, RESET_PIN, RUN_PIN]
const OUTPUT_PINS = [...SYNC_PINS, ARP_PIN, CLOCK_PIN, BURST_PIN, ANSWER_PIN]
const START_MICROS = 20000
const CORE0 = 0
const CORE1 = 1

function benchOf(image: Image, mode: number, sleeps = true): Bench {
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

function measure(image: Image, mode: number, seconds: number, sleeps = true, busy = false) {
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
    bench.command(ANSWER_WORD, ANSWER_PINS, 1 << ANSWER_PIN, 500)
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

type Measured = ReturnType<typeof measure>

function printAll(where: string, measured: Measured): void {
  print(`${where}: edge after the microsecond asked for`, measured.edges)
  print(`${where}: pins switched together, apart`, measured.skew)
  print(`${where}: stamp of a captured edge`, measured.stamps)
  print(`${where}: pulse to pre-armed edge`, measured.answers)
  print(`${where}: DIN clock byte after its time`, measured.clocks)
  print(`${where}: other DIN byte after its time`, measured.others)
  print(`${where}: stamp of an arriving DIN byte`, measured.arrivals)
}

function holdsTheBars({ edges, skew, stamps, answers, clocks, arrivals, bench }: Measured): void {
  assert.ok(edges.min >= 0, "no edge is early")
  assert.ok(edges.p999 <= 500, "99.9 % of the edges within 0.5 us")
  assert.ok(edges.max <= 5000, "the worst edge within 5 us")
  assert.equal(bench.word("delivery_faults", 4), 0, "none late")
  assert.equal(skew.max, 0, "pins switched together leave together")
  assert.ok(stamps.min > -1000 && stamps.max <= 1000, "stamps within the microsecond")
  assert.ok(answers.max <= 2000, "a pulse is answered within 2 us")
  assert.ok(clocks.min >= 0 && clocks.max <= 20000, "no clock byte waits for another byte")
  assert.ok(arrivals.min >= 0 && arrivals.max <= 50000, "a DIN byte is stamped within 50 us, in a burst of edges too")
  assert.equal(bench.word("commands_refused"), 0)
  assert.deepEqual(
    [0, 1, 2].map((index) => bench.word("capture_faults", index)),
    [0, 0, 0],
  )
}

describe("native layer on the emulated RP2040", function () {
  this.timeout(900000)
  let image: Image

  before(function () {
    needs(this, "arm-none-eabi-gcc", "gcc-arm-none-eabi libnewlib-arm-none-eabi")
    image = buildImage()
  })

  it("delivers and captures on core 1 to the microsecond", () => {
    const measured = measure(image, CORE1, SECONDS)
    printAll("core 1", measured)
    holdsTheBars(measured)
    assert.equal(measured.bench.chip.violations, 0, "core 1 touches no flash")
  })

  it("delivers and captures on core 0 where core 1 cannot be had", () => {
    const measured = measure(image, CORE0, SECONDS / 6, true, true)
    printAll("core 0", measured)
    holdsTheBars(measured)
  })

  for (const optimization of ["-Os", "-O3"])
    it(`does so however the compiler is set: ${optimization}`, () => {
      const measured = measure(buildImage(optimization), CORE1, 0.5)
      print(`${optimization}: edge after the microsecond asked for`, measured.edges)
      assert.ok(measured.edges.max <= 5000)
      assert.equal(measured.bench.chip.violations, 0, "core 1 touches no flash")
    })

  it("gives the same figures when the emulator runs every turn of the loop", () => {
    const every = measure(image, CORE1, 0.2, false)
    const some = measure(image, CORE1, 0.2, true)
    assert.ok(Math.abs(every.edges.median - some.edges.median) <= 24)
    assert.ok(Math.abs(every.answers.max - some.answers.max) <= 200)
    const heard = (bench: Bench, kind: number) =>
      bench.captured.filter((event) => event.kind === kind).map((event) => [event.input, event.value, event.answered])
    for (const kind of [0, 1]) assert.deepEqual(heard(every.bench, kind), heard(some.bench, kind))
  })

  it("answers a pulse with a clock byte on an idle wire within 2 us", () => {
    const bench = benchOf(image, CORE1)
    const pick = random(3)
    const rises: number[] = []
    bench.runUntil(START_MICROS)
    for (let i = 0; i < 200; i++) {
      bench.command(ANSWER_WORD, ANSWER_PINS, 1 << ANSWER_PIN, 300)
      bench.command(ANSWER_WORD, ANSWER_DIN, 0xf8)
      bench.command(ARM, 0)
      bench.runUntil(bench.micros + 3000)
      const rise = bench.chip.nanos + pick(1000, 900000)
      rises.push(rise)
      bench.at(rise / 1000, () => bench.chip.setPin(CV_PIN, true))
      bench.at(rise / 1000 + 700, () => bench.chip.setPin(CV_PIN, false))
      bench.runUntil(rise / 1000 + 1000)
    }
    const starts = figuresOf(bench.wireBytes.map((byte, index) => byte.start - rises[index]))
    print("core 1: pulse to pre-armed F8", starts)
    assert.equal(starts.count, rises.length)
    assert.ok(starts.max <= 2000)
  })

  it("delivers and captures through a flash erase", () => {
    const bench = benchOf(image, CORE1)
    bench.runUntil(START_MICROS)
    const wanted: number[] = []
    for (let at = START_MICROS + 3000; at < START_MICROS + 50000; at += 500) {
      const high = wanted.length % 2 === 0
      bench.command(PINS, at, high ? 1 << ARP_PIN : 0, high ? 0 : 1 << ARP_PIN)
      bench.at(at + 100.3, () => bench.chip.setPin(CV_PIN, high))
      wanted.push(at)
    }
    bench.command(ERASE, 45000)
    bench.runUntil(START_MICROS + 60000)
    const errors = figuresOf(bench.edges.filter((edge) => edge.pin === ARP_PIN).map((edge, index) => edge.nanos - wanted[index] * 1000))
    print("core 1, core 0 erasing: edge", errors)
    assert.equal(errors.count, wanted.length)
    assert.ok(errors.max <= 500)
    assert.deepEqual(
      bench.captured.map((event) => event.at),
      wanted.map((at) => at + 100),
    )
    assert.equal(bench.chip.violations, 0)
  })

  it("refuses and counts what does not fit, and goes on", () => {
    const bench = benchOf(image, CORE1)
    bench.runUntil(START_MICROS)
    const tooMany = PINS_LANE_LENGTH + 40
    for (let index = 0; index < tooMany; index++) bench.command(PINS, START_MICROS + 40000 + 100 * index, 1 << ARP_PIN, 0)
    bench.runUntil(START_MICROS + 20000)
    assert.equal(bench.word("delivery_faults", 0), 40)
    assert.equal(bench.word("commands_refused"), 40)

    const edges = CAPTURED_LENGTH + 100
    bench.command(ERASE, 70000)
    for (let index = 0; index < edges; index++)
      bench.at(START_MICROS + 25000 + index * 100, () => bench.chip.setPin(CV_PIN, index % 2 === 0))
    bench.runUntil(START_MICROS + 100000)
    assert.equal(bench.captured.length + bench.word("capture_faults"), edges)
    assert.equal(bench.captured.length, CAPTURED_LENGTH)

    bench.command(PINS, START_MICROS + 105000, 1 << CLOCK_PIN, 0)
    bench.at(START_MICROS + 106000, () => bench.chip.setPin(RESET_PIN, true))
    bench.runUntil(START_MICROS + 110000)
    assert.equal(bench.edges.at(-1)?.pin, CLOCK_PIN)
    assert.equal(bench.captured.at(-1)?.at, START_MICROS + 106000)
  })
})
