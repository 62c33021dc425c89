/** What `npm run emulate` is asked for: the command line, judged before anything is begun. */
import { existsSync } from "node:fs"
import { parseArgs } from "node:util"
import { BadInput } from "../../host-sim/input/bad-input"
import { readSettings, settingsChecker } from "../../host-sim/input/settings-file"
import type { NestedSettings, TimedEvent } from "../../host-sim/input/timed-input"
import { readTrace } from "../../host-sim/input/trace"
import { settingsEvents } from "./configuration"
import { worstCase } from "./worst-case"

export const HELP = `Usage: npm run -s emulate -- UF2 --bootrom FILE --inputs TRACE.jsonl --out DIR [--settings FILE] [--elf FILE] [--until MICROS]
       npm run -s emulate -- UF2 --bootrom FILE --load --elf ELF --out DIR [--until MICROS]

Boots UF2 on an emulated RP2040 (two cores, flash cache, exceptions and UART with the time they take), plays TRACE.jsonl into its
pins, UART and USB, and compares with the simulator: the same events, in the same order, at the same times. Writes DIR/events.jsonl
(what came out) and DIR/report.json (every figure, with versions). A "set" of the trace is written over SysEx on cable 2. An emulated
second takes ten to thirty.

  --bootrom FILE       16 KB image of the RP2040's boot ROM, which every chip carries and rp2040js's demo folder has; firmware made with
                       the Pico SDK does not start without it
  --inputs FILE        the trace; the same format as npm run replay
  --load               instead of a trace the worst case: all outputs at 300 BPM, SysEx floods, a collection forced each beat,
                       settings written each second; 5 s of it
  --settings FILE      SETTINGS.json the module has stored before it is switched on (as delivered)
  --elf FILE           the ELF file beside the UF2: also measures TypeScript's share, collections and the heap
  --collect MICROS     forces a collection so often, and tells what the heap holds after each (with --load: a beat)
  --until MICROS       when to end (1 s after the last input)
  --tolerance MICROS   how far an event may be from the simulator's (2)

Exit code 0: the simulator's run; 1: not; 2: bad usage or a file that cannot be used.
`
const AFTERMATH_MICROS = 1e6
const LOAD_MICROS = 6e6
const TEXTS = ["inputs", "out", "bootrom", "until", "tolerance", "elf", "settings", "collect"]

export interface Job {
  readonly uf2: string
  readonly bootRom: string | undefined
  readonly elf: string | undefined
  readonly out: string
  /** The file of the trace; undefined for the worst case. */
  readonly trace: string | undefined
  /** What the module has stored. */
  readonly settings: NestedSettings
  readonly inputs: readonly TimedEvent[]
  readonly until: number
  readonly tolerance: number
  /** From one forced collection to the next; undefined for none. */
  readonly collectMicros: number | undefined
}

/** Throws a BadInput, or what parseArgs throws. */
export function jobOf(words: readonly string[]): Job {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      load: { type: "boolean" as const },
      ...Object.fromEntries(TEXTS.map((name) => [name, { type: "string" as const }])),
    },
  })
  const [uf2, ...more] = positionals
  const texts = values as Record<string, string | undefined>
  const { inputs: trace, out, elf, bootrom: bootRom } = texts
  const isLoad = values.load === true
  if (uf2 === undefined || more.length > 0 || out === undefined || (trace === undefined) !== isLoad)
    throw new BadInput("expected UF2 --out DIR and either --inputs TRACE.jsonl or --load; --help tells more")
  if (elf === undefined && (isLoad || texts.collect !== undefined))
    throw new BadInput("expected --elf FILE: collections are forced by the names in it")
  if (isLoad && texts.settings !== undefined) throw new BadInput("--load brings its own settings; leave --settings out")
  for (const file of [uf2, elf, bootRom]) if (file !== undefined && !existsSync(file)) throw new BadInput(`${file}: there is no such file`)
  const end = number("until", texts.until)
  const settings = readSettings(texts.settings, settingsChecker())
  const inputs = trace === undefined ? worstCase(end ?? LOAD_MICROS) : played(trace, settings)
  const until = end ?? (trace === undefined ? LOAD_MICROS : (inputs.at(-1)?.time ?? 0) + AFTERMATH_MICROS)
  const tolerance = number("tolerance", texts.tolerance) ?? 2
  return { uf2, bootRom, elf, out, trace, settings, inputs, until, tolerance, collectMicros: number("collect", texts.collect) }
}

/** A trace as inputs of a chip that has `settings`. */
function played(trace: string, settings: NestedSettings): TimedEvent[] {
  const check = settingsChecker()
  check(settings)
  return readTrace(trace, check).flatMap((input): TimedEvent[] => {
    if (input.event !== undefined) return [input]
    if (input.set === undefined)
      throw new BadInput(`${trace}: "line" at ${input.time} us: a chip has no place for it; expected inputs and "set"`)
    try {
      return settingsEvents(input.time, input.set)
    } catch (error) {
      throw new BadInput(`${trace}: "set" at ${input.time} us: ${(error as Error).message}; write it in parts`)
    }
  })
}

function number(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (!(value > 0 && value < Infinity)) throw new BadInput(`--${name} is ${text}; expected microseconds above 0`)
  return value
}
