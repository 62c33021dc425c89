/**
 * An event is one small integer, so that rings hold plain numbers and nothing is allocated on the way from an input to an
 * output. A word is `port << 26 | length << 24 | byte2 << 16 | byte1 << 8 | byte0`:
 *   length 1..3   that many MIDI bytes, byte0 first (longer messages travel as several words, like USB-MIDI packets)
 *   length 0      a level (0 or 1) or a value (0..1023, a pot) in the low 16 bits
 */

export type EventWord = number

/** Where things come in. The numbers travel between native code and the core; the names are those of TRACE.jsonl. */
export const INPUT_PORTS = [
  "cv",
  "reset",
  "run",
  "midi-din",
  "midi-usb",
  "midi-usb-config",
  "button-play",
  "button-tap",
  "button-channel1",
  "button-channel2",
  "button-channel3",
  "button-channel4",
  "button-step1",
  "button-step2",
  "button-step3",
  "button-step4",
  "pot-arp",
  "pot-tempo",
  "pot-wait",
  "keys",
  "remote",
] as const

/** Where things go out. The names are those of events.jsonl. `midi-usb-config` is USB cable 2, configuration. */
export const OUTPUT_PORTS = [
  "midi-din",
  "midi-usb",
  "midi-usb-config",
  "clock",
  "run",
  "reset",
  "sync1",
  "sync2",
  "sync3",
  "sync4",
  "arp",
  "arp-disable",
] as const

export const IN_CV = 0
export const IN_RESET = 1
export const IN_RUN = 2
export const IN_MIDI_DIN = 3
export const IN_MIDI_USB = 4
export const IN_MIDI_CONFIG = 5
export const IN_BUTTON_PLAY = 6
export const IN_BUTTON_TAP = 7
export const IN_BUTTON_CHANNEL = 8
export const IN_BUTTON_STEP = 12
export const IN_POT_ARP = 16
export const IN_POT_TEMPO = 17
export const IN_POT_WAIT = 18
export const IN_KEYS = 19
export const IN_REMOTE = 20

/** Values of `remote`: the transport, told from afar. */
export const REMOTE_STOP = 0
export const REMOTE_PLAY = 1
export const REMOTE_CONTINUE = 2

export const OUT_MIDI_DIN = 0
export const OUT_MIDI_USB = 1
export const OUT_MIDI_CONFIG = 2
export const OUT_CLOCK = 3
export const OUT_RUN = 4
export const OUT_RESET = 5
export const OUT_SYNC = 6
export const OUT_ARP = 10
export const OUT_ARP_DISABLE = 11

export function levelEvent(port: number, level: number): EventWord {
  return port * 0x4000000 + level
}

export function byteEvent(port: number, byte: number): EventWord {
  return port * 0x4000000 + 0x1000000 + byte
}

export function bytesEvent(port: number, length: number, byte0: number, byte1: number, byte2: number): EventWord {
  return port * 0x4000000 + length * 0x1000000 + byte2 * 0x10000 + byte1 * 0x100 + byte0
}

export function portOf(event: EventWord): number {
  return event >>> 26
}

/** MIDI bytes in the word, 0 for a level or value. */
export function lengthOf(event: EventWord): number {
  return (event >>> 24) & 3
}

/** The level (0 or 1) or value (0..1023) of an event of length 0. */
export function valueOf(event: EventWord): number {
  return event & 0xffff
}

/** Byte `index` (0..2) of a MIDI event. */
export function byteOf(event: EventWord, index: number): number {
  return (event >>> (index * 8)) & 0xff
}
