/**
 * Every setting in one place: its key, its default, its range, and what it does. Validation, the JSON Schema for editors, the
 * panel's help and the README's table are made from these rows. Keys are called from outside: add, never rename.
 */

import { PATTERNS } from "./arp/patterns"
import { FASTEST_BPM, SLOWEST_BPM } from "./time"

export interface SettingRow {
  /** The key, as in SETTINGS.json with dots between the levels. */
  readonly key: string
  readonly kind: "number" | "choice" | "flag" | "text"
  readonly standard: number | string | boolean
  /** Range of a number, both ends included. */
  readonly min?: number
  readonly max?: number
  /** Numbers are whole multiples of this; absent: any. */
  readonly step?: number
  readonly choices?: readonly (number | string)[]
  readonly unit?: string
  /** What a text must look like: so many characters at the most, with codes between these (where that says it); as a regular expression, and in words. */
  readonly longest?: number
  readonly firstCode?: number
  readonly lastCode?: number
  readonly form?: string
  readonly formAbout?: string
  /** Never shown once it is set: reading it gives `SECRET`, and writing `SECRET` leaves it as it is. */
  readonly isSecret?: boolean
  readonly about: string
}

/** Patterns of the arpeggiator. */
export const SETTING_PATTERNS = PATTERNS.length

/** What stands for a secret that is set. */
export const SECRET = "*"

export const RATIOS = [1, 2, 4, 8, 12, 24, 48] as const

/** A time in whole microseconds. */
function micros(key: string, standard: number, min: number, max: number, about: string): SettingRow {
  return { key, kind: "number", standard, min, max, step: 1, unit: "µs", about }
}

function latency(port: string): SettingRow {
  return micros(
    "latencyMicros." + port,
    0,
    -50000,
    50000,
    "Moves everything at this output later or, where the clock is predicted, earlier (negative).",
  )
}

/** The rows of one sync channel, 0..3. */
function syncRows(channel: number): SettingRow[] {
  const key = `sync.${channel}.`
  return [
    { key: key + "ppqn", kind: "choice", standard: 2, choices: RATIOS, about: "Pulses a quarter note; a Volca wants 2." },
    micros(key + "widthMicros", 15000, 500, 100000, "Pulse width; half a period at most."),
    {
      key: key + "polarity",
      kind: "choice",
      standard: "positive",
      choices: ["positive", "negative"],
      about: "negative rests high and pulses low.",
    },
    micros(key + "latencyMicros", 0, -50000, 50000, "Moves the channel later, or earlier (negative)."),
    { key: key + "swing", kind: "number", standard: 50, min: 50, max: 75, unit: "%", about: "Where the second of two pulses stands." },
    {
      key: key + "name",
      kind: "text",
      standard: `Volca ${channel + 1}`,
      longest: 16,
      firstCode: 0x20,
      lastCode: 0xffff,
      form: "^[^\\u0000-\\u001f]{1,16}$",
      formAbout: "1 to 16 characters",
      about: "What the panel calls it.",
    },
    flag(key + "autoStart", true, "The channel runs from the start; otherwise it waits for its key."),
  ]
}

/** The rows of the arpeggiator's patterns. */
function patternRows(): SettingRow[] {
  return PATTERNS.map((pattern, i) => ({
    key: `arp.patterns.${i}`,
    kind: "text",
    standard: pattern,
    longest: 8,
    firstCode: 0x30,
    lastCode: 0x31,
    form: "^[01]{1,8}$",
    formAbout: "1 to 8 digits, 1 for a pulse and 0 for none",
    about: `Pattern ${i}, step by step.`,
  }))
}

/** An IPv4 address and a port, or nothing. */
const ADDRESS_FORM = "^(|(\\d{1,3}\\.){3}\\d{1,3}:\\d{1,5})$"

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
  {
    key: "tempo",
    kind: "number",
    standard: 120,
    min: SLOWEST_BPM,
    max: FASTEST_BPM,
    step: 0.01,
    unit: "BPM",
    about: "Tempo of the internal clock.",
  },
  { key: "cv.ppqn", kind: "choice", standard: 1, choices: RATIOS, about: "Pulses a quarter note at the CV input." },
  {
    key: "cv.policy",
    kind: "choice",
    standard: "predict",
    choices: ["predict", "follow"],
    about:
      "predict: the clock stands on the pulse, smoothed, sent 8 ms ahead of knowing it. follow: a clock never comes before its pulse; it is fired by the pulse itself, jitter and all.",
  },
  micros(
    "cv.glitchMicros",
    100,
    0,
    5000,
    "Shorter pulses are not pulses (predict); edges that follow a pulse within this time are not heard (follow). 0 takes everything.",
  ),
  micros("cv.catchUpMicros", 1000, 0, 20000, "Least time between two clocks that catch up after an early pulse. 0 sends them in a burst."),
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
  micros("clock.widthMicros", 5000, 500, 100000, "Pulse width at the clock output; half a period at most."),
  {
    key: "clock.swing",
    kind: "number",
    standard: 50,
    min: 50,
    max: 75,
    unit: "%",
    about: "Where the second of two pulses stands at the clock output: 50 is straight, 66.7 is triplets.",
  },
  micros("reset.widthMicros", 1000, 500, 50000, "Width of the reset pulse that leaves 2 ms before beat 1."),
  latency("midi-din"),
  latency("midi-usb"),
  latency("clock"),
  latency("run"),
  latency("reset"),
  flag("merge.dinToDin", true, "What comes in at MIDI DIN (notes, not the clock) goes out at MIDI DIN."),
  flag("merge.dinToUsb", true, "What comes in at MIDI DIN goes out at USB."),
  flag("merge.usbToDin", true, "What comes in at USB goes out at MIDI DIN."),
  flag("merge.usbToUsb", false, "What comes in at USB goes back out at USB. Beware of loops through a DAW."),
  {
    key: "part.steps",
    kind: "number",
    standard: 16,
    min: 1,
    max: 64,
    step: 1,
    unit: "steps",
    about: "Length of a part; channels start, stop and pause at its end. A step is a sixteenth.",
  },
  { key: "wait", kind: "number", standard: 1, min: 1, max: 99, step: 1, unit: "parts", about: "How long a pause lasts." },
  ...syncRows(0),
  ...syncRows(1),
  ...syncRows(2),
  ...syncRows(3),
  {
    key: "arp.mode",
    kind: "choice",
    standard: 0,
    choices: [0, 1, 2],
    about: "0: clocks whenever there is a clock. 1: from Start to Stop. 2: from the first clock until four are missing.",
  },
  { key: "arp.pattern", kind: "number", standard: 0, min: 0, max: 18, step: 1, about: "The selected pattern." },
  ...patternRows(),
  micros("arp.widthMicros", 5000, 500, 100000, "Pulse width; half a period at most."),
  {
    key: "arp.polarity",
    kind: "choice",
    standard: "positive",
    choices: ["positive", "negative"],
    about: "negative is an S-trigger: rests high, pulses low.",
  },
  micros("arp.latencyMicros", 0, -50000, 50000, "Negative for an arpeggiator that answers late."),
  {
    key: "arp.channel",
    kind: "number",
    standard: 0,
    min: 0,
    max: 15,
    step: 1,
    about: "The channel nibble of its SysEx (F0 42 3c 7F ...).",
  },
  {
    key: "control.channel",
    kind: "number",
    standard: 16,
    min: 0,
    max: 16,
    step: 1,
    about: "MIDI channel of the notes and controllers that work the channels; 0 is off.",
  },
  {
    key: "network.ssid",
    kind: "text",
    standard: "",
    form: "^[^\\u0000-\\u001f]{0,32}$",
    formAbout: "at most 32 characters",
    about: "The Wi-Fi that a module with a radio logs in to; empty: it stays off.",
  },
  {
    key: "network.password",
    kind: "text",
    standard: "",
    form: "^(|\\*|[ -~]{8,63})$",
    formAbout: "8 to 63 ASCII characters, or none",
    isSecret: true,
    about: 'Its password. It can be written and not read: where one is set, "*" is shown, and writing "*" leaves it as it is.',
  },
  {
    key: "network.port",
    kind: "number",
    standard: 8000,
    min: 1024,
    max: 65535,
    step: 1,
    about: "The UDP port at which the module hears OSC.",
  },
  {
    key: "network.server",
    kind: "text",
    standard: "",
    form: ADDRESS_FORM,
    formAbout: "an address and a port, like 192.168.1.10:11123, or none",
    about: "Who keeps the shared clock (tactus net --serve). Empty: whoever leads, at the port its timeline comes from.",
  },
  {
    key: "network.beats",
    kind: "text",
    standard: "",
    form: ADDRESS_FORM,
    formAbout: "an address and a port, like 192.168.1.20:8001, or none",
    about: 'Where the module announces its beats, as /tick "tick" with their timetags. Empty: nowhere.',
  },
]
