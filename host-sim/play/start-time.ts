/**
 * When a list begins. `--at` is a time of day on the shared clock, today; one that has passed is refused with the next possible one.
 * Slots are multiples of the slot length counted on the shared clock, the next that is `NOTICE_SECONDS` ahead. No rule over the
 * moment of starting alone can keep two machines a second apart from choosing different slots (somewhere one slot's moments end):
 * therefore they also tell each other, see list-state.ts.
 */
import type { SharedMicros } from "../../src/osc/timetag"
import { BadInput } from "../input/bad-input"

export const STANDARD_SLOT_SECONDS = 15

/** Loading and decoding the first track takes less than this on a Raspberry Pi, and the card's clock is known to a tenth of a millisecond. */
export const NOTICE_SECONDS = 10

/** The first slot that is still ahead by `noticeSeconds`. */
export function nextSlot(now: SharedMicros, slotSeconds: number, noticeSeconds = 0): SharedMicros {
  const slot = slotSeconds * 1e6
  return Math.ceil((now + noticeSeconds * 1e6) / slot) * slot
}

/** `18:55`, `18:55:00` or `18:55:00.250` today, by local time of day. */
export function timeToday(text: string, now: SharedMicros, slotSeconds = STANDARD_SLOT_SECONDS): SharedMicros {
  const found = /^(\d{1,2}):(\d{2})(?::(\d{2})(\.\d{1,6})?)?$/.exec(text)
  const [hours, minutes, seconds] = found ? [Number(found[1]), Number(found[2]), Number(found[3] ?? 0)] : [99, 0, 0]
  if (!found || hours > 23 || minutes > 59 || seconds > 59)
    throw new BadInput(`--at is ${JSON.stringify(text)}; expected a time of day like 18:55:00`)
  const day = new Date(now / 1000)
  const start =
    new Date(day.getFullYear(), day.getMonth(), day.getDate(), hours, minutes, seconds).getTime() * 1000 + Number(found[4] ?? 0) * 1e6
  if (start <= now)
    throw new BadInput(`--at ${text} has passed; the next slot is at ${clockText(nextSlot(now, slotSeconds, NOTICE_SECONDS))}`)
  return start
}

/** `20s`, `500ms`, `2m` or plain seconds. */
export function durationSeconds(option: string, text: string): number {
  const found = /^(\d+(?:\.\d+)?)\s*(ms|s|m)?$/.exec(text)
  const seconds = found ? Number(found[1]) * { ms: 0.001, s: 1, m: 60 }[(found[2] ?? "s") as "ms" | "s" | "m"] : NaN
  if (!(seconds > 0 && seconds <= 86400))
    throw new BadInput(`--${option} is ${JSON.stringify(text)}; expected a time like 20s, 500ms or 2m`)
  return seconds
}

/** Hours, minutes, seconds and milliseconds of local time. */
export function clockText(time: SharedMicros): string {
  const moment = new Date(Math.round(time / 1000))
  const two = (value: number): string => String(value).padStart(2, "0")
  const millis = moment.getMilliseconds()
  return `${two(moment.getHours())}:${two(moment.getMinutes())}:${two(moment.getSeconds())}${millis ? "." + String(millis).padStart(3, "0") : ""}`
}
