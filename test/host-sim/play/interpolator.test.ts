import assert from "node:assert"
import { interpolate } from "../../../host-sim/play/interpolator"

/** What is left of a sine, read at shifted and stretched positions, when the sine itself is taken off: dB below it. */
function residue(hertz: number, step: number): number {
  const omega = (2 * Math.PI * hertz) / 48000
  const into = new Float32Array(4096)
  const scratch = new Float32Array(8300)
  const sine = (from: number, samples: Float32Array): void =>
    samples.forEach((_, index) => (samples[index] = Math.sin(omega * (from + index))))
  interpolate(sine, 1000.37, step, into, scratch)
  let power = 0
  into.forEach((value, frame) => (power += (value - Math.sin(omega * (1000.37 + frame * step))) ** 2))
  return 10 * Math.log10(power / into.length / 0.5)
}

describe("the interpolator", () => {
  it("adds nothing that can be heard: 90 dB below a sine up to 10 kHz, 60 up to 16", () => {
    const figures = [100, 1000, 5000, 10000, 16000].map((hertz) => [hertz, Math.max(residue(hertz, 1.0002), residue(hertz, 0.9993))])
    console.log("      " + figures.map(([hertz, decibels]) => `${hertz} Hz ${decibels.toFixed(0)} dB`).join(", "))
    for (const [hertz, decibels] of figures) assert.ok(decibels < (hertz <= 10000 ? -90 : -60), `${hertz} Hz: ${decibels}`)
  })

  it("returns the samples themselves where it stands on them", () => {
    const into = new Float32Array(64)
    interpolate(
      (from, samples) => samples.forEach((_, index) => (samples[index] = ((from + index) * 37) % 11)),
      500,
      1,
      into,
      new Float32Array(200),
    )
    into.forEach((value, index) => assert.ok(Math.abs(value - (((500 + index) * 37) % 11)) < 1e-5))
  })
})
