/**
 * The lanes of the timeline's close-up: one a port, what went in above what came out. Digital ports are drawn as they would
 * look on a scope; on MIDI ports each clock is a stroke, the beats of the song taller, start and stop flags, and anything
 * else a block as long as it takes on the wire. Steps closer than half a pixel are drawn as one, which bounds the file.
 */
import { byteOf, INPUT_PORTS, lengthOf, OUTPUT_PORTS, valueOf } from "../../src/event"
import { DIN_BYTE_MICROS, TICKS_PER_BEAT, type Micros } from "../../src/time"
import type { PortEvents } from "../recording"
import { xAt, type TimeScale } from "./chart"
import type { Reading } from "./reading"
import { FRAME, line, MUTED, path, px, text } from "./svg"

export interface Lane {
  readonly label: string
  readonly detail: string
  readonly color: string
  readonly height: number
  draw(scale: TimeScale, top: number): string
}

const COLORS: Record<string, string> = {
  cv: "#c8324a",
  reset: "#b4541a",
  run: "#3b7a24",
  "midi-din": "#2457c5",
  "midi-usb": "#0f7f8b",
  "midi-usb-config": "#5d6b7a",
  clock: "#7b45b3",
  sync1: "#a8710a",
  sync2: "#8d7a0b",
  sync3: "#6d7f12",
  sync4: "#4f8420",
  arp: "#a92a76",
  "arp-disable": "#7a4a66",
}

export function colorOf(port: string): string {
  return COLORS[port] ?? "#5d6b7a"
}

const LANE_HEIGHT = 34

export function lanesOf(reading: Reading): Lane[] {
  const { recording } = reading
  const inputs = INPUT_PORTS.map((name, port) => laneOf(name, recording.inputs.ofPort(port), `${name} in`, reading))
  const outputs = OUTPUT_PORTS.map((name, port) => laneOf(name, recording.outputs.ofPort(port), `${name} out`, reading))
  return [...inputs, ...outputs].filter((lane) => lane !== null)
}

function laneOf(port: string, events: PortEvents, label: string, reading: Reading): Lane | null {
  if (events.times.length === 0) return null
  const color = colorOf(port)
  if (port.startsWith("midi-")) {
    const isOutput = label.endsWith("out")
    return {
      label,
      detail: midiCount(events),
      color,
      height: LANE_HEIGHT,
      draw: (scale, top) => drawMidi(events, port, isOutput ? reading : null, scale, top, color),
    }
  }
  if (port.startsWith("pot-") || port === "keys")
    return {
      label,
      detail: `${events.times.length} events`,
      color,
      height: LANE_HEIGHT,
      draw: (scale, top) => drawPot(events, scale, top, color),
    }
  return { label, detail: pulseCount(events), color, height: LANE_HEIGHT, draw: (scale, top) => drawLevel(events, scale, top, color) }
}

function midiCount({ words }: PortEvents): string {
  const clocks = words.reduce((count, word) => count + (lengthOf(word) === 1 && byteOf(word, 0) === 0xf8 ? 1 : 0), 0)
  if (clocks > 0) return clocks === 1 ? "1 clock" : `${clocks} clocks`
  return `${words.reduce((count, word) => count + lengthOf(word), 0)} bytes`
}

function pulseCount({ words }: PortEvents): string {
  const pulses = words.reduce((count, word) => count + (valueOf(word) === 1 ? 1 : 0), 0)
  return pulses === 1 ? "1 pulse" : `${pulses} pulses`
}

/** Index of the first event at or after the left edge. */
function firstVisible({ times }: PortEvents, from: Micros): number {
  let low = 0
  let high = times.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (times[middle] < from) low = middle + 1
    else high = middle
  }
  return low
}

function drawLevel(events: PortEvents, scale: TimeScale, top: number, color: string): string {
  const high = px(top + 7)
  const low = px(top + LANE_HEIGHT - 7)
  let i = firstVisible(events, scale.from)
  let level = i === 0 ? 0 : valueOf(events.words[i - 1])
  let d = `M${px(scale.left)} ${level === 1 ? high : low}`
  let drawnTo = -Infinity
  for (; i < events.times.length && events.times[i] <= scale.until; i++) {
    const next = valueOf(events.words[i])
    const x = xAt(scale, events.times[i])
    if (next !== level && x - drawnTo >= 0.5) {
      d += `V${level === 1 ? high : low}H${px(x)}V${next === 1 ? high : low}`
      drawnTo = x
    }
    level = next
  }
  const right = px(scale.left + scale.width)
  d += `V${level === 1 ? high : low}H${right}`
  const area = `${d}V${low}H${px(scale.left)}Z`
  return path(area, `fill="${color}" fill-opacity="0.16" stroke="none"`) + path(d, `fill="none" stroke="${color}" stroke-width="1.4"`)
}

function drawPot(events: PortEvents, scale: TimeScale, top: number, color: string): string {
  const first = firstVisible(events, scale.from)
  let d = ""
  for (let i = first; i < events.times.length && events.times[i] <= scale.until && i < first + 1000; i++)
    d += `M${px(xAt(scale, events.times[i]))} ${px(top + LANE_HEIGHT - 7)}v-10`
  return path(d, `fill="none" stroke="${color}" stroke-width="2"`)
}

const FLAGS: Record<number, string> = { 0xfa: "start", 0xfb: "continue", 0xfc: "stop" }

/** With a reading the clocks' places in the song are known, and beats stand out. */
function drawMidi(events: PortEvents, port: string, reading: Reading | null, scale: TimeScale, top: number, color: string): string {
  const beats = reading === null ? new Set<number>() : beatTimes(reading, port)
  const base = top + LANE_HEIGHT - 7
  const byteWidth = (DIN_BYTE_MICROS / (scale.until - scale.from)) * scale.width
  let clocks = ""
  let tall = ""
  let blocks = ""
  let flags = ""
  const first = firstVisible(events, scale.from)
  for (let i = first; i < events.times.length && events.times[i] <= scale.until && i < first + 3000; i++) {
    const x = xAt(scale, events.times[i])
    const byte = byteOf(events.words[i], 0)
    const flag = FLAGS[byte]
    if (byte === 0xf8 && beats.has(events.times[i])) tall += `M${px(x)} ${px(base)}V${px(top + 6)}`
    else if (byte === 0xf8) clocks += `M${px(x)} ${px(base)}V${px(base - 10)}`
    else if (flag !== undefined) flags += flagAt(x, top, flag)
    else if (byte < 0xf8) blocks += `M${px(x)} ${px(base + 3)}h${px(Math.max(1.5, lengthOf(events.words[i]) * byteWidth))}`
  }
  return [
    line(scale.left, base, scale.left + scale.width, base, FRAME),
    path(clocks, `stroke="${color}" stroke-width="1.2"`),
    path(tall, `stroke="${color}" stroke-width="2.2"`),
    path(blocks, `stroke="${MUTED}" stroke-width="4"`),
    flags,
  ].join("")
}

/** Times, on this very port, of the clocks that begin a beat. */
function beatTimes({ clocks }: Reading, port: string): Set<number> {
  const times = new Set<number>()
  clocks.ticks.forEach((tick, i) => {
    if (tick >= 0 && tick % TICKS_PER_BEAT === 0) times.add(clocks.times[i] + (clocks.latencies[port] ?? 0))
  })
  return times
}

function flagAt(x: number, top: number, flag: string): string {
  const color = flag === "stop" ? "#c8324a" : "#2f7d32"
  const shape = flag === "stop" ? "v9h9v-9Z" : "v10l9 -5Z"
  return (
    line(x, top + 1, x, top + LANE_HEIGHT - 7, color, 1.4) +
    path(`M${px(x)} ${px(top + 1)}${shape}`, `fill="${color}"`) +
    text(x - 4, top + 10, flag, { size: 10, fill: color, anchor: "end", weight: 600 })
  )
}
