/**
 * A list and what the module plays to it, in virtual time: the sound as `recording.wav`, and beside it everything a simulated run
 * writes (`events.jsonl`, `sync.wav`, ...), all on one timebase: sample n of the sound stands at n / 48000 s of the events. The list begins
 * after `HEAD_MICROS` of silence, so that what has to be sent before beat 1 has its place.
 */
import { LEAD_MICROS } from "../../src/backend"
import { Module } from "../../src/module"
import { changeSettings, standardSettings } from "../../src/settings"
import type { Micros } from "../../src/time"
import type { NestedSettings, TimedInput } from "../input/timed-input"
import { ModuleHand } from "../../src/net/module-hand"
import { TimelinePlayer } from "../../src/net/timeline-player"
import { OrderedQueue } from "../ordered-queue"
import { Recording, type SettingsObject } from "../recording"
import { SAMPLE_RATE } from "./decode"
import { ListTimeline } from "./list-timeline"
import type { Program } from "./program"

export const HEAD_MICROS = 1_000_000
const BLOCK_FRAMES = 960
const BLOCK_MICROS = (BLOCK_FRAMES / SAMPLE_RATE) * 1e6
/** It goes on after the end: stops are sent, trains end. */
const TAIL_MICROS = 1_000_000

/** One clock for all. */
const SAME_CLOCK = { sharedAt: (local: Micros) => local, localAt: (shared: Micros) => shared }

export interface Rendered {
  readonly recording: Recording
  /** What the module was told: a trace that replays it. */
  readonly inputs: TimedInput[]
}

/** `hear` gets the sound, block by block. */
export async function renderList(
  program: Program,
  settings: NestedSettings,
  fromSeconds: number,
  hear: (left: Float32Array, right: Float32Array) => void,
): Promise<Rendered> {
  const inForce = standardSettings()
  changeSettings(inForce, settings)
  const recording = new Recording("playlist", inForce as unknown as SettingsObject)
  const inputs: TimedInput[] = []
  const queue = new OrderedQueue()
  const out = { schedule: (time: Micros, word: number) => (queue.push(time, word), true) }
  const hand = new ModuleHand(new Module(settings), out)
  hand.onInput = (input) => inputs.push(input)
  const player = new TimelinePlayer(hand, SAME_CLOCK)
  const timeline = new ListTimeline("list", 1, HEAD_MICROS - fromSeconds * 1e6, HEAD_MICROS)
  const blocks = [new Float32Array(BLOCK_FRAMES), new Float32Array(BLOCK_FRAMES)]
  const channels = [program.channel(0), program.channel(1)]
  let now: Micros = 0
  for (let block = 0, end = Infinity; now < end; block++) {
    const frame = Math.round(block * BLOCK_FRAMES + (fromSeconds - HEAD_MICROS / 1e6) * SAMPLE_RATE)
    await program.prepare(Math.max(0, frame))
    for (const change of timeline.changes(program)) player.timeline.hear(change)
    channels.forEach((samples, channel) => samples(frame, blocks[channel]))
    hear(blocks[0], blocks[1])
    now = (block + 1) * BLOCK_MICROS
    for (let due; (due = player.nextDue()) < now;) player.pump(due)
    hand.module.render(now + LEAD_MICROS, out)
    queue.deliver(now, (time, word) => recording.addOutput(time, word))
    if (program.end < Infinity) end = HEAD_MICROS + (program.end / SAMPLE_RATE - fromSeconds) * 1e6 + TAIL_MICROS
  }
  for (const { time, event } of inputs) if (event !== undefined) recording.addInput(time, event)
  recording.until = now
  Object.assign(recording.counters, hand.module.counters(), { lateChanges: player.lateChanges })
  return { recording, inputs }
}
