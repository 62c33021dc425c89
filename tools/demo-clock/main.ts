/**
 * Makes host-sim/demo/clock.wav, the recording that `npm start` converts: sixteenths from an analogue sequencer through an
 * interface's AC-coupled input. It wanders a little, somebody turns the tempo up half way, and one pulse is lost in a bad cable.
 * The same file comes out each time.
 */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { WaveFile } from "wavefile"
import { demoPulses } from "./pulses"
import { synthesize } from "./synthesize"

const SAMPLE_RATE = 16000
const SECONDS = 18

const samples = synthesize({
  sampleRate: SAMPLE_RATE,
  seconds: SECONDS,
  pulses: demoPulses(),
  amplitude: 0.55,
  highPassHertz: 8,
  noise: 0.0008,
  hum: 0.0006,
})
const wave = new WaveFile()
wave.fromScratch(
  1,
  SAMPLE_RATE,
  "16",
  Array.from(samples, (sample) => Math.round(sample * 32767)),
)
writeFileSync(join(__dirname, "../../host-sim/demo/clock.wav"), wave.toBuffer())
