/**
 * Makes host-sim/demo/clock.wav, the recording that `npm start` converts: sixteenths from an analogue sequencer through an
 * interface's AC-coupled input. It wanders a little, somebody turns the tempo up half way, and one pulse is lost in a bad cable.
 * The same file comes out each time.
 */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { WaveFile } from "wavefile"
import { Random } from "../../host-sim/input/random"
import { TempoMap } from "../../host-sim/input/tempo-map"
import { synthesize } from "./synthesize"

const SAMPLE_RATE = 16000
const SECONDS = 18
const PULSES_PER_BEAT = 4
const LOST_PULSE = 90
const WIDTH_MICROS = 10000

/** The sequencer's own unsteadiness: a slow wander of its oscillator and a little noise on each pulse. */
function pulses() {
  const tempo = new TempoMap(400_000, 118)
  tempo.change(16, 126, 0.5)
  const random = new Random(1978)
  const wander = (beat: number): number => 1500 * Math.sin(beat / 3.1)
  const all = Array.from({ length: 33 * PULSES_PER_BEAT }, (_, index) => {
    const beat = index / PULSES_PER_BEAT
    const start = tempo.timeOf(beat) + wander(beat) + random.clippedGaussian(300, 900)
    return { start, end: start + WIDTH_MICROS }
  })
  return all.filter((_, index) => index !== LOST_PULSE)
}

const samples = synthesize({
  sampleRate: SAMPLE_RATE,
  seconds: SECONDS,
  pulses: pulses(),
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
