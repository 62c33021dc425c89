/**
 * The module hears itself: with a cable from an output to an input, a train of known pulses leaves the one, and what the other
 * captures is compared with it. Both are stamped by the same clock, so the figures are the jitter of the module's own outputs and
 * the delay of both stages, and nothing else.
 *
 * It begins only where nothing goes out and nothing is expected (the module sees to that), and for the half second it takes the
 * module is deaf to everything but configuration: no clock can be disturbed by it. A pulse is committed whole, rise and fall, so
 * the output is never left standing. The period is a prime, so that pulses do not keep step with any loop of the firmware.
 */
import { INPUT_PORTS, IN_MIDI_DIN, IN_RUN, OUTPUT_PORTS, OUT_CLOCK, OUT_MIDI_DIN, byteEvent, levelEvent, portOf, valueOf } from "../event"
import type { EventWord } from "../event"
import type { EventSink } from "../processor"
import { DIN_BYTE_MICROS, type Micros } from "../time"

export const TEST_PULSES = 64
export const TEST_PERIOD_MICROS = 7919
const WIDTH_MICROS = 1000
/** From the question to the first pulse: more than the lead, so that all are committed ahead. */
const BEFORE_MICROS = 12000
/** How long the last pulse may take to be heard. */
const AFTER_MICROS = 40000
/** Real-time and undefined: it may stand anywhere, and no instrument takes it for anything. */
const TEST_BYTE = 0xf9

export class SelfTest {
  isRunning = false
  /** When the answer is due; Infinity while none is. */
  deadline: Micros = Infinity
  private output = 0
  private inputPort = 0
  private active = 1
  private first: Micros = 0
  private sent = 0
  /** Pulses of the train heard, and edges or bytes that are none of it. */
  private caught = 0
  private extra = 0
  /** The pulse heard last, and when its rise was. */
  private last = -1
  private roseAt: Micros = -1
  private sum = 0
  private squares = 0
  private least: Micros = Infinity
  private most: Micros = -Infinity
  private widths = 0
  private width: Micros = 0

  /** `words`: an output and an input by name, "sync1 cv". Begins at `time`; `restingLevel` of an output. Returns what is wrong. */
  begin(time: Micros, words: string, restingLevel: (port: number) => number): string {
    const space = words.indexOf(" ")
    const output = OUTPUT_PORTS.indexOf(words.slice(0, space) as (typeof OUTPUT_PORTS)[number])
    const input = INPUT_PORTS.indexOf(words.slice(space + 1) as (typeof INPUT_PORTS)[number])
    const isGate = output >= OUT_CLOCK && input >= 0 && input <= IN_RUN
    if (!isGate && (output !== OUT_MIDI_DIN || input !== IN_MIDI_DIN)) {
      return "expected an output and the input it is patched to: a gate output and cv, reset or run, or midi-din midi-din"
    }
    this.output = output
    this.inputPort = input
    this.active = isGate ? 1 - restingLevel(output) : 1
    this.first = Math.ceil(time) + BEFORE_MICROS
    this.deadline = this.first + (TEST_PULSES - 1) * TEST_PERIOD_MICROS + AFTER_MICROS
    this.sent = this.caught = this.extra = this.widths = 0
    this.sum = this.squares = this.width = 0
    this.last = this.roseAt = -1
    this.least = Infinity
    this.most = -Infinity
    this.isRunning = true
    return ""
  }

  /** What comes in meanwhile, anywhere but the configuration's port. */
  input(port: number, time: Micros, event: EventWord): void {
    if (port !== this.inputPort || portOf(event) !== port) return
    if (port === IN_MIDI_DIN) {
      if ((event & 0xff) === TEST_BYTE) this.hear(time - DIN_BYTE_MICROS)
      else this.extra++
    } else if ((valueOf(event) & 1) === this.active) this.hear(time)
    else if (this.roseAt >= 0) {
      this.widths++
      this.width += time - this.roseAt
      this.roseAt = -1
    }
  }

  private hear(time: Micros): void {
    const pulse = Math.round((time - this.first) / TEST_PERIOD_MICROS)
    if (pulse <= this.last || pulse >= TEST_PULSES) {
      this.extra++
      return
    }
    const delay = time - this.first - pulse * TEST_PERIOD_MICROS
    this.last = pulse
    this.roseAt = time
    this.caught++
    this.sum += delay
    this.squares += delay * delay
    if (delay < this.least) this.least = delay
    if (delay > this.most) this.most = delay
  }

  /** Sends the pulses that end before `horizon`. */
  place(horizon: Micros, out: EventSink): void {
    while (this.sent < TEST_PULSES) {
      const rise = this.first + this.sent * TEST_PERIOD_MICROS
      if (rise + WIDTH_MICROS >= horizon) return
      this.sent++
      if (this.output === OUT_MIDI_DIN) out.schedule(rise, byteEvent(OUT_MIDI_DIN, TEST_BYTE))
      else {
        out.schedule(rise, levelEvent(this.output, this.active))
        out.schedule(rise + WIDTH_MICROS, levelEvent(this.output, 1 - this.active))
      }
    }
  }

  /** It is over. What was found, µs: delays are those of rises (of start bits), the width that of a pulse sent 1000 µs wide. */
  finish(): Record<string, unknown> {
    this.isRunning = false
    this.deadline = Infinity
    const { sent, caught, extra, least, most } = this
    const found: Record<string, unknown> = { out: OUTPUT_PORTS[this.output], in: INPUT_PORTS[this.inputPort], sent, caught, extra }
    if (caught > 0) {
      const mean = this.sum / caught
      const variance = this.squares / caught - mean * mean
      found.delay = { least, mean: tenths(mean), most, deviation: tenths(Math.sqrt(variance > 0 ? variance : 0)) }
    }
    if (this.widths > 0) found.width = tenths(this.width / this.widths)
    return found
  }
}

function tenths(micros: Micros): number {
  return Math.round(micros * 10) / 10
}
