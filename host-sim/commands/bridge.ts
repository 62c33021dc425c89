/** `npm run bridge`: the module's syncs by sound cards. */
import { join } from "node:path"
import { parseArgs } from "node:util"
import { changeSettings, standardSettings } from "../../src/settings"
import { pulsesOf, renderCard } from "../bridge/render"
import { type CardPlan, MOST_CARDS, plansOfFile, plansOfWords, STANDARD, type Standard, WIDTH_RANGE } from "../bridge/wiring"
import { BadInput, fileProblem } from "../input/bad-input"
import { readSettings, settingsChecker } from "../input/settings-file"
import { readTrace } from "../input/trace"
import { writeWhole } from "../output/write-run"
import { simulate } from "../simulator"
import { type Command, numberOption } from "./command"
import { makeFolder } from "./run"
import { line } from "./summary"

const STANDARD_SECONDS = 60
/** A WAV file ends at 4 GB. */
const MOST_SECONDS = 6 * 3600

export const bridge: Command = {
  about: "the syncs by sound cards, up to eight in step; or as WAV files",
  help: `npm run bridge -- --card NAME [--card NAME ...] [options]
npm run bridge -- --render DIR [--seconds N] [options]

  --card NAME        a card, by a part of its name or by its id. Given up to ${MOST_CARDS} times: one or two cards play two channels each
                     (left and right), more play one each on both sides. NAME=LEFT/RIGHT says it in full: "USB=sync1/clock"
                     (sync1 to sync4, clock, reset, arp, or - for nothing)
  --cards FILE       the same from a YAML file, with width, level, polarity and latency for each side (host-sim/README.md)
  --width MS         pulse width (as the settings have it: 15)
  --level PERCENT    of full scale (100)
  --polarity WHICH   positive or negative (as the settings have it)
  --settings FILE    the module's settings

  --render DIR       writes what each card would play as a WAV file, card1.wav and so on; needs no card
  --seconds N        how long (${STANDARD_SECONDS})
  --inputs TRACE     what comes in meanwhile (TRACE.jsonl); without it the internal clock plays
`,
  run(words) {
    const text = { type: "string" } as const
    const { values } = parseArgs({
      args: [...words],
      options: {
        ...{ card: { type: "string", multiple: true }, cards: text, width: text, level: text, polarity: text, settings: text },
        ...{ render: text, seconds: text, inputs: text },
      },
    })
    if (values.render === undefined) throw new BadInput("--render is missing; expected --render DIR")
    const plans = plansOf(values) ?? plansOfWords(["1", "2", "3", "4"], standardOf(values))
    const seconds = numberOption("seconds", values.seconds, 1, MOST_SECONDS, `seconds, 1..${MOST_SECONDS} (six hours)`) ?? STANDARD_SECONDS
    render(plans, values.render, seconds, values.settings, values.inputs)
  },
}

interface CardOptions {
  readonly card?: readonly string[]
  readonly cards?: string
  readonly width?: string
  readonly level?: string
  readonly polarity?: string
}

/** The cards that were asked for; undefined where none was. */
function plansOf(values: CardOptions): CardPlan[] | undefined {
  if (values.card && values.cards !== undefined) throw new BadInput("--card and --cards exclude each other; expected one of them")
  if (values.cards !== undefined) return plansOfFile(values.cards, standardOf(values))
  return values.card ? plansOfWords(values.card, standardOf(values)) : undefined
}

function standardOf({ width, level, polarity }: CardOptions): Standard {
  if (polarity !== undefined && polarity !== "positive" && polarity !== "negative")
    throw new BadInput(`--polarity is ${JSON.stringify(polarity)}; expected positive or negative`)
  const { min, max } = WIDTH_RANGE
  const milliseconds = numberOption("width", width, min, max, `${min}..${max} milliseconds`)
  return {
    ...STANDARD,
    widthMicros: milliseconds === undefined ? undefined : milliseconds * 1000,
    level: (numberOption("level", level, 1, 100, "1..100 percent") ?? 100) / 100,
    polarity,
  }
}

function render(plans: readonly CardPlan[], folder: string, seconds: number, settingsFile?: string, trace?: string): void {
  const check = settingsChecker()
  const own = readSettings(settingsFile, check)
  const nested = trace === undefined ? { source: "internal", ...own } : own
  const settings = standardSettings()
  changeSettings(settings, nested)
  const inputs = trace === undefined ? [] : readTrace(trace, check, () => undefined)
  const until = seconds * 1e6
  const recording = simulate(inputs, nested, until)
  const pulses = pulsesOf(recording, settings)
  try {
    makeFolder(folder)
    plans.forEach((plan, index) => {
      const name = `card${index + 1}.wav`
      writeWhole(join(folder, name), (write, skip) => renderCard(plan, pulses, settings, until, write, skip))
      const sides = plan.sides.map((side) => side?.output ?? "nothing")
      process.stdout.write(line(name, `${plan.card}: left ${sides[0]}, right ${sides[1]}, ${seconds} s`))
    })
  } catch (error) {
    throw fileProblem(folder, error)
  }
}
