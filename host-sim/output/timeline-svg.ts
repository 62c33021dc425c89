/**
 * timeline.svg: a run at a glance. Above, the whole of it: the tempo of the input (dots) and of the clock (line), and how far
 * each pulse's clock stood from it. Below, a few beats closely: every pulse, every clock, the rack's outputs and the phase
 * error pulse by pulse. 1200 pixels wide and, however long the run, well below 300 KB.
 */
import { TICK_MICROS_AT_1_BPM, TICKS_PER_BEAT, type Micros } from "../../src/time"
import { curve, dots, panelFrame, stems, timeAxis, xAt, type Panel, type Samples, type TimeScale } from "./chart"
import type { Clocks } from "./clocks"
import { detailWindowOf } from "./detail-window"
import type { Pulses } from "./pulses"
import { beginningsOf, type Reading } from "./reading"
import { durationText, escaped, FRAME, INK, line, MUTED, px, rectangle, text } from "./svg"
import { colorOf, lanesOf, type Lane } from "./timeline-lanes"

const WIDTH = 1200
const LEFT = 150
const PLOT_WIDTH = WIDTH - LEFT - 44
const PHASE_COLOR = "#1c7c54"
const FONT = "Inter, 'Segoe UI', 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif"

export function writeTimeline(reading: Reading, write: (text: string) => void): void {
  const { recording, clocks, pulses, phaseErrors } = reading
  const lanes = lanesOf(reading)
  const window = detailWindowOf(reading)
  const whole: TimeScale = { from: 0, until: Math.max(1, recording.until), left: LEFT, width: PLOT_WIDTH }
  const close: TimeScale = { from: window.from, until: window.until, left: LEFT, width: PLOT_WIDTH }
  const body: string[] = []
  let y = 96
  const place = (height: number, ...drawn: string[]) => {
    body.push(...drawn)
    y += height
  }

  const outputTempo = tempoOf(clocks.times, TICKS_PER_BEAT, 6, beginningsOf(clocks))
  const inputTempo = tempoOf(pulses.times, pulses.perBeat, Math.max(1, Math.round(pulses.perBeat / 4)), new Set())
  const beatTempo = tempoOf(clocks.times, TICKS_PER_BEAT, TICKS_PER_BEAT, beginningsOf(clocks))
  const tempo = tempoPanel(whole, y, beatTempo, inputTempo)
  const isZoomed = window.until - window.from < recording.until * 0.9
  const zoomBand = (top: number, height: number) =>
    isZoomed
      ? rectangle(
          xAt(whole, window.from),
          top,
          Math.max(2, xAt(whole, window.until) - xAt(whole, window.from)),
          height,
          "#f0b429",
          ' opacity="0.28"',
        )
      : ""
  place(
    tempo.height + 52,
    panelFrame(tempo, "tempo, BPM", INK, (value) => String(value)),
    zoomBand(tempo.top, tempo.height),
    dots(tempo, inputTempo, colorOf(pulses.port ?? "cv"), 1.3),
    curve(tempo, outputTempo, colorOf(clocks.port ?? "midi-din")),
    transportMarks(clocks, tempo),
    timeAxis(whole, tempo.top + tempo.height),
  )
  if (phaseErrors.times.length > 0) {
    // The first beat, whose tempo is not known yet, would flatten all the rest.
    const { settledMicros, micros } = phaseErrors
    const panel = phasePanel(whole, y, settledMicros.length > 0 ? settledMicros : micros, 100)
    const samples = { times: phaseErrors.times, values: phaseErrors.micros }
    place(
      panel.height + 52,
      panelFrame(panel, "phase error: clock minus pulse", PHASE_COLOR, durationText),
      zoomBand(panel.top, panel.height),
      samples.times.length > PLOT_WIDTH * 1.5 ? curve(panel, samples, PHASE_COLOR) : dots(panel, samples, PHASE_COLOR, 1.6),
      phaseSummary(reading, panel),
      timeAxis(whole, panel.top + panel.height),
    )
  }

  place(34, text(LEFT, y + 6, isZoomed ? `Close up: ${window.reason}` : "Close up", { size: 15, weight: 600 }))
  const beatLabels = y
  place(8)
  const lanesTop = y
  const backgrounds = lanes.map((lane) => {
    const background = rectangle(LEFT, y, PLOT_WIDTH, lane.height, "#ffffff")
    place(lane.height + 6, drawLane(lane, close, y))
    return background
  })
  const lanesBottom = y
  if (phaseErrors.times.length > 0) {
    y += 22
    const panel = phasePanel(close, y, inWindow(phaseErrors.times, phaseErrors.micros, close), 84)
    place(
      panel.height,
      panelFrame(panel, "phase error of each pulse", PHASE_COLOR, durationText),
      stems(panel, { times: phaseErrors.times, values: phaseErrors.micros }, PHASE_COLOR),
    )
  }
  const beatLines = drawBeats(clocks, close, beatLabels, lanesTop, lanesBottom)
  place(30, timeAxis(close, y))
  place(26, legend(reading, y + 12))

  const height = y + 12
  write(
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${px(height)}" width="${WIDTH}" height="${px(height)}" font-family="${FONT}" role="img">\n`,
  )
  write(`<title>${escaped(recording.title)}</title>\n${rectangle(0, 0, WIDTH, height, "#fbfcfd")}`)
  write(heading(reading))
  for (const background of backgrounds) write(background)
  write(beatLines)
  for (const piece of body) write(piece)
  write("</svg>\n")
}

/** BPM over `span` intervals, at their middle; NaN where playing began anew. */
function tempoOf(times: Float64Array, perBeat: number, span: number, beginnings: ReadonlySet<number>): Samples {
  const middles: Micros[] = []
  const values: number[] = []
  let since = 0
  for (let i = 0; i < times.length; i++) {
    if (beginnings.has(i)) {
      since = i
      middles.push(times[i])
      values.push(NaN)
    }
    if (i - since < span) continue
    middles.push((times[i] + times[i - span]) / 2)
    values.push((TICK_MICROS_AT_1_BPM * TICKS_PER_BEAT * span) / perBeat / Math.max(1, times[i] - times[i - span]))
  }
  return { times: middles, values }
}

/** Wide enough for the tempo of every beat; a burst of catching up within one is cut off rather than flattening the rest. */
function tempoPanel(scale: TimeScale, top: number, beats: Samples, input: Samples): Panel {
  const figures = [...middleOf(beats.values, 0), ...middleOf(input.values, 0.05)]
  const least = figures.length === 0 ? 100 : Math.min(...figures)
  const most = figures.length === 0 ? 140 : Math.max(...figures)
  const margin = Math.max((most - least) * 0.15, most * 0.01)
  return { scale, top, height: 120, least: least - margin, most: most + margin }
}

/** The least and the most once a share at either end is left out. */
function middleOf(values: ArrayLike<number>, share: number): number[] {
  const sorted = Float64Array.from(values)
    .filter((value) => !Number.isNaN(value))
    .sort()
  if (sorted.length === 0) return []
  const skip = Math.floor(sorted.length * share)
  return [sorted[skip], sorted[sorted.length - 1 - skip]]
}

function phasePanel(scale: TimeScale, top: number, micros: ArrayLike<number>, height: number): Panel {
  let most = 50
  for (let i = 0; i < micros.length; i++) most = Math.max(most, Math.abs(micros[i]) * 1.15)
  return { scale, top, height, least: -most, most }
}

function inWindow(times: Float64Array, values: Float64Array, { from, until }: TimeScale): Float64Array {
  return values.filter((_, i) => times[i] >= from && times[i] <= until)
}

function phaseSummary({ phase, phaseErrors, pulses }: Reading, panel: Panel): string {
  if (phase === null) return ""
  const { mean, sd, worst, count } = phase
  const stray = pulses.perBeat > TICKS_PER_BEAT ? 0 : phaseErrors.unmatchedPulses.length
  const content = `${count} pulses · mean ${durationText(mean)} · sd ${durationText(sd)} · worst ${durationText(worst)}${stray > 0 ? ` · ${stray} without a clock` : ""}`
  return text(panel.scale.left + panel.scale.width, panel.top - 8, content, { size: 12, fill: PHASE_COLOR, anchor: "end" })
}

/** Start and stop in the overview; a run with very many of them shows none. */
function transportMarks(clocks: Clocks, panel: Panel): string {
  if (clocks.transport.length > 60) return ""
  const marks = clocks.transport.map(({ time, change }) => {
    const x = xAt(panel.scale, time)
    const color = change === "stop" ? "#c8324a" : "#2f7d32"
    return (
      line(x, panel.top, x, panel.top + panel.height, color, 1, "3 3") +
      text(x + 4, panel.top + 12, change, { size: 10, fill: color, weight: 600 })
    )
  })
  return marks.join("")
}

function drawLane(lane: Lane, scale: TimeScale, top: number): string {
  return [
    text(LEFT - 14, top + 16, lane.label, { size: 13, fill: lane.color, anchor: "end", weight: 600 }),
    text(LEFT - 14, top + 29, lane.detail, { size: 10, fill: MUTED, anchor: "end" }),
    lane.draw(scale, top),
  ].join("")
}

/** A line through the lanes at each beat, with its number in the song. */
function drawBeats(clocks: Clocks, scale: TimeScale, labelY: number, top: number, bottom: number): string {
  const drawn: string[] = []
  for (let i = 0; i < clocks.times.length && drawn.length < 100; i++) {
    const tick = clocks.ticks[i]
    const time = clocks.times[i]
    if (tick < 0 || tick % TICKS_PER_BEAT !== 0 || time < scale.from || time > scale.until) continue
    const x = xAt(scale, time)
    const isBar = tick % (TICKS_PER_BEAT * 4) === 0
    drawn.push(line(x, top - 4, x, bottom, isBar ? "#9aa5b1" : FRAME, isBar ? 1.4 : 1))
    drawn.push(
      text(x, labelY + 1, `beat ${tick / TICKS_PER_BEAT + 1}`, { size: 11, fill: MUTED, anchor: "middle", weight: isBar ? 700 : 400 }),
    )
  }
  return drawn.join("")
}

const LONGEST_TITLE = 46

function heading(reading: Reading): string {
  const { title } = reading.recording
  const short = title.length > LONGEST_TITLE ? `${title.slice(0, LONGEST_TITLE - 1)}…` : title
  return [
    text(LEFT - 14, 36, "tactus", { size: 15, fill: MUTED, anchor: "end", weight: 700 }),
    text(LEFT, 36, short, { size: 22, weight: 700 }),
    text(LEFT, 58, factsOf(reading).join("  ·  "), { size: 13, fill: MUTED }),
    ...figuresOf(reading).map(({ figure, caption, color }, i, all) => {
      const x = LEFT + PLOT_WIDTH - (all.length - 1 - i) * 118
      return (
        text(x, 36, figure, { size: 19, fill: color, anchor: "end", weight: 700 }) +
        text(x, 53, caption, { size: 11, fill: MUTED, anchor: "end" })
      )
    }),
  ].join("")
}

function factsOf({ recording, clocks, pulses }: Reading): string[] {
  const policy = (recording.settings.cv as { policy?: unknown } | undefined)?.policy
  const followed = `follows ${pulses.port} at ${pulses.perBeat} ${pulses.perBeat === 1 ? "pulse" : "pulses"} a beat`
  const facts = [
    pulses.port === null ? "internal clock" : followed,
    pulses.port === "cv" && typeof policy === "string" ? policy : "",
    `${clocks.times.length} clocks`,
    `${Number((recording.until / 1e6).toFixed(3))} s`,
  ]
  return facts.filter((fact) => fact !== "")
}

/** The three figures one looks for first; the phase from the second beat on. */
function figuresOf({ clocks, settledPhase, intervals }: Reading): { figure: string; caption: string; color: string }[] {
  const color = colorOf(clocks.port ?? "midi-din")
  const figures = []
  if (intervals !== null) figures.push({ figure: (TICK_MICROS_AT_1_BPM / intervals.mean).toFixed(2), caption: "BPM, mean", color })
  if (settledPhase === null) return figures
  figures.push({ figure: durationText(settledPhase.sd), caption: "phase error, sd", color: PHASE_COLOR })
  figures.push({ figure: durationText(Math.abs(settledPhase.worst)), caption: "phase error, worst", color: PHASE_COLOR })
  return figures
}

function legend({ clocks, pulses }: Pick<Reading, "clocks" | "pulses">, y: number): string {
  const items = [
    ...inputLegend(pulses),
    { color: colorOf(clocks.port ?? "midi-din"), label: "line: tempo of the clock, by sixteenths" },
    ...(pulses.port === null ? [] : [{ color: PHASE_COLOR, label: "above zero: the clock is late (headline: from beat 2 on)" }]),
    { color: MUTED, label: "tall: beat, short: MIDI clock, grey: other MIDI" },
  ]
  let x = LEFT
  return items
    .map(({ color, label }) => {
      const item = rectangle(x, y - 9, 10, 10, color, ' rx="2"') + text(x + 15, y, label, { size: 11, fill: MUTED })
      x += 32 + label.length * 5.7
      return item
    })
    .join("")
}

function inputLegend({ port }: Pulses): { color: string; label: string }[] {
  return port === null ? [] : [{ color: colorOf(port), label: `dots: tempo of ${port}` }]
}
