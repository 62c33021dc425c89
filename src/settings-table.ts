/**
 * Every setting in one place: its key, its default, its range, and what it does. Validation, the JSON Schema for editors, the
 * panel's help and the README's table are made from these rows. Keys are called from outside: add, never rename.
 */

export interface SettingRow {
  /** The key, as in SETTINGS.json with dots between the levels. */
  readonly key: string
  readonly kind: "number" | "choice" | "flag"
  readonly standard: number | string | boolean
  /** Range of a number, both ends included. */
  readonly min?: number
  readonly max?: number
  /** Numbers are whole multiples of this; absent: any. */
  readonly step?: number
  readonly choices?: readonly (number | string)[]
  readonly unit?: string
  readonly about: string
}

export const RATIOS = [1, 2, 4, 8, 12, 24, 48] as const

function latency(port: string): SettingRow {
  return {
    key: "latencyMicros." + port,
    kind: "number",
    standard: 0,
    min: -50000,
    max: 50000,
    step: 1,
    unit: "µs",
    about: "Moves everything at this output later or, where the clock is predicted, earlier (negative).",
  }
}

function flag(key: string, standard: boolean, about: string): SettingRow {
  return { key, kind: "flag", standard, about }
}

export const SETTING_ROWS: readonly SettingRow[] = [
  {
    key: "source",
    kind: "choice",
    standard: "cv",
    choices: ["cv", "midi-din", "midi-usb", "internal", "auto"],
    about: "Where the clock comes from. auto takes the first that is there: cv, midi-usb, midi-din, internal.",
  },
  { key: "tempo", kind: "number", standard: 120, min: 20, max: 999.99, step: 0.01, unit: "BPM", about: "Tempo of the internal clock." },
  { key: "cv.ppqn", kind: "choice", standard: 1, choices: RATIOS, about: "Pulses a quarter note at the CV input." },
  {
    key: "cv.policy",
    kind: "choice",
    standard: "predict",
    choices: ["predict", "follow"],
    about:
      "predict: the clock stands on the pulse, smoothed, sent 8 ms ahead of knowing it. follow: a clock never comes before its pulse; it is fired by the pulse itself, jitter and all.",
  },
  {
    key: "cv.glitchMicros",
    kind: "number",
    standard: 100,
    min: 0,
    max: 5000,
    step: 1,
    unit: "µs",
    about:
      "Shorter pulses are not pulses (predict); edges that follow a pulse within this time are not heard (follow). 0 takes everything.",
  },
  {
    key: "cv.catchUpMicros",
    kind: "number",
    standard: 1000,
    min: 0,
    max: 20000,
    step: 1,
    unit: "µs",
    about: "Least time between two clocks that catch up after an early pulse. 0 sends them in a burst.",
  },
  {
    key: "lost.afterPeriods",
    kind: "number",
    standard: 4,
    min: 2,
    max: 64,
    step: 1,
    unit: "periods",
    about: "A clock is lost after so many of its periods without a pulse.",
  },
  {
    key: "lost.action",
    kind: "choice",
    standard: "stop",
    choices: ["stop", "flywheel"],
    about: "stop: wait for the late pulse, then send Stop; Continue when the clock returns. flywheel: go on at the last tempo.",
  },
  {
    key: "transport.start",
    kind: "choice",
    standard: "auto",
    choices: ["auto", "button"],
    about: "auto: starts by itself with the clock. button: the play button arms it, the next pulse starts it.",
  },
  flag("clock.whileStopped", false, "Clocks go on while the transport is stopped."),
  { key: "clock.ppqn", kind: "choice", standard: 4, choices: RATIOS, about: "Pulses a quarter note at the clock output." },
  {
    key: "clock.widthMicros",
    kind: "number",
    standard: 5000,
    min: 500,
    max: 100000,
    step: 1,
    unit: "µs",
    about: "Pulse width at the clock output; half a period at most.",
  },
  {
    key: "clock.swing",
    kind: "number",
    standard: 50,
    min: 50,
    max: 75,
    unit: "%",
    about: "Where the second of two pulses stands at the clock output: 50 is straight, 66.7 is triplets.",
  },
  {
    key: "reset.widthMicros",
    kind: "number",
    standard: 1000,
    min: 500,
    max: 50000,
    step: 1,
    unit: "µs",
    about: "Width of the reset pulse that leaves 2 ms before beat 1.",
  },
  latency("midi-din"),
  latency("midi-usb"),
  latency("clock"),
  latency("run"),
  latency("reset"),
  flag("merge.dinToDin", true, "What comes in at MIDI DIN (notes, not the clock) goes out at MIDI DIN."),
  flag("merge.dinToUsb", true, "What comes in at MIDI DIN goes out at USB."),
  flag("merge.usbToDin", true, "What comes in at USB goes out at MIDI DIN."),
  flag("merge.usbToUsb", false, "What comes in at USB goes back out at USB. Beware of loops through a DAW."),
]
