/** `tactus convert`: a recorded CV clock becomes a MIDI file. */
import { IN_CV } from "../../src/event"
import { BadInput } from "../input/bad-input"
import { findClock, type RecordedClock } from "../input/recorded-clock"
import { readSettings, settingsChecker } from "../input/settings-file"
import { InputList, type NestedSettings } from "../input/timed-input"
import { openWav, type Recorded } from "../input/wav"
import { type Command, numberOption, readOptions } from "./command"
import { play, STANDARD_OUT } from "./run"
import { heardLine, summary } from "./summary"

/** How long a conversion goes on after the end of the recording. */
const AFTERMATH_MICROS = 1e6
const MOST_CHANNELS = 1024

export const convert: Command = {
  about: "turns a recorded CV clock (WAV) into a MIDI file",
  help: `npm run -s convert -- CLOCK.wav [--channel N] [--settings SETTINGS.json] [--out DIR]

Finds the pulses of a clock in a recording and plays them into the module: 8, 16, 24 or 32 bit, or float; any rate, any
coupling, either polarity. The run ends 1 s after the recording.

  --channel N                the channel to listen to, from 1 (the one with the strongest clock)
  --settings SETTINGS.json   settings; {"cv": {"ppqn": 4}} says that four pulses make a beat (1)
  --out DIR                  where events.jsonl, report.json, clock.mid, trace.vcd and timeline.svg go (${STANDARD_OUT})
`,
  run(words) {
    const { options, operands } = readOptions(words, ["channel", "settings", "out"], ["CLOCK.wav"])
    const file = operands[0]
    const channel = numberOption("channel", options.channel, 1, MOST_CHANNELS, `a channel from 1 to ${MOST_CHANNELS}`)
    if (channel !== undefined && !Number.isInteger(channel)) throw new BadInput(`--channel is ${channel}; expected a whole number from 1`)
    const settings = readSettings(options.settings, settingsChecker())
    const recorded = openWav(file)
    const clock = findClock(recorded, channel)
    const out = options.out ?? STANDARD_OUT
    const { reading, files } = playRecording(recorded, clock, settings, file, out)
    process.stdout.write(summary(file, reading, out, files, heardLine(recorded, clock)))
  },
}

export function playRecording(recorded: Recorded, clock: RecordedClock, settings: NestedSettings, title: string, out: string) {
  const list = new InputList()
  for (const { start, end } of clock.pulses) {
    list.level(Math.max(0, start), IN_CV, 1)
    list.level(Math.max(0, end), IN_CV, 0)
  }
  const until = (recorded.frames / recorded.sampleRate) * 1e6 + AFTERMATH_MICROS
  return play({ title, inputs: list.sorted(), settings, until, out })
}
