/** `tactus replay`: recorded inputs, played again in virtual time. */
import { BadInput } from "../input/bad-input"
import { readSettings, settingsChecker } from "../input/settings-file"
import { readTrace } from "../input/trace"
import { type Command, numberOption, readOptions } from "./command"
import { Progress } from "./progress"
import { play, STANDARD_OUT } from "./run"
import { summary } from "./summary"

/** How long a replay goes on after its last input. */
const AFTERMATH_MICROS = 2e6
/** A week. */
const LONGEST_MICROS = 7 * 24 * 3600e6

export const replay: Command = {
  about: "plays recorded inputs (TRACE.jsonl) in virtual time",
  help: `npm run -s replay -- --inputs TRACE.jsonl [--settings SETTINGS.json] [--until MICROS] [--out DIR]

Plays a trace, one JSON object a line, in time order:
  {"t": 1000, "port": "cv", "level": 1}             level 0 or 1: cv, reset, run, button-...
  {"t": 2000, "port": "midi-din", "bytes": [250]}   bytes 0..255: midi-din, midi-usb, midi-usb-config, keys
  {"t": 3000, "port": "pot-tempo", "value": 512}    value 0..1023: pot-...
  {"t": 4000, "set": {"tempo": 130}}                a change of settings
  {"t": 5000, "line": {"at": 20000, "tick": 0, "period": 20833, "starts": true}}   the song as another machine gives it
t is in microseconds; for MIDI DIN it is the start of the first byte.

  --inputs TRACE.jsonl       the trace
  --settings SETTINGS.json   settings from the start; what is absent keeps its default
  --until MICROS             when to end (2 s after the last input)
  --out DIR                  where events.jsonl, report.json, clock.mid, trace.vcd and timeline.svg go (${STANDARD_OUT})
`,
  run(words) {
    const { options } = readOptions(words, ["inputs", "settings", "until", "out"], [])
    const file = options.inputs
    if (file === undefined) throw new BadInput("--inputs is missing; expected --inputs TRACE.jsonl")
    const until = numberOption("until", options.until, 1, LONGEST_MICROS, `microseconds, 1..${LONGEST_MICROS} (a week)`)
    const check = settingsChecker()
    const settings = readSettings(options.settings, check)
    const progress = new Progress()
    const inputs = readTrace(file, check, (line) => progress.update(0, `line ${line}`))
    progress.end()
    const end = until ?? (inputs[inputs.length - 1]?.time ?? 0) + AFTERMATH_MICROS
    if (end > LONGEST_MICROS) throw new BadInput(`${file}: lasts more than a week; expected --until MICROS`)
    const out = options.out ?? STANDARD_OUT
    const { reading, files } = play({ title: file, inputs, settings, until: end, out })
    process.stdout.write(summary(file, reading, out, files))
  },
}
