/**
 * `npm run -s bench -- xs`: what the core costs on the engine it is written for. The module runs inside the real XS; a job is done
 * N and 2N times, and the difference in computrons (bytecodes, counted by the engine, the same on every machine) and in heap slots
 * is divided by N. Bytecodes are not time: a call takes several times as long as an addition.
 */
import { join } from "node:path"
import { version } from "../../package.json"
import { bundle } from "../../test/xs/bundle"
import { engineVersion, NoEngine, readyEngine } from "../../test/xs/install"
import { XsWorker } from "../../test/xs/worker"
import { table } from "./table"

const REPETITIONS = 2000

/** The jobs of xs-guest.ts, as the table calls them; `without` is taken off the price. */
const JOBS: readonly { readonly name: string; readonly about: string; readonly without?: string }[] = [
  { name: "clock", about: "one clock: both MIDI outputs and the clock output at 24 PPQN" },
  { name: "predict", about: "one CV pulse at 24 PPQN, predicted, its two edges and its clock" },
  { name: "follow", about: "one CV pulse at 24 PPQN, followed, its two edges and its clock" },
  { name: "midiClock", about: "one MIDI clock byte in, and its clock" },
  { name: "follower", about: "of these, the pulse follower", without: "harness" },
  { name: "idle", about: "one render with nothing due" },
  { name: "dinNote", about: "one note from DIN, three bytes, to both MIDI outputs" },
  { name: "usbNote", about: "one note from USB, one packet, to the DIN output" },
  { name: "button", about: "one press of a bouncing button, two edges" },
]

export interface Price {
  readonly name: string
  readonly about: string
  readonly computrons: number
  readonly slots: number
  /** Events that came out. */
  readonly events: number
}

async function priceOf(worker: XsWorker, job: string): Promise<{ computrons: number; slots: number; events: number }> {
  const measure = async (count: number) => {
    const { bytes, meters } = await worker.command(new TextEncoder().encode(JSON.stringify([job, count])))
    return { events: new Float64Array(bytes.buffer)[0], ...meters }
  }
  await measure(500)
  const idle = await measure(0)
  const once = await measure(REPETITIONS)
  const twice = await measure(2 * REPETITIONS)
  const command = once.currentHeapCount - idle.currentHeapCount
  return {
    computrons: (twice.compute - once.compute) / REPETITIONS,
    slots: (twice.currentHeapCount - once.currentHeapCount - command) / REPETITIONS,
    events: (twice.events - once.events) / REPETITIONS,
  }
}

/** Prices of everything in `JOBS`, with a fresh engine. */
export async function prices(enginePath: string): Promise<Price[]> {
  const worker = new XsWorker(enginePath)
  try {
    await worker.evaluate(bundle(join(__dirname, "xs-guest.ts")))
    const found: Price[] = []
    for (const { name, about, without } of JOBS) {
      const { computrons, slots, events } = await priceOf(worker, name)
      const off = without ? await priceOf(worker, without) : { computrons: 0, slots: 0 }
      found.push({ name, about, computrons: round(computrons - off.computrons), slots: round(slots - off.slots), events: round(events) })
    }
    return found
  } finally {
    worker.close()
  }
}

function round(value: number): number {
  return Math.round(value * 100) / 100 + 0
}

const HELP = `Usage: npm run -s bench -- xs
Prints one JSON object to stdout and a table to stderr: bytecodes and heap slots of each job of the core on the XS engine, which
is built first where it is not there yet (half a minute, with gcc and make).
`

/** Prints JSON on stdout and a table on stderr; the exit code comes back. */
export async function run(options: string[]): Promise<number> {
  if (options.length > 0) {
    const asked = options[0] === "--help" || options[0] === "-h"
    ;(asked ? process.stdout : process.stderr).write(asked ? HELP : `bench xs: ${JSON.stringify(options[0])}; expected no options\n`)
    return asked ? 0 : 2
  }
  try {
    const path = await readyEngine((line) => process.stderr.write(`${line}\n`))
    const versions = { tactus: version, engine: engineVersion(), node: process.version }
    const found = await prices(path)
    const rows = found.map(({ about, computrons, slots, events }) => [about, computrons.toFixed(0), slots.toFixed(2), events.toFixed(2)])
    process.stderr.write(`tactus ${versions.tactus} on ${versions.engine}\n\n${table(["", "computrons", "slots", "events out"], rows)}`)
    process.stdout.write(JSON.stringify({ versions, prices: found }, null, 2) + "\n")
    return 0
  } catch (error) {
    if (!(error instanceof NoEngine)) throw error
    process.stderr.write(`bench xs: ${error.message}\n`)
    return 1
  }
}
