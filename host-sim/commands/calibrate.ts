/** `npm run calibrate`: how much later each card is heard than it says, by recording it. */
import { spawn } from "node:child_process"
import { parseArgs } from "node:util"
import { Bridge, STANDARD_AHEAD_MICROS } from "../bridge/bridge"
import {
  CALIBRATION_PERIOD_MICROS,
  CALIBRATION_PULSES,
  CALIBRATION_WIDTH_MICROS,
  compare,
  type Heard,
  TimedRecording,
} from "../bridge/calibration"
import type { CardSupervisor } from "../bridge/card-supervisor"
import { monotonicMicros } from "../bridge/monotonic"
import { BadInput } from "../input/bad-input"
import { LIST_GULP_SECONDS } from "../play/sound-card"
import { CARD_OPTIONS, plansOf } from "./card-options"
import type { Command } from "./command"
import { line } from "./summary"

const RATE = 48000
/** A card's clock is listened to for so long before it plays. */
const LISTEN_MILLIS = 20_000
const AFTERWARDS_MILLIS = 700
/** From when a pulse is handed over to when it ought to be heard: more than the slowest card holds. */
const HANDED_MICROS = 1_500_000

export const calibrate: Command = {
  about: "measures by a recording how much later each card is heard than it says",
  help: `npm run calibrate -- --card NAME [--card NAME ...] [--input DEVICE] [--play]

Connect the outputs of the cards to one input of this computer, by a mixer or one after the other (run it once for each then): which one plays
is known. Each card plays twelve pulses; what it prints goes into the file of cards (--cards FILE, host-sim/README.md). Cards of one
kind need none of this.

  --card NAME, --cards FILE   the cards, as for npm run bridge
  --input DEVICE              what records, as arecord -L shows it (default)
  --play                      the cards as tactus play opens them: prints the --latency of each for it. It has the recorder's own latency in
                              it; measure the cards of all machines with recorders of one kind, and nobody hears of that
`,
  async run(words) {
    const { values } = parseArgs({ args: [...words], options: { ...CARD_OPTIONS, input: { type: "string" }, play: { type: "boolean" } } })
    const plans = plansOf(values)?.map((plan) => ({ ...plan, latencyMicros: 0 }))
    if (!plans) throw new BadInput("--card is missing; expected --card NAME for each card (npm run bridge -- --list shows what there is)")
    const recorder = record(values.input ?? "default")
    const bridge = new Bridge(
      plans,
      STANDARD_AHEAD_MICROS,
      (news) => process.stderr.write(line("card", news)),
      values.play ? LIST_GULP_SECONDS : undefined,
    )
    try {
      await Promise.race([bridge.settled(), recorder.failed])
      await Promise.race([pause(LISTEN_MILLIS), recorder.failed])
      const results: (Heard | undefined)[] = []
      for (const card of bridge.cards) results.push(await Promise.race([measure(card, recorder.recording), recorder.failed]))
      process.stdout.write(values.play ? toldForPlay(bridge.cards, results) : told(bridge.cards, results))
      if (results.every((heard) => !heard))
        throw new BadInput(`--input ${values.input ?? "default"}: no card was heard; expected a cable from a card's output to it`)
    } finally {
      recorder.stop()
      bridge.close()
    }
  },
}

/** Lets one card play, and says how late it was heard. */
async function measure(card: CardSupervisor, recording: TimedRecording): Promise<Heard | undefined> {
  const begin = monotonicMicros() + HANDED_MICROS
  const expected = Array.from({ length: CALIBRATION_PULSES }, (_, index) => begin + index * CALIBRATION_PERIOD_MICROS)
  for (const time of expected)
    card.plan.sides.forEach((side, index) => side && card.add(index, { time, widthMicros: CALIBRATION_WIDTH_MICROS, level: side.level }))
  const end = begin + CALIBRATION_PULSES * CALIBRATION_PERIOD_MICROS
  await pause((end - monotonicMicros()) / 1000 + AFTERWARDS_MILLIS)
  return compare(expected, recording.edges(begin - 50_000, end))
}

function told(cards: readonly CardSupervisor[], results: readonly (Heard | undefined)[]): string {
  const first = Math.min(...results.flatMap((heard) => (heard ? [heard.latencyMicros] : [])))
  return cards
    .map(({ plan }, index) => {
      const heard = results[index]
      if (!heard) return line(plan.card, "not heard")
      const millis = (micros: number) => (micros / 1000).toFixed(2)
      return line(
        plan.card,
        `latency: ${millis(heard.latencyMicros - first)}   # ms; ${heard.pulses} pulses, ${millis(heard.latencyMicros)} with the recorder, +- ${millis(heard.scatterMicros)}`,
      )
    })
    .join("")
}

/** From a card's asking for a frame to its sound, in full. */
function toldForPlay(cards: readonly CardSupervisor[], results: readonly (Heard | undefined)[]): string {
  return cards
    .map((card, index) => {
      const heard = results[index]
      if (!heard) return line(card.plan.card, "not heard")
      const { card: name, latencyMicros } = card.report()
      const millis = (latencyMicros + heard.latencyMicros) / 1000
      const certainty = `${heard.pulses} pulses, +- ${(heard.scatterMicros / 1000).toFixed(2)} ms`
      return line(card.plan.card, `tactus play --card ${JSON.stringify(name)} --latency ${millis.toFixed(3)}   # ${certainty}`)
    })
    .join("")
}

interface Recorder {
  readonly recording: TimedRecording
  /** Rejects when there is no recording. */
  readonly failed: Promise<never>
  stop(): void
}

function record(device: string): Recorder {
  const recording = new TimedRecording(RATE)
  const words = [
    "-q",
    "-D",
    device,
    "-f",
    "S16_LE",
    "-r",
    String(RATE),
    "-c",
    "1",
    "-t",
    "raw",
    "--buffer-time=200000",
    "--period-time=10000",
  ]
  const child = spawn("arecord", words, { stdio: ["ignore", "pipe", "pipe"] })
  let rest = Buffer.alloc(0)
  child.stdout.on("data", (data: Buffer) => {
    const now = monotonicMicros()
    const bytes = Buffer.concat([rest, data])
    const count = bytes.length >> 1
    rest = bytes.subarray(count * 2)
    const samples = new Float32Array(count)
    for (let index = 0; index < count; index++) samples[index] = bytes.readInt16LE(index * 2) / 32768
    recording.add(now, samples)
  })
  let said = ""
  child.stderr.on("data", (data: Buffer) => (said += String(data)))
  let isOver = false
  const failed = new Promise<never>((_, reject) => {
    child.on("error", () => reject(new BadInput("arecord is not there; expected Debian's alsa-utils to be installed")))
    child.on("exit", () => {
      const problem = said.trim().split("\n").pop()?.split(/: /).pop() ?? "it ended"
      if (!isOver) reject(new BadInput(`--input ${device}: ${problem}; expected a device that arecord -L shows`))
    })
  })
  failed.catch(() => undefined)
  return {
    recording,
    failed,
    stop: () => {
      isOver = true
      child.kill()
    },
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
