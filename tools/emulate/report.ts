/**
 * What a run has shown: every figure, with the files and versions it was taken from, as an object for DIR/report.json and as text.
 * Times are microseconds.
 */
import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import { version } from "../../package.json"
import { byteOf, OUT_CLOCK, OUT_MIDI_DIN, OUTPUT_PORTS, portOf } from "../../src/event"
import { EPOCH_MICROS } from "./board"
import { compareRuns, spread, TURN_MICROS, type PortComparison, type TimedWord } from "./compare"
import type { Job } from "./job"
import { sentSysex } from "./overload"
import type { Played } from "./play"
import { underWay } from "./worst-case"

const CLOCK_BYTE = 0xf8
const PINS: readonly string[] = OUTPUT_PORTS.filter((_, port) => port >= OUT_CLOCK)

export type Report = ReturnType<typeof reportOf>

/** `decided`: the simulator's run of the same inputs. */
export function reportOf(job: Job, { board, seen, probe }: Played, decided: readonly TimedWord[]) {
  const runs = job.trace === undefined ? underWay(seen, decided) : { seen, decided }
  const comparisons = compareRuns(runs.seen, runs.decided, job.tolerance, sentSysex(job.inputs))
  const { chip, usb } = board
  const first = seen.find(({ word }) => portOf(word) === OUT_MIDI_DIN && byteOf(word, 0) === CLOCK_BYTE)
  const collections = probe?.figures.get("fxCollect")
  return {
    versions: { tactus: version, rp2040js: emulatorVersion(), node: process.version },
    files: Object.fromEntries([job.uf2, job.bootRom, job.elf, job.trace].flatMap((file) => (file === undefined ? [] : [named(file)]))),
    settings: job.settings,
    untilMicros: job.until,
    toleranceMicros: job.tolerance,
    isSame: comparisons.every(({ problems }) => problems.length === 0),
    ports: comparisons.map(({ matched, ...row }) => ({ ...row, judged: matched.length })),
    pins: pinsOf(comparisons),
    bootToFirstClockMicros: first === undefined ? null : first.time + EPOCH_MICROS,
    imageBytes: board.imageBytes,
    usb: usb.mounted ? { product: usb.strings.get(2), serialNumber: usb.strings.get(3) } : null,
    core1Runs: chip.cores[1].running,
    resetsMicros: board.resets,
    flashMisses: chip.misses,
    flashErases: board.flash.erases,
    flashPages: board.flash.programs,
    forbiddenFetches: chip.violations,
    uartOverruns: board.wire.overruns,
    typescript: probe && {
      share: probe.share("fxRunID"),
      longestMicros: probe.longestMicros("fxRunID"),
      collections: collections?.calls ?? 0,
      longestCollectionMicros: probe.longestMicros("fxCollect"),
      heapAfterForcedCollections: probe.heaps,
    },
  }
}

/** All edges together, and how far apart those leave that share a microsecond. */
function pinsOf(comparisons: readonly PortComparison[]) {
  const edges = comparisons.filter(({ port }) => PINS.includes(port)).flatMap(({ matched }) => matched)
  const together = new Map<number, number[]>()
  for (const { time, error } of edges) together.set(time, [...(together.get(time) ?? []), error])
  const apart = [...together.values()].filter((errors) => errors.length > 1).map((errors) => Math.max(...errors) - Math.min(...errors))
  return {
    edges: edges.length,
    ...spread(edges.map(({ error }) => error)),
    together: apart.length,
    // A difference of two sums: what is below a picosecond is rounding.
    mostApart: Math.round(Math.max(0, ...apart) * 1e6) / 1e6,
  }
}

export function textOf(report: Report): string {
  const row = (name: string, count: number, { least, median, p999, most }: { least: number; median: number; p999: number; most: number }) =>
    name.padEnd(23) +
    [String(count), ...[least, median, p999, most].map((micros) => micros.toFixed(2))].map((text) => text.padStart(9)).join("")
  const { pins, typescript } = report
  const lines = [
    "port                      events    least   median    p99.9     most  answers  latest  (chip minus simulator, us)",
    ...report.ports.map(
      (port) =>
        `${row(port.port, port.events, port)}${String(port.answers).padStart(9)}${port.latestAnswer.toFixed(0).padStart(8)}  ${[...port.problems, ...(port.note === undefined ? [] : [port.note])].join("; ")}`,
    ),
    `${row("all pins", pins.edges, pins)}  ${pins.together} times together, ${pins.mostApart} us apart at the most`,
    `first MIDI clock ${report.bootToFirstClockMicros === null ? "never" : `${(report.bootToFirstClockMicros / 1000).toFixed(1)} ms after power-up`}`,
    `image ${report.imageBytes} bytes; USB ${report.usb ? `"${report.usb.product}" ${report.usb.serialNumber}` : "not mounted"}; core 1 ${report.core1Runs ? "runs" : "does not run"}; resets by the watchdog ${report.resetsMicros.length}`,
    `flash misses ${report.flashMisses}, erases ${report.flashErases}, forbidden fetches ${report.forbiddenFetches}; UART overruns ${report.uartOverruns}`,
    ...(typescript ? textOfTypescript(typescript) : []),
  ]
  if (!report.core1Runs) lines.push("the firmware did not start: is the boot ROM missing (--bootrom), or is this no build of boards/pico?")
  const some = report.ports.some(({ answers }) => answers > 0)
  const answers = some ? `; answers (decided less than ${TURN_MICROS} us ahead) within one turn of TypeScript` : ""
  lines.push(report.isSame ? `same events, same order, within ${report.toleranceMicros} us${answers}` : "not the simulator's run")
  return lines.map((line) => line.trimEnd() + "\n").join("")
}

function textOfTypescript({
  share,
  longestMicros,
  collections,
  longestCollectionMicros,
  heapAfterForcedCollections: heaps,
}: NonNullable<Report["typescript"]>): string[] {
  const most = (of: (heap: (typeof heaps)[number]) => number) => heaps.reduce((found, heap) => Math.max(found, of(heap)), 0)
  const lines = [
    `TypeScript ${(100 * share).toFixed(1)} % of core 0, the longest callback ${longestMicros.toFixed(0)} us`,
    `collections ${collections}, the longest ${longestCollectionMicros.toFixed(0)} us`,
  ]
  const [first] = heaps
  const last = heaps.at(-1)
  if (last)
    lines.push(
      `heap after the first forced collection ${first.slots} slots and ${first.chunkBytes} bytes of chunks, after the last of ${heaps.length} ${last.slots} and ${last.chunkBytes}; the most ${most((heap) => heap.slots)} and ${most((heap) => heap.chunkBytes)}`,
    )
  return lines
}

/** A file's name and what identifies it. */
function named(file: string): [string, string] {
  return [basename(file), `sha256 ${createHash("sha256").update(readFileSync(file)).digest("hex")}`]
}

function emulatorVersion(): string {
  const file = join(dirname(require.resolve("rp2040js")), "../../package.json")
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version
}
