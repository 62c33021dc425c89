/**
 * A rack on the bench: patch some inputs, run the simulator, look at the outputs. All times in µs.
 */
import { INPUT_PORTS, OUTPUT_PORTS, byteOf, lengthOf, valueOf } from "../../src/event"
import { InputList } from "../../host-sim/input/timed-input"
import { simulate } from "../../host-sim/simulator"
import type { Recording } from "../../host-sim/recording"

export type InputName = (typeof INPUT_PORTS)[number]
export type OutputName = (typeof OUTPUT_PORTS)[number]

export interface Message {
  readonly time: number
  readonly bytes: number[]
}

/** What is on a port: MIDI words as they were sent (DIN: one byte each), levels. */
export class Outcome {
  constructor(readonly recording: Recording) {}

  messages(port: OutputName): Message[] {
    const { times, words } = this.recording.outputs.ofPort(OUTPUT_PORTS.indexOf(port))
    const messages: Message[] = []
    words.forEach((word, i) => {
      messages.push({ time: times[i], bytes: Array.from({ length: lengthOf(word) }, (_, index) => byteOf(word, index)) })
    })
    return messages
  }

  /** Times of one status byte. */
  timesOf(port: OutputName, status: number): number[] {
    return this.messages(port)
      .filter((message) => message.bytes[0] === status)
      .map((message) => message.time)
  }

  clocks(port: OutputName = "midi-usb"): number[] {
    return this.timesOf(port, 0xf8)
  }

  /** Everything but clocks, as [time, status, ...]. */
  transport(port: OutputName = "midi-usb"): number[][] {
    return this.messages(port)
      .filter((message) => message.bytes[0] !== 0xf8)
      .map((message) => [message.time, ...message.bytes])
  }

  levels(port: OutputName): { time: number; level: number }[] {
    const { times, words } = this.recording.outputs.ofPort(OUTPUT_PORTS.indexOf(port))
    return Array.from(words, (word, i) => ({ time: times[i], level: valueOf(word) }))
  }

  rises(port: OutputName): number[] {
    return this.levels(port)
      .filter((event) => event.level === 1)
      .map((event) => event.time)
  }
}

export class Rack {
  private readonly list = new InputList()
  private end = 0

  level(port: InputName, time: number, level: number): this {
    this.list.level(time, INPUT_PORTS.indexOf(port), level)
    if (time > this.end) this.end = time
    return this
  }

  /** A pulse of `width`. */
  pulse(port: InputName, time: number, width = 5000): this {
    return this.level(port, time, 1).level(port, time + width, 0)
  }

  pulses(port: InputName, times: readonly number[], width = 5000): this {
    times.forEach((time, i) => this.pulse(port, time, Math.min(width, ((times[i + 1] ?? Infinity) - time) / 2)))
    return this
  }

  /** A button held for 80 ms. */
  press(port: InputName, time: number): this {
    return this.pulse(port, time, 80000)
  }

  /** Keys typed at once, ASCII. */
  keys(time: number, text: string): this {
    this.list.bytes(time, INPUT_PORTS.indexOf("keys"), [...Buffer.from(text, "ascii")])
    if (time > this.end) this.end = time
    return this
  }

  /** A pot's reading, 0..1023. */
  pot(port: "pot-arp" | "pot-tempo" | "pot-wait", time: number, value: number): this {
    return this.level(port, time, value)
  }

  midi(port: "midi-din" | "midi-usb" | "midi-usb-config", time: number, ...bytes: number[]): this {
    this.list.bytes(time, INPUT_PORTS.indexOf(port), bytes)
    if (time > this.end) this.end = time
    return this
  }

  set(time: number, change: Record<string, unknown>): this {
    this.list.set(time, change)
    return this
  }

  /** Runs to `until`, or 100 ms past the last input. */
  run(settings: Record<string, unknown> = {}, until = this.end + 100000): Outcome {
    return new Outcome(simulate(this.list.sorted(), settings, until))
  }
}

/** `count` pulse times from `start`, at `bpm` and `ppqn`. */
export function steady(start: number, bpm: number, ppqn: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => start + (i * 60e6) / bpm / ppqn)
}

export function intervals(times: readonly number[]): number[] {
  return times.slice(1).map((time, i) => time - times[i])
}
