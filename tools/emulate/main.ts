/**
 * `npm run emulate`: the real firmware on the emulated chip, fed with a trace, its pins, wire and USB recorded and held against the
 * simulator's run of the same trace. Exit code 0: the same events in the same order within the tolerance; 1: not; 2: bad usage.
 */
import { mkdirSync, openSync, writeSync, closeSync, existsSync } from "node:fs"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { BadInput, fileProblem } from "../../host-sim/input/bad-input"
import { settingsChecker } from "../../host-sim/input/settings-file"
import { readTrace } from "../../host-sim/input/trace"
import { writeEvents } from "../../host-sim/output/events-jsonl"
import { Recording, type SettingsObject } from "../../host-sim/recording"
import type { TimedEvent } from "../../host-sim/input/timed-input"
import { standardSettings } from "../../src/settings"
import { EmulatedBoard } from "./board"
import { compareRuns, TURN_MICROS, type TimedWord } from "./compare"
import { settingsEvents } from "./configuration"
import { decide } from "./expected"
import { Probe, type Heap } from "./probe"
import { BEAT_MICROS, worstCase, WORST_CASE_BEGINS } from "./worst-case"

const HELP = `Usage: npm run -s emulate -- UF2 --inputs TRACE.jsonl --out DIR [--bootrom FILE] [--until MICROS] [--tolerance MICROS]
       npm run -s emulate -- UF2 --load --elf ELF --out DIR [--bootrom FILE] [--until MICROS]

Boots UF2 on an emulated RP2040 (two cores, flash cache, exceptions and UART with the time they take), plays TRACE.jsonl into its
pins, UART and USB, writes DIR/events.jsonl and compares with the simulator. A "set" of the trace is written over SysEx on cable 2.

  --bootrom FILE       16 KB image of the RP2040's boot ROM; firmware made with the Pico SDK needs it
  --load               instead of a trace the worst case: all outputs at 300 BPM, SysEx floods, a collection forced each beat,
                       settings written each second; 5 s of it
  --elf FILE           the ELF file beside the UF2: also measures TypeScript's share, collections and the heap
  --until MICROS       when to end (1 s after the last input)
  --tolerance MICROS   how far an event may be from the simulator's (2)
`
const AFTERMATH_MICROS = 1e6
const LOAD_MICROS = 6e6

function run(words: string[]): number {
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    options: {
      load: { type: "boolean" as const },
      ...Object.fromEntries(["inputs", "out", "bootrom", "until", "tolerance", "elf"].map((name) => [name, { type: "string" as const }])),
    },
  })
  const [uf2] = positionals
  const texts = values as Record<string, string | undefined>
  const { inputs: trace, out, elf } = texts
  const isLoad = values.load === true
  if (uf2 === undefined || out === undefined || (trace === undefined) !== isLoad)
    throw new BadInput("expected UF2 --out DIR and either --inputs TRACE.jsonl or --load")
  if (isLoad && elf === undefined) throw new BadInput("expected --elf FILE with --load: collections are forced by the names in it")
  for (const file of [uf2, elf]) if (file !== undefined && !existsSync(file)) throw new BadInput(`${file}: there is no such file`)
  const end = number("until", texts.until)
  const inputs = trace === undefined ? worstCase(end ?? LOAD_MICROS) : played(trace)
  const until = end ?? (trace === undefined ? LOAD_MICROS : (inputs.at(-1)?.time ?? 0) + AFTERMATH_MICROS)
  const tolerance = number("tolerance", texts.tolerance) ?? 2

  const seen: TimedWord[] = []
  const board = new EmulatedBoard(uf2, texts.bootrom, (time, word) => {
    if (time >= 0) seen.push({ time, word })
  })
  const probe = elf === undefined ? undefined : new Probe(board.chip, elf)
  let measuresFrom = isLoad ? WORST_CASE_BEGINS : 0
  let beat = isLoad ? WORST_CASE_BEGINS : Infinity
  const runTo = (time: number) => {
    if (measuresFrom <= time) {
      board.runUntil(measuresFrom)
      probe?.start()
      measuresFrom = Infinity
    }
    for (; beat <= time; beat += BEAT_MICROS) {
      board.runUntil(beat)
      probe?.forceCollection()
    }
    board.runUntil(time)
  }
  for (const input of inputs) {
    if (input.time >= until) continue
    runTo(input.time)
    board.input(input.time, input.event)
  }
  for (let time = inputs.at(-1)?.time ?? 0; time < until; time += 20000) runTo(Math.min(time, until))
  runTo(until)

  const decided = decide(inputs, until)
  const recording = new Recording(trace ?? "worst case", standardSettings() as unknown as SettingsObject)
  for (const { time, word } of seen) recording.addOutput(time, word)
  write(out, recording)
  if (probe) process.stdout.write(measured(probe))
  return report(board, seen, decided, until, tolerance)
}

/** A trace as inputs of a chip. */
function played(trace: string): TimedEvent[] {
  return readTrace(trace, settingsChecker()).flatMap((input): TimedEvent[] => {
    if (input.event !== undefined) return [input]
    if (input.set === undefined)
      throw new BadInput(`${trace}: "line" at ${input.time} us: a chip has no place for it; expected inputs and "set"`)
    return settingsEvents(input.time, input.set)
  })
}

function measured(probe: Probe): string {
  const collections = probe.figures.get("fxCollect")
  const [first] = probe.heaps
  const last = probe.heaps.at(-1)
  const lines = [
    `TypeScript ${(100 * probe.share("fxRunID")).toFixed(1)} % of core 0, the longest callback ${probe.longestMicros("fxRunID").toFixed(0)} us`,
    `collections ${collections?.calls ?? 0}, the longest ${probe.longestMicros("fxCollect").toFixed(0)} us`,
  ]
  if (last) lines.push(`heap after the first forced collection ${heap(first)}, after the last of ${probe.heaps.length} ${heap(last)}`)
  return lines.join("\n") + "\n"
}

function heap({ slots, chunkBytes }: Heap): string {
  return `${slots} slots and ${chunkBytes} bytes of chunks`
}

function report(board: EmulatedBoard, seen: readonly TimedWord[], decided: readonly TimedWord[], until: number, tolerance: number): number {
  const { chip } = board
  const comparisons = compareRuns(
    seen.filter(({ time }) => time < until),
    decided,
    tolerance,
  )
  const rows = comparisons.map(
    ({ port, events, least, median, most, answers, latestAnswer, problems }) =>
      `${port.padEnd(23)}${String(events).padStart(8)}${least.toFixed(2).padStart(9)}${median.toFixed(2).padStart(9)}${most.toFixed(2).padStart(9)}${String(answers).padStart(9)}${latestAnswer.toFixed(0).padStart(8)}  ${problems.join("; ")}`,
  )
  process.stdout.write(
    [
      "port                     events    least   median     most  answers  latest  (chip minus simulator, us)",
      ...rows,
      `image ${board.imageBytes} bytes; USB ${board.usb.mounted ? `"${board.usb.strings.get(2)}" ${board.usb.strings.get(3)}` : "not mounted"}; core 1 ${chip.cores[1].running ? "runs" : "does not run"}`,
      `flash misses ${chip.misses}, erases ${board.flash.erases}, forbidden fetches ${chip.violations}; UART overruns ${board.wire.overruns}`,
      "",
    ].join("\n"),
  )
  const same = comparisons.every(({ problems }) => problems.length === 0)
  const some = comparisons.some(({ answers }) => answers > 0)
  const answers = some ? `; answers (decided less than ${TURN_MICROS} us ahead) within one turn of TypeScript` : ""
  process.stdout.write(same ? `same events, same order, within ${tolerance} us${answers}\n` : "not the simulator's run\n")
  return same ? 0 : 1
}

function write(directory: string, recording: Recording): void {
  mkdirSync(directory, { recursive: true })
  const file = openSync(join(directory, "events.jsonl"), "w")
  writeEvents({ recording }, (text) => writeSync(file, text))
  closeSync(file)
}

function number(name: string, text: unknown): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (!(value > 0)) throw new BadInput(`--${name} is ${String(text)}; expected microseconds above 0`)
  return value
}

try {
  const words = process.argv.slice(2)
  if (words.includes("--help") || words.includes("-h")) process.stdout.write(HELP)
  else process.exitCode = run(words)
} catch (error) {
  const problem = fileProblem("emulate", error)
  if (!(problem instanceof BadInput) && (error as NodeJS.ErrnoException).code?.startsWith("ERR_PARSE_ARGS") !== true) throw error
  process.stderr.write(`emulate: ${(problem as Error).message}\n`)
  process.exitCode = 2
}
