/** A run in a few lines on the terminal, for someone who makes music. */
import type { RecordedClock } from "../input/recorded-clock"
import type { Recorded } from "../input/wav"
import type { Reading } from "../output/reading"
import { reportOf } from "../output/report"

export function recordingSummary(recorded: Recorded, clock: RecordedClock): string {
  const bits = [
    `${(recorded.frames / recorded.sampleRate).toFixed(1)} s at ${recorded.sampleRate / 1000} kHz`,
    recorded.channels > 1 ? `channel ${clock.channel} of ${recorded.channels}` : "",
    `${clock.pulses.length} pulses`,
    `level ${(20 * Math.log10(clock.height)).toFixed(0)} dBFS`,
    clock.inverted ? "polarity turned round" : "",
  ]
  return line("heard", bits.filter((bit) => bit !== "").join(", "))
}

export function summary(title: string, reading: Reading, files: readonly string[]): string {
  const report = reportOf(reading)
  const tempo = report.clock.beatsPerMinute
  const error = report.phaseError.absoluteMicros
  const starts = report.transport.map(({ change, micros }) => `${change} at ${(micros / 1e6).toFixed(2)} s`)
  const lines = [`${title}\n`]
  if (tempo) {
    lines.push(
      line(
        "tempo",
        `${tempo.mean.toFixed(2)} BPM${tempo.maximum - tempo.minimum > 0.05 ? `, between ${tempo.minimum.toFixed(2)} and ${tempo.maximum.toFixed(2)}` : ", steady"}`,
      ),
    )
  }
  lines.push(
    line("clocks out", `${reading.clocks.times.length}${tempo ? `, ${(reading.clocks.times.length / 24).toFixed(0)} beats of 24` : ""}`),
  )
  if (starts.length > 0)
    lines.push(line("transport", starts.slice(0, 6).join(", ") + (starts.length > 6 ? `, and ${starts.length - 6} more` : "")))
  if (error) lines.push(line("off the pulse", `${milliseconds(error.mean)} on average, ${milliseconds(error.maximum)} at most`))
  lines.push(line("written", files.join(" ")))
  return lines.join("")
}

export function line(name: string, text: string): string {
  return `  ${name.padEnd(15)}${text}\n`
}

function milliseconds(micros: number): string {
  return micros < 1000 ? `${micros.toFixed(0)} us` : `${(micros / 1000).toFixed(2)} ms`
}
