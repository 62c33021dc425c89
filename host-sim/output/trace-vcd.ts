/**
 * trace.vcd: the run as a logic analyser would have caught it, a microsecond a sample, for GTKWave and PulseView.
 *   digital ports   wires
 *   MIDI DIN        the real serial line: idle 1, start bit 0, eight data bits, least first, stop bit 1; 32 us a bit
 *   MIDI USB, keys  drawn as a serial line too, but at 250000 baud (4 us a bit), since USB has no waveform of its own worth
 *                   drawing. So the same decoder reads both.
 *   pots            real numbers, which GTKWave draws as a curve
 * Vectors would be the usual way for bytes; but one vector makes libsigrok 0.5.2 (PulseView's) drop all that follows.
 *   sigrok-cli -i trace.vcd -P uart:baudrate=31250:rx=midi_din_out,midi -A midi
 *
 * Each signal becomes a column of changes, and the columns are merged by time.
 */
import { byteOf, INPUT_PORTS, lengthOf, OUTPUT_PORTS, portOf, valueOf } from "../../src/event"
import type { Micros } from "../../src/time"
import type { EventColumn, Recording } from "../recording"

const DIN_BIT_MICROS = 32
const USB_BIT_MICROS = 4
const FLUSH_CHARACTERS = 1 << 18

interface Signal {
  readonly name: string
  readonly type: "wire" | "real"
  readonly initial: number
  /** Ascending. */
  readonly times: Micros[]
  readonly values: number[]
}

/** Shown though nothing happened there; the other ports only where they were used. */
const ALWAYS = new Set(["cv_in", "reset_in", "run_in", "midi_din_out", "midi_usb_out", "clock_out", "run_out", "reset_out"])

export function writeVcd({ recording }: { readonly recording: Recording }, write: (text: string) => void): void {
  const inputs = signalsOf(recording.inputs, INPUT_PORTS, "in")
  const outputs = signalsOf(recording.outputs, OUTPUT_PORTS, "out")
  const signals = [...inputs, ...outputs].filter(({ name, times }) => times.length > 0 || ALWAYS.has(name))
  write(headingOf(recording.title, signals))
  writeChanges(signals, recording.until, write)
}

function signalsOf(events: EventColumn, portNames: readonly string[], direction: string): Signal[] {
  const signals = portNames.map((port): Signal => {
    const serial = bitMicrosOf(port) > 0
    const name = `${port.replaceAll("-", "_")}_${direction}`
    return { name, type: port.startsWith("pot-") ? "real" : "wire", initial: serial ? 1 : 0, times: [], values: [] }
  })
  const lines = portNames.map((port, i) => (bitMicrosOf(port) > 0 ? new SerialLine(signals[i], bitMicrosOf(port)) : null))
  const { times, words } = events
  for (let i = 0; i < times.length; i++) {
    const port = portOf(words[i])
    const line = lines[port]
    if (line === null) addChange(signals[port], times[i], valueOf(words[i]))
    else for (let index = 0; index < lengthOf(words[i]); index++) line.send(times[i], byteOf(words[i], index))
  }
  return signals
}

/** 0 for ports that do not carry bytes. */
function bitMicrosOf(port: string): Micros {
  if (port === "midi-din") return DIN_BIT_MICROS
  return port.startsWith("midi-") || port === "keys" ? USB_BIT_MICROS : 0
}

/** A level again is no change, and of two levels at one time only the later can be seen. */
function addChange(signal: Signal, time: Micros, value: number): void {
  const { times, values } = signal
  if (times[times.length - 1] === time) {
    times.pop()
    values.pop()
  }
  if (value === (values.length === 0 ? signal.initial : values[values.length - 1])) return
  times.push(time)
  values.push(value)
}

class SerialLine {
  private free: Micros = 0

  constructor(
    private readonly signal: Signal,
    private readonly bitMicros: Micros,
  ) {}

  /** A byte begins at `time`, or when the line is free. */
  send(time: Micros, byte: number): void {
    const { times, values } = this.signal
    const start = Math.max(time, this.free)
    const frame = (byte << 1) | 0x200
    let level = 1
    for (let bit = 0; bit < 10; bit++) {
      const next = (frame >> bit) & 1
      if (next === level) continue
      times.push(start + bit * this.bitMicros)
      values.push(next)
      level = next
    }
    this.free = start + 10 * this.bitMicros
  }
}

/** Letters only: `#` and `$` have a meaning of their own to simple readers. */
function identifierOf(index: number): string {
  return String.fromCharCode(index < 26 ? 65 + index : 97 + index - 26)
}

function headingOf(title: string, signals: readonly Signal[]): string {
  const comment = title.replace(/[^\x20-\x7e]|\$/g, "?")
  const variables = signals.map(({ name, type }, i) => `$var ${type} ${type === "wire" ? 1 : 64} ${identifierOf(i)} ${name} $end\n`)
  const initials = signals.map(({ type, initial }, i) =>
    type === "wire" ? `${initial}${identifierOf(i)}\n` : `r${initial} ${identifierOf(i)}\n`,
  )
  return [
    `$comment tactus: ${comment} $end\n$timescale 1 us $end\n$scope module tactus $end\n`,
    ...variables,
    "$upscope $end\n$enddefinitions $end\n#0\n$dumpvars\n",
    ...initials,
    "$end\n",
  ].join("")
}

function writeChanges(signals: readonly Signal[], until: Micros, write: (text: string) => void): void {
  const next = new Float64Array(signals.map(({ times }) => times[0] ?? Infinity))
  const at = new Int32Array(signals.length)
  const texts = signals.map(({ type }, i) =>
    type === "wire"
      ? [`0${identifierOf(i)}\n`, `1${identifierOf(i)}\n`]
      : Array.from({ length: 1024 }, (_, value) => `r${value} ${identifierOf(i)}\n`),
  )
  let text = ""
  let now = 0
  for (;;) {
    let time = Infinity
    for (let i = 0; i < next.length; i++) if (next[i] < time) time = next[i]
    if (time === Infinity) break
    if (time > 0) text += `#${time}\n`
    now = time
    for (let i = 0; i < next.length; i++) {
      if (next[i] !== time) continue
      const { times, values } = signals[i]
      text += texts[i][values[at[i]++]]
      next[i] = at[i] < times.length ? times[at[i]] : Infinity
    }
    if (text.length > FLUSH_CHARACTERS) {
      write(text)
      text = ""
    }
  }
  write(until > now ? `${text}#${until}\n` : text)
}
