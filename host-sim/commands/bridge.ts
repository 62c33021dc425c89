/** `npm run bridge`: the module's syncs by sound cards. */
import { join } from "node:path"
import { parseArgs } from "node:util"
import { changeSettings, standardSettings } from "../../src/settings"
import { listCards, STANDARD_AHEAD_MICROS } from "../bridge/bridge"
import { pulsesOf, renderCard } from "../bridge/render"
import { type CardPlan, MOST_CARDS, plansOfWords } from "../bridge/wiring"
import { BadInput, fileProblem } from "../input/bad-input"
import { readSettings, settingsChecker } from "../input/settings-file"
import { readTrace } from "../input/trace"
import { writeWhole } from "../output/write-run"
import { simulate } from "../simulator"
import { CARD_OPTIONS, plansOf, standardOf } from "./card-options"
import { type Command, numberOption } from "./command"
import { live } from "./live"
import { makeFolder } from "./run"
import { line } from "./summary"

const STANDARD_SECONDS = 60
/** A WAV file ends at 4 GB. */
const MOST_SECONDS = 6 * 3600

export const bridge: Command = {
  about: "the syncs by sound cards, up to eight in step; or as WAV files",
  help: `npm run bridge -- --card NAME [--card NAME ...] [options]
npm run bridge -- --list
npm run bridge -- --render DIR [--seconds N] [options]

Runs the module in real time, as npm start does (its options hold here too), and plays its syncs on sound cards: on all of them at the
same moment, whatever their crystals and drivers. A card that is pulled out is told of, and joins in again on the right step.

  --list             the cards there are, with their ids
  --card NAME        a card, by a part of its name or by its id. Given up to ${MOST_CARDS} times: one or two cards play two channels each
                     (left and right), more play one each on both sides. NAME=LEFT/RIGHT says it in full: "USB=sync1/clock"
                     (sync1 to sync4, clock, reset, arp, or - for nothing)
  --cards FILE       the same from a YAML file, with width, level, polarity and latency for each side (host-sim/README.md)
  --width MS         pulse width (as the settings have it: 15)
  --level PERCENT    of full scale (100)
  --polarity WHICH   positive or negative (as the settings have it)
  --ahead MS         how much later than decided it is heard, on all cards alike (${STANDARD_AHEAD_MICROS / 1000}); a slow card needs more

  --render DIR       writes what each card would play as a WAV file, card1.wav and so on; needs no card
  --seconds N        how long (${STANDARD_SECONDS})
  --settings FILE    the module's settings
  --inputs TRACE     what comes in meanwhile (TRACE.jsonl); without it the internal clock plays
`,
  async run(words) {
    if (words.includes("--list")) return list()
    if (!words.some((word) => /^--render(=|$)/.test(word))) {
      if (!words.some((word) => /^--cards?(=|$)/.test(word)))
        throw new BadInput("--card is missing; expected --card NAME for each card (--list shows what there is)")
      return live.run(words)
    }
    const text = { type: "string" } as const
    const options = { ...CARD_OPTIONS, settings: text, render: text, seconds: text, inputs: text }
    const { values } = parseArgs({ args: [...words], options })
    const plans = plansOf(values) ?? plansOfWords(["1", "2", "3", "4"], standardOf(values))
    const seconds = numberOption("seconds", values.seconds, 1, MOST_SECONDS, `seconds, 1..${MOST_SECONDS} (six hours)`) ?? STANDARD_SECONDS
    render(plans, values.render as string, seconds, values.settings, values.inputs)
  },
}

async function list(): Promise<void> {
  const cards = await listCards()
  if (cards.length === 0) throw new BadInput("no sound card here; expected one that the system knows (aplay -L)")
  const width = Math.max(...cards.map(({ id }) => id.length))
  for (const { name, id } of cards) process.stdout.write(`${id.padEnd(width)}  ${name}\n`)
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
