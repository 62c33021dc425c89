/**
 * What the module is doing, in words: a snapshot for panels, screens and reports, with all that the seed's screen showed. Cold: it
 * makes objects, some tens of times a second, never between an input and an output.
 */
import { DIVISIONS } from "./arp/pot"
import type { Module } from "./module"
import { SOURCE_CV, SOURCE_USB } from "./source/clock-sources"
import { TICKS_PER_STEP } from "./sync/bank"
import { CHANNEL_PAUSED, CHANNEL_RUNNING, PENDING_PAUSE, PENDING_RESUME, PENDING_START, PENDING_STOP } from "./sync/channel"
import type { Micros } from "./time"
import { TICK_MICROS_AT_1_BPM, TICKS_PER_BEAT } from "./time"
import { ARMED, RUNNING } from "./transport"

export interface ChannelState {
  readonly state: "stopped" | "running" | "paused"
  /** What happens at the part's end. */
  readonly pending: "nothing" | "start" | "stop" | "pause" | "resume"
  /** Parts of the pause that are over. */
  readonly partsWaited: number
  /** Pulses sent by hand since the instrument was last in step. */
  readonly pulsesOff: number
}

export interface ModuleState {
  readonly transport: "stopped" | "armed" | "running"
  /** Who rules now; with the setting `auto` that changes. */
  readonly source: "cv" | "midi-usb" | "midi-din" | "internal"
  /** silent: no pulse yet. learning: pulses, but no tempo. locked: followed. held: pulses are missing, the clock runs on. free: the internal clock. */
  readonly lock: "free" | "silent" | "learning" | "locked" | "held"
  /** BPM; null while unknown. */
  readonly tempo: number | null
  /** BPM from the next part on; null where none is asked for. */
  readonly tempoTarget: number | null
  /** How far the last pulse came after (positive) or before its prediction, µs; null while nothing was predicted. */
  readonly phaseMicros: Micros | null
  /** Standard deviation of the ruling clock's pulses, µs; null for the internal clock and while unknown. */
  readonly jitterMicros: Micros | null
  /** Quarter notes since the song's beginning, with a fraction. */
  readonly beat: number
  /** The step of the part, 1..`steps`. */
  readonly step: number
  readonly steps: number
  readonly stepsNext: number
  /** Parts a pause lasts. */
  readonly wait: number
  readonly waitNext: number
  readonly channels: readonly ChannelState[]
  readonly arp: {
    readonly mode: number
    readonly pattern: number
    /** MIDI clocks a pulse. */
    readonly division: number
    readonly isClocking: boolean
  }
}

/** The state at `time`. The core decides ahead of it: what is committed but not out yet counts as decided, positions as not reached. */
export function stateOf(module: Module, time: Micros): ModuleState {
  const { line, transport, bank, settings, arp, arpPot } = module
  const isRunning = transport.state === RUNNING
  const isKnown = line.isKnown()
  const tick = isKnown ? Math.min(line.tickAt(time), line.limit) : line.anchorTick
  const position = isRunning ? Math.max(0, tick - transport.songBase) : transport.position
  return {
    transport: isRunning ? "running" : transport.state === ARMED ? "armed" : "stopped",
    ...sourceOf(module, time),
    tempo: isKnown ? TICK_MICROS_AT_1_BPM / line.period : null,
    tempoTarget: bank.targetTempo > 0 ? bank.targetTempo : null,
    beat: position / TICKS_PER_BEAT,
    step: stepOf(isRunning ? tick - bank.partStart : position, bank.steps),
    steps: bank.steps,
    stepsNext: bank.nextSteps,
    wait: bank.wait,
    waitNext: bank.nextWait,
    channels: bank.channels.map((channel) => ({
      state: channel.state === CHANNEL_RUNNING ? "running" : channel.state === CHANNEL_PAUSED ? "paused" : "stopped",
      pending: pendingName(channel.pending),
      partsWaited: channel.partsWaited,
      pulsesOff: channel.pulsesOff,
    })),
    arp: {
      mode: settings.arp.mode,
      pattern: settings.arp.pattern,
      division: DIVISIONS[arpPot.index],
      isClocking: !arp.gate.isSilent(),
    },
  }
}

/** Until its first step is reached, a part that is decided already counts as the end of the one before. */
function stepOf(ticks: number, steps: number): number {
  const step = Math.floor(ticks / TICKS_PER_STEP + 1e-9) % steps
  return (step < 0 ? step + steps : step) + 1
}

function sourceOf(module: Module, time: Micros): Pick<ModuleState, "source" | "lock" | "phaseMicros" | "jitterMicros"> {
  const { sources } = module
  const ruler = sources.ruler()
  if (ruler === null) return { source: "internal", lock: "free", phaseMicros: null, jitterMicros: null }
  const period = ruler.period()
  const isLate = period > 0 && time > ruler.lastPulse + 1.5 * period
  return {
    source: sources.active === SOURCE_CV ? "cv" : sources.active === SOURCE_USB ? "midi-usb" : "midi-din",
    lock: !ruler.hasPulse() ? "silent" : period === 0 ? "learning" : isLate ? "held" : "locked",
    phaseMicros: sources.isPhaseKnown ? sources.phaseMicros : null,
    jitterMicros: ruler.follower.locked ? ruler.follower.noise : null,
  }
}

function pendingName(pending: number): ChannelState["pending"] {
  if (pending === PENDING_START) return "start"
  if (pending === PENDING_STOP) return "stop"
  if (pending === PENDING_PAUSE) return "pause"
  return pending === PENDING_RESUME ? "resume" : "nothing"
}
