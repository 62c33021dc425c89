/** `npm run demo`: the recorded clock that ships with tactus becomes a MIDI file and a picture. */
import { join, relative } from "node:path"
import { findClock } from "../input/recorded-clock"
import { openWav } from "../input/wav"
import { type Command, readOptions } from "./command"
import { playRecording } from "./convert"
import { line, heardLine, summary } from "./summary"

const RECORDING = join(__dirname, "../demo/clock.wav")

export const demo: Command = {
  about: "converts the recorded clock that ships with tactus",
  help: `npm run -s demo [-- --out DIR]

Converts the recorded CV clock that ships with tactus (sixteenths of an analogue sequencer; somebody turns the tempo up half
way, and one pulse is missing) into a MIDI file and a picture.

  --out DIR   where they go (out/demo)
`,
  run(words) {
    const { options } = readOptions(words, ["out"], [])
    const out = options.out ?? join("out", "demo")
    const recorded = openWav(RECORDING)
    const clock = findClock(recorded)
    const { reading, files } = playRecording(recorded, clock, { cv: { ppqn: 4 } }, "A recorded CV clock, four pulses a beat", out)
    const file = relative(process.cwd(), RECORDING)
    process.stdout.write(
      summary(file, reading, out, files, heardLine(recorded, clock)) +
        "\n" +
        line("look at it", join(out, "timeline.svg")) +
        line("hear it", `drag ${join(out, "clock.mid")} into your DAW`) +
        line("your own", "npm run -s convert -- CLOCK.wav --settings host-sim/demo/settings.json --out out/mine") +
        line("break it", "npm run -s sim -- test/scenarios/05-pulse-missing.yaml --out out/missing"),
    )
  },
}
