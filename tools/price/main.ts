/**
 * `npm run price`: what the core's TypeScript costs on the Pico. The firmware runs on the emulated chip (tools/emulate), scene by
 * scene, and the time core 0 spends in the XS interpreter is taken. Loads of scenes that differ in one thing give the price of that thing.
 */
import { existsSync, readFileSync } from "node:fs"
import { parseArgs } from "node:util"
import { BadInput, fileProblem } from "../../host-sim/input/bad-input"
import { EmulatedBoard } from "../emulate/board"
import { addressOf } from "../emulate/elf"
import { Meter } from "./meter"
import { MEASURED_FROM, prices, SCENES, type Scene } from "./scenes"

const HELP = `Usage: npm run -s price -- UF2 --bootrom FILE [--elf FILE] [--seconds S]

Runs UF2 on the emulated RP2040 through a list of scenes and prints what core 0 spends in TypeScript: per scene, and per event.

  --bootrom FILE   16 KB image of the RP2040's boot ROM
  --elf FILE       the same firmware with its symbols (beside the UF2, as the linker left it)
  --seconds S      how long each scene is measured (0.5); a second takes about half a minute
`

function measure(scene: Scene, uf2: string, bootRom: string, address: number, seconds: number) {
  let outputs = 0
  const board = new EmulatedBoard(uf2, bootRom, () => outputs++)
  const meter = new Meter(board.chip, address)
  const until = MEASURED_FROM + seconds * 1e6
  let isMeasured = false
  const to = (time: number) => {
    if (!isMeasured && time >= MEASURED_FROM) {
      board.runUntil(MEASURED_FROM)
      isMeasured = true
      meter.reset()
      outputs = 0
    }
    board.runUntil(time)
  }
  for (const { time, event } of scene.inputs) {
    if (time >= until) break
    to(time)
    board.input(time, event)
  }
  to(until)
  return { load: meter.micros / seconds, turns: meter.calls / seconds, longest: meter.longestMicros, outputs: outputs / seconds }
}

function run(words: string[]): void {
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    options: { bootrom: { type: "string" }, elf: { type: "string" }, seconds: { type: "string" } },
  })
  const [uf2] = positionals
  if (uf2 === undefined || values.bootrom === undefined) throw new BadInput("expected UF2 --bootrom FILE")
  const elf = values.elf ?? uf2.replace(/\.uf2$/, ".elf")
  for (const file of [uf2, elf, values.bootrom]) if (!existsSync(file)) throw new BadInput(`${file}: there is no such file`)
  const seconds = Number(values.seconds ?? 0.5)
  if (!(seconds > 0)) throw new BadInput(`--seconds is ${values.seconds}; expected a number above 0`)
  const address = addressOf(readFileSync(elf), "fxRunID")

  const loads: Record<string, number> = {}
  process.stdout.write("  load   turns/s  longest us  events out/s\n")
  for (const scene of SCENES) {
    const { load, turns, longest, outputs } = measure(scene, uf2, values.bootrom, address, seconds)
    loads[scene.name] = load
    const row = [`${(load / 1e4).toFixed(1)} %`.padStart(7), turns.toFixed(0).padStart(8), longest.toFixed(0).padStart(10)]
    process.stdout.write(`${row.join("  ")}  ${outputs.toFixed(0).padStart(12)}  ${scene.about}\n`)
  }
  process.stdout.write("\n us of core 0\n")
  for (const { about, micros } of prices(loads)) process.stdout.write(`${micros.toFixed(0).padStart(13)}  ${about}\n`)
}

try {
  const words = process.argv.slice(2)
  if (words.includes("--help") || words.includes("-h")) process.stdout.write(HELP)
  else run(words)
} catch (error) {
  const problem = fileProblem("price", error)
  const isUsage = problem instanceof BadInput || (error as NodeJS.ErrnoException).code?.startsWith("ERR_PARSE_ARGS") === true
  if (!isUsage && !(error instanceof Error && error.message.startsWith("no "))) throw error
  process.stderr.write(`price: ${(problem as Error).message}\n`)
  process.exitCode = 2
}
