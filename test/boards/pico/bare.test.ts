/**
 * The shipped native files on the emulated chip, alone (bench.ts): every figure of the native layer is taken and printed here, and
 * held against its bar. 6 s of emulated time, 60 s under CI (`BARE_SECONDS` overrides); a second takes one or two. The long
 * measurements are made in a process beside this one, under CI from the moment this file is read: they take minutes, and
 * .mocharc.json puts these tests last.
 */
import { strict as assert } from "node:assert"
import { needs } from "../../support/needs"
import { ANSWER_WORD, ARM, type Bench, buildImage, BYTE, CARRY, ERASE, type Image, PINS } from "./bench"
import { figuresOf, print } from "./figures"
import { ARP_PIN, CLOCK_PIN, CV_PIN, random, RESET_PIN } from "./load"
import { ANSWER_PIN, ANSWER_PINS, benchOf, CORE0, CORE1, measure, type Measured, START_MICROS } from "./measure"
import { measuring } from "./measuring"

const SECONDS = Number(process.env.BARE_SECONDS ?? (process.env.CI ? 60 : 6))
const ANSWER_DIN = 2
/** Lanes and rings, delivery.h and capture.h. */
const PINS_LANE_LENGTH = 320
const CAPTURED_LENGTH = 512

interface Long {
  readonly core1: Promise<Measured>
  readonly core0: Promise<Measured>
}

/** One after the other, so that only one processor is busy with them. */
function measureLong(): Long {
  const core1 = measuring({ mode: CORE1, seconds: SECONDS })
  const next = () => measuring({ mode: CORE0, seconds: SECONDS / 6, isBusy: true })
  const core0 = core1.then(next, next)
  core0.catch(() => undefined) // told where it is awaited
  return { core1, core0 }
}

const begun = process.env.CI ? measureLong() : undefined

function printAll(where: string, measured: Measured): void {
  print(`${where}: edge after the microsecond asked for`, measured.edges)
  print(`${where}: pins switched together, apart`, measured.skew)
  print(`${where}: stamp of a captured edge`, measured.stamps)
  print(`${where}: pulse to pre-armed edge`, measured.answers)
  print(`${where}: DIN clock byte after its time`, measured.clocks)
  print(`${where}: other DIN byte after its time`, measured.others)
  print(`${where}: stamp of an arriving DIN byte`, measured.arrivals)
}

function holdsTheBars({ edges, skew, stamps, answers, clocks, arrivals, late, refused, captureFaults }: Measured): void {
  assert.ok(edges.min >= 0, "no edge is early")
  assert.ok(edges.p999 <= 500, "99.9 % of the edges within 0.5 us")
  assert.ok(edges.max <= 5000, "the worst edge within 5 us")
  assert.equal(late, 0, "none late")
  assert.equal(skew.max, 0, "pins switched together leave together")
  assert.ok(stamps.min > -1000 && stamps.max <= 1000, "stamps within the microsecond")
  assert.ok(answers.max <= 2000, "a pulse is answered within 2 us")
  assert.ok(clocks.min >= 0 && clocks.max <= 20000, "no clock byte waits for another byte")
  assert.ok(arrivals.p999 <= 50000, "99.9 % of the DIN bytes are stamped within 50 us")
  assert.ok(arrivals.min >= 0 && arrivals.max <= 80000, "a DIN byte is stamped within a quarter of its length, in a burst of edges too")
  assert.equal(refused, 0)
  assert.deepEqual(captureFaults, [0, 0])
}

describe("native layer on the emulated RP2040", function () {
  this.timeout(900000)
  let image: Image
  let long: Long

  before(function () {
    needs(this, "arm-none-eabi-gcc", "gcc-arm-none-eabi libnewlib-arm-none-eabi")
    image = buildImage()
    long = begun ?? measureLong()
  })

  for (const optimization of ["-Os", "-O3"])
    it(`does so however the compiler is set: ${optimization}`, () => {
      const measured = measure(buildImage(optimization), CORE1, 0.5)
      print(`${optimization}: edge after the microsecond asked for`, measured.edges)
      assert.ok(measured.edges.max <= 5000)
      assert.equal(measured.violations, 0, "core 1 touches no flash")
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
      bench.command(ANSWER_WORD, ANSWER_PINS, 1 << ANSWER_PIN)
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

  it("carries SysEx from wire to wire without core 0, clocks inside on their microsecond", () => {
    const bench = benchOf(image, CORE1)
    const DIN_TO_DIN = 1
    const sysex = [0xf0, 0x43, ...Array.from({ length: 60 }, (_, at) => at), 0xf7]
    const messages = 10
    const first = START_MICROS + 10000
    bench.command(CARRY, DIN_TO_DIN, 2000)
    bench.runUntil(START_MICROS)
    const clocks = Array.from({ length: 25 }, (_, at) => first + at * 8333)
    for (const at of clocks) bench.command(BYTE, at - 2, 0xf8)
    for (let n = 0; n < messages; n++)
      sysex.forEach((byte, at) => bench.wire.feed((START_MICROS + (n * sysex.length + at) * 320) * 1000, byte))
    bench.runUntil(START_MICROS + (messages + 2) * sysex.length * 320)
    const isClock = ({ byte }: { byte: number }) => byte === 0xf8
    const late = figuresOf(bench.wireBytes.filter(isClock).map(({ start }, at) => start - (clocks[at] - 2) * 1000))
    print("core 1, SysEx carried beside: DIN clock byte after its time", late)
    assert.equal(late.count, clocks.length)
    assert.ok(late.min >= 0 && late.max <= 10000, "no clock waits for a carried byte")
    assert.deepEqual(
      bench.wireBytes.filter((byte) => !isClock(byte)).map(({ byte }) => byte),
      Array.from({ length: messages }, () => sysex).flat(),
    )
    assert.deepEqual(bench.captured, [])
    assert.equal(bench.chip.violations, 0, "core 1 touches no flash")
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

  it("delivers and captures on core 1 to the microsecond", async () => {
    const measured = await long.core1
    printAll("core 1", measured)
    holdsTheBars(measured)
    assert.equal(measured.violations, 0, "core 1 touches no flash")
  })

  it("delivers and captures on core 0 where core 1 cannot be had", async () => {
    const measured = await long.core0
    printAll("core 0", measured)
    holdsTheBars(measured)
  })
})
