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
import { Recording } from "../../host-sim/recording"
import { simulate } from "../../host-sim/simulator"
import { compareRuns, type TimedWord } from "./compare"
import { EmulatedBoard } from "./board"

const HELP = `Usage: npm run -s emulate -- UF2 --inputs TRACE.jsonl --out DIR [--bootrom FILE] [--until MICROS] [--tolerance MICROS]

Boots UF2 on an emulated RP2040 (two cores, flash cache, exceptions and UART with the time they take), plays TRACE.jsonl into its
pins, UART and USB, writes DIR/events.jsonl and compares with the simulator.

  --bootrom FILE       16 KB image of the RP2040's boot ROM; firmware made with the Pico SDK needs it
  --until MICROS       when to end (1 s after the last input)
  --tolerance MICROS   how far an event may be from the simulator's (2)
`
const AFTERMATH_MICROS = 1e6

function run(words: string[]): number {
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    options: Object.fromEntries(["inputs", "out", "bootrom", "until", "tolerance"].map((name) => [name, { type: "string" as const }])),
  })
  const [uf2] = positionals
  const { inputs: trace, out } = values as Record<string, string | undefined>
  if (uf2 === undefined || trace === undefined || out === undefined) throw new BadInput("expected UF2 --inputs TRACE.jsonl --out DIR")
  if (!existsSync(uf2)) throw new BadInput(`${uf2}: there is no such file`)
  const inputs = readTrace(trace, settingsChecker())
  const change = inputs.find((input) => input.set !== undefined)
  if (change) throw new BadInput(`${trace}: "set" at ${change.time} us: settings cannot be played into a chip; expected inputs only`)
  const until = number("until", values.until) ?? (inputs.at(-1)?.time ?? 0) + AFTERMATH_MICROS
  const tolerance = number("tolerance", values.tolerance) ?? 2

  const seen: TimedWord[] = []
  const board = new EmulatedBoard(uf2, values.bootrom as string | undefined, (time, word) => {
    if (time >= 0) seen.push({ time, word })
  })
  for (const input of inputs) {
    if (input.event === undefined || input.time >= until) continue
    board.runUntil(input.time)
    board.input(input.time, input.event)
  }
  for (let time = inputs.at(-1)?.time ?? 0; time < until; time += 20000) board.runUntil(Math.min(time, until))
  board.runUntil(until)

  const simulated = simulate(inputs, {}, until)
  const recording = new Recording(trace, simulated.settings)
  for (const { time, word } of seen) recording.addOutput(time, word)
  write(out, recording)
  return report(board, seen, simulated, until, tolerance)
}

function report(board: EmulatedBoard, seen: readonly TimedWord[], simulated: Recording, until: number, tolerance: number): number {
  const { chip } = board
  const comparisons = compareRuns(
    seen.filter(({ time }) => time < until),
    [...simulated.outputs],
    tolerance,
  )
  const rows = comparisons.map(
    ({ port, events, least, median, most, problems }) =>
      `${port.padEnd(16)}${String(events).padStart(8)}${least.toFixed(2).padStart(9)}${median.toFixed(2).padStart(9)}${most.toFixed(2).padStart(9)}  ${problems.join("; ")}`,
  )
  process.stdout.write(
    [
      "port              events    least   median     most  (chip minus simulator, us)",
      ...rows,
      `image ${board.imageBytes} bytes; USB ${board.usb.mounted ? `"${board.usb.strings.get(2)}" ${board.usb.strings.get(3)}` : "not mounted"}; core 1 ${chip.cores[1].running ? "runs" : "does not run"}`,
      `flash misses ${chip.misses}, erases ${board.flash.erases}, forbidden fetches ${chip.violations}; UART overruns ${board.wire.overruns}`,
      "",
    ].join("\n"),
  )
  const same = comparisons.every(({ problems }) => problems.length === 0)
  process.stdout.write(same ? `same events, same order, within ${tolerance} us\n` : "not the simulator's run\n")
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
