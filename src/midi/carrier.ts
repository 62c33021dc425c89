/**
 * SysEx that concerns nobody here need not come through here: a board may carry it from its inputs to its outputs by itself, if it is
 * told beforehand what is for this module and where the rest goes. What it then does is what Merge does with whole messages: each
 * leaves `THROUGH_MICROS` after its end, in the order they came. A back end that cannot carry hands everything in, and Merge does it.
 *
 * What is for this module is told by the four bytes after F0, a pair of numbers for each kind: the value, first byte lowest, and a mask
 * with ff where a byte counts. It may be a little too much (the whole message is looked at here), never too little.
 */
import type { Settings } from "../settings"
import type { Micros } from "../time"
import { THROUGH_MICROS } from "./merge"

export interface Carrier {
  /** `heads`: for the inputs DIN, USB and USB configuration in turn HEADS_AN_INPUT pairs of value and mask; mask 0 means no message. */
  carry(routes: number, throughMicros: Micros, heads: readonly number[]): void
}

export const DIN_TO_DIN = 1
export const DIN_TO_USB = 2
export const USB_TO_DIN = 4
export const USB_TO_USB = 8
export const HEADS_AN_INPUT = 4

/** Universal Identity Request, of any device number: 7E dd 06 01. */
const IDENTITY: readonly number[] = [0x0106007e, 0xffff00ff | 0]
/** Our own: 7D 74 63, and a command. */
const CONFIGURATION: readonly number[] = [0x63747d, 0xffffff]
const NONE: readonly number[] = [0, 0]

/** Tells what the settings say. */
export function tellCarrier(carrier: Carrier, settings: Settings): void {
  const { merge, arp } = settings
  let routes = 0
  if (merge.dinToDin) routes |= DIN_TO_DIN
  if (merge.dinToUsb) routes |= DIN_TO_USB
  if (merge.usbToDin) routes |= USB_TO_DIN
  if (merge.usbToUsb) routes |= USB_TO_USB
  // The arpeggiator's: 42 3c 7F.
  const played = [...IDENTITY, 0x7f3042 + arp.channel * 0x100, 0xffffff, ...NONE, ...NONE]
  carrier.carry(routes, THROUGH_MICROS, [...played, ...played, ...IDENTITY, ...CONFIGURATION, ...NONE, ...NONE])
}
