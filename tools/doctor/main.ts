/**
 * `npm run doctor`: examines a module over USB-MIDI, or the simulator by the same bytes. Exit code 0: nothing wrong; 1: something
 * is; 2: no module, or bad usage.
 */
import { existsSync } from "node:fs"
import { createInterface } from "node:readline/promises"
import { parseArgs } from "node:util"
import { version } from "../../package.json"
import { openMidiSystem } from "../../host-sim/midi/midi-system"
import type { ModuleWire } from "./conversation"
import { EmulatedModule } from "./emulated-module"
import { examine, type Patient } from "./examine"
import { MidiWire } from "./midi-wire"
import { ALL_LOOPS, panelName, readLoops, type Loop } from "./plan"
import { SimulatedModule } from "./simulated-module"

const HELP = `Usage: npm run -s doctor -- [--port NAME | --simulator | --emulate UF2 [--bootrom FILE]] [--loop LOOPS]

Asks a module on USB for its version and for what it has counted, and has it test its jacks: with a cable from an output to an
input it sends 64 pulses to itself and measures when they come back. Half a second a cable; stop the module before.

  --port NAME    part of the MIDI port's name (tactus)
  --loop LOOPS   all, none, or pairs such as sync1:cv,clock:reset,midi-din:midi-din, for which the cable is in already if it is one
                 (default: all, where there is somebody to ask; else none)
  --simulator    examines the simulator, whose cables are always in
  --emulate UF2  examines that firmware on the emulated chip (npm run emulate); a cable takes a minute
  --bootrom FILE 16 KB image of the RP2040's boot ROM, for that

Exit code 1: something is wrong. 2: there is no module.
`

type Ask = (question: string) => Promise<string>

function onTheBench(wire: ModuleWire, name: string, loops: readonly Loop[], ask: Ask | undefined): Patient {
  let isOver = false
  return {
    wire,
    name,
    expected: version,
    loops,
    async patch({ output, input }) {
      if (isOver) return false
      if (ask === undefined) return true
      const cable = output === "midi-din" ? "MIDI cable" : "cable"
      const answer = await ask(`${cable} from ${panelName(output, "out")} to ${panelName(input, "in")}, then Enter (s: skip, q: no more) `)
      isOver = answer.trim() === "q"
      return !isOver && answer.trim() !== "s"
    },
    wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    say: (line) => void process.stdout.write(`${line}\n`),
  }
}

/** One without a bench: its cables are always in, and its time is its own. */
function virtual(module: SimulatedModule | EmulatedModule, name: string, loops: readonly Loop[]): Patient {
  return {
    ...onTheBench(module, name, loops, undefined),
    async patch({ output, input }) {
      module.patch(output, input)
      return true
    },
    wait: async (milliseconds) => module.advance(milliseconds * 1000),
  }
}

async function run(): Promise<string[]> {
  const { values } = parseArgs({
    options: {
      port: { type: "string" },
      loop: { type: "string" },
      simulator: { type: "boolean" },
      emulate: { type: "string" },
      bootrom: { type: "string" },
      help: { type: "boolean", short: "h" },
    },
  })
  if (values.help) {
    process.stdout.write(HELP)
    return []
  }
  const asked = values.loop === undefined ? undefined : readLoops(values.loop)
  if (values.simulator)
    return finish(await examine(virtual(new SimulatedModule(), "the simulator, whose cables are 3 us long", asked ?? ALL_LOOPS)))
  if (values.emulate !== undefined) {
    if (!existsSync(values.emulate)) throw new RangeError(`${values.emulate}: there is no such file; expected a UF2`)
    const module = new EmulatedModule(values.emulate, values.bootrom)
    return finish(await examine(virtual(module, "the emulated chip, whose pins are patched to its pins", asked ?? ALL_LOOPS)))
  }
  const system = openMidiSystem()
  if (typeof system === "string") throw new RangeError(system)
  const wire = await MidiWire.find(system.library, values.port)
  if (typeof wire === "string") throw new RangeError(wire)
  const isManned = process.stdin.isTTY && (asked === undefined || asked.length > 1)
  const lines = isManned ? createInterface({ input: process.stdin, output: process.stdout }) : undefined
  try {
    const loops = asked ?? (isManned ? ALL_LOOPS : [])
    const wrong = await examine(onTheBench(wire, "USB", loops, lines && ((question) => lines.question(question))))
    if (loops.length === 0) process.stdout.write("\nJacks were not tested: --loop names cables that are in.\n")
    return finish(wrong)
  } finally {
    lines?.close()
    wire.close()
  }
}

function finish(wrong: string[]): string[] {
  const verdict = wrong.length === 0 ? "Nothing wrong found." : `Wrong:\n${wrong.map((line) => `  ${line}`).join("\n")}`
  process.stdout.write(`\n${verdict}\n`)
  return wrong
}

run().then(
  (wrong) => {
    process.exitCode = wrong.length > 0 ? 1 : 0
  },
  (error: unknown) => {
    process.stderr.write(`doctor: ${error instanceof Error ? error.message.split("\n")[0] : String(error)}\n`)
    process.exitCode = 2
  },
)
