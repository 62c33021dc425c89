/** A run in a few lines on the terminal, for someone who makes music. */
import { basename } from "node:path"
import { TICKS_PER_BEAT } from "../../src/time"
import type { RecordedClock } from "../input/recorded-clock"
import type { Recorded } from "../input/wav"
import type { Reading } from "../output/reading"
import { reportOf } from "../output/report"

const MOST_CHANGES = 6

/** What was found in a recording. */
export function heardLine(recorded: Recorded, clock: RecordedClock): string {
  const bits = [
    `${(recorded.frames / recorded.sampleRate).toFixed(1)} s at ${recorded.sampleRate / 1000} kHz`,
    recorded.channels > 1 ? `channel ${clock.channel} of ${recorded.channels}` : "",
    `${clock.pulses.length} pulses`,
    `level ${(20 * Math.log10(clock.height)).toFixed(0)} dBFS`,
    clock.inverted ? "polarity turned round" : "",
  ]
  const heard = line("heard", bits.filter((bit) => bit !== "").join(", "))
  if (recorded.missingFrames === 0) return heard
  const missing = (recorded.missingFrames / recorded.sampleRate).toFixed(1)
  return heard + line("cut off", `the file ends ${missing} s before the end that its header gives; what is there is played`)
}

/** `files` are paths in the folder `out`. */
export function summary(title: string, reading: Reading, out: string, files: readonly string[], heard = ""): string {
  const report = reportOf(reading)
  const tempo = report.clock.beatsPerMinute
  const error = report.phaseError.absoluteMicros
  const { missingPulses = 0, spuriousPulses = 0, glitches = 0 } = report.counters
  const lines = [`${title}\n`, heard]
  if (tempo) {
    const steady = tempo.maximum - tempo.minimum <= 0.05
    const range = steady ? "steady" : `between ${tempo.minimum.toFixed(2)} and ${tempo.maximum.toFixed(2)}`
    lines.push(line("tempo", `${tempo.mean.toFixed(2)} BPM, ${range}`))
  }
  const forgiven = [count(missingPulses, "missing pulse"), count(spuriousPulses, "stray pulse"), count(glitches, "glitch")]
  if (forgiven.some((words) => words !== "")) lines.push(line("forgiven", forgiven.filter((words) => words !== "").join(", ")))
  const clocks = reading.clocks.times.length
  lines.push(line("clocks out", clocks === 0 ? "none" : `${clocks}, ${Math.floor(clocks / TICKS_PER_BEAT)} beats of ${TICKS_PER_BEAT}`))
  const changes = report.transport.map(({ change, micros }) => `${change} at ${(micros / 1e6).toFixed(2)} s`)
  if (changes.length > MOST_CHANGES) changes.splice(MOST_CHANGES, Infinity, `and ${report.transport.length - MOST_CHANGES} more`)
  if (changes.length > 0) lines.push(line("transport", changes.join(", ")))
  if (error) lines.push(line("off the pulse", `${milliseconds(error.mean)} on average, ${milliseconds(error.maximum)} at most`))
  lines.push(line("written", `${files.map((file) => basename(file)).join(", ")}, in ${out}`))
  return lines.join("")
}

function count(number: number, what: string): string {
  return number === 0 ? "" : number === 1 ? `1 ${what}` : `${number} ${what}${what.endsWith("h") ? "es" : "s"}`
}

export function line(name: string, text: string): string {
  return `  ${name.padEnd(15)}${text}\n`
}

function milliseconds(micros: number): string {
  return micros < 1000 ? `${micros.toFixed(0)} us` : `${(micros / 1000).toFixed(2)} ms`
}
