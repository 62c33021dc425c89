/**
 * Settings reach the parts here, all of them each time: at start, and when one is turned. Cold code.
 */
import { DIVISIONS } from "./arp/pot"
import { ticksPerPulse } from "./output/gate"
import type { Parts } from "./parts"
import type { SyncSettings } from "./settings"
import { SOURCE_AUTO, SOURCE_CV, SOURCE_INTERNAL, sourceNumber } from "./source/clock-sources"
import { CHANNELS } from "./sync/bank"
import { TICKS_PER_BEAT } from "./time"
import type { GateOutput } from "./output/gate"

/** Sets all parts as `parts.settings` says; the timeline's floor is where it can be heard. `isNew`: nothing has run yet. */
export function configure(parts: Parts, isNew: boolean): void {
  const { settings, sources, outputs, conductor, merge } = parts
  const selected = sourceNumber(settings.source)
  configureSources(parts, selected)
  outputs.configure(settings)
  for (let i = 0; i < CHANNELS; i++) configureSync(parts.bank.gates[i], settings.sync[i])
  parts.bank.askSteps(settings.part.steps)
  parts.bank.askWait(settings.wait)
  configureArp(parts)
  conductor.whileStopped = settings.clock.whileStopped
  if (isNew || selected !== sources.selected) {
    sources.select(selected, settings.tempo, outputs.firstFreeTick(), conductor.earliestStart(1))
  } else if (selected === SOURCE_INTERNAL) sources.setTempo(settings.tempo)
  conductor.freeRun()
  parts.arp.clock()
  parts.control.channel = settings.control.channel
  merge.dinToDin = settings.merge.dinToDin
  merge.dinToUsb = settings.merge.dinToUsb
  merge.usbToDin = settings.merge.usbToDin
  merge.usbToUsb = settings.merge.usbToUsb
  outputs.retime()
}

function configureSources(parts: Parts, selected: number): void {
  const { settings, sources } = parts
  sources.isFlywheel = settings.lost.action === "flywheel"
  sources.isAuto = selected === SOURCE_AUTO
  sources.isFollowing = settings.cv.policy === "follow" && sources.mayBeCv(selected)
  parts.cvFilter.glitchMicros = settings.cv.glitchMicros
  parts.resetFilter.glitchMicros = settings.cv.glitchMicros
  for (let i = 0; i < SOURCE_INTERNAL; i++) {
    const source = sources.pulseSources[i]
    source.afterPeriods = settings.lost.afterPeriods
    source.configure(i === SOURCE_CV ? settings.cv.ppqn : TICKS_PER_BEAT, sources.runsOn(), i === SOURCE_CV && sources.isFollowing)
  }
}

function configureSync(gate: GateOutput, sync: SyncSettings): void {
  gate.widthMicros = sync.widthMicros
  gate.latencyMicros = sync.latencyMicros
  gate.swing = sync.swing
  gate.setPolarity(sync.polarity === "positive" ? 1 : 0)
  gate.setDivision(ticksPerPulse(sync.ppqn))
}

function configureArp(parts: Parts): void {
  const { arp } = parts
  const settings = parts.settings.arp
  arp.gate.widthMicros = settings.widthMicros
  arp.gate.latencyMicros = settings.latencyMicros
  arp.gate.setPolarity(settings.polarity === "positive" ? 1 : 0)
  arp.gate.setDivision(DIVISIONS[parts.arpPot.index])
  arp.whileStopped = parts.settings.clock.whileStopped
  arp.select(settings.patterns[settings.pattern])
  arp.setMode(settings.mode)
}
