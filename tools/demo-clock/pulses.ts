/** The pulses of the demo's recording, as they were before anybody recorded them. */
import { Random } from "../../host-sim/input/random"
import type { Pulse } from "../../host-sim/input/recorded-clock"
import { TempoMap } from "../../host-sim/input/tempo-map"

const PULSES_PER_BEAT = 4
const LOST_PULSE = 90
const WIDTH_MICROS = 10000

/** The sequencer's own unsteadiness: a slow wander of its oscillator and a little noise on each pulse. */
export function demoPulses(): Pulse[] {
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
