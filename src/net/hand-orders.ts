/**
 * What a hand does at the machine that leads, it does to all: the play button and the keys of transport and tempo become changes of the
 * shared timeline, as far ahead as it takes everybody to hear of them, instead of moving the leader's module alone.
 */
import { byteOf, type EventWord, IN_BUTTON_PLAY, IN_KEYS, portOf, valueOf } from "../event"
import type { SharedMicros } from "../osc/timetag"
import { FASTEST_BPM, SLOWEST_BPM, TICK_MICROS_AT_1_BPM } from "../time"
import type { Conducting } from "./osc-session"
import type { TimelineChange } from "./shared-timeline"

const SPACE = 0x20

/** Whether `event` is such a thing; then it is ordered for `at`. `newest` is how the song stands. */
export function handOrders(conducting: Conducting, newest: TimelineChange, at: SharedMicros, event: EventWord): boolean {
  const port = portOf(event)
  const isButton = port === IN_BUTTON_PLAY
  if (!isButton && port !== IN_KEYS) return false
  const key = isButton ? SPACE : byteOf(event, 0)
  if (key !== SPACE) return ordersTempo(conducting, newest, at, tempoStep(key))
  const isPress = !isButton || valueOf(event) === 1
  if (isPress && newest.isRunning) conducting.stop(at)
  else if (isPress) conducting.play(at)
  return true
}

function ordersTempo(conducting: Conducting, newest: TimelineChange, at: SharedMicros, by: number): boolean {
  if (by === 0) return false
  const bpm = TICK_MICROS_AT_1_BPM / newest.periodMicros + by
  conducting.tempo(at, Math.min(FASTEST_BPM, Math.max(SLOWEST_BPM, Math.round(bpm * 100) / 100)))
  return true
}

/** The seed's keys, see ../control/keys.ts; 0 for all others. */
function tempoStep(key: number): number {
  if (key === 0x39) return 20
  if (key === 0x37) return -20
  if (key === 0x2b || key === 0x28) return 1
  if (key === 0x2d || key === 0x26) return -1
  if (key === 0x3e) return 0.1
  return key === 0x3c ? -0.1 : 0
}
