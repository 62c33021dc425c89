/**
 * Settings reach the parts here: all at the start, and then those that a change has changed. On XS all of them take longer than events
 * are committed ahead, one of them about a millisecond. Cold code.
 */
import { DIVISIONS } from "./arp/pot"
import { tellCarrier } from "./midi/carrier"
import { ticksPerPulse } from "./output/gate"
import type { Parts } from "./parts"
import type { SyncSettings } from "./settings"
import { SETTING_ROWS } from "./settings-table"
import { SOURCE_AUTO, SOURCE_CV, SOURCE_INTERNAL, sourceNumber } from "./source/clock-sources"
import { CHANNELS } from "./sync/bank"
import { TICKS_PER_BEAT } from "./time"
import type { GateOutput } from "./output/gate"

const SOURCES = 1
const TEMPO = 2
const OUTPUTS = 4
const SYNCS = 8
const ARP = 16
const REST = 32
const ALL = 63
/** Who has to hear of what stands in a group of settings. */
const OF_GROUP: { readonly [group: string]: number } = {
  source: SOURCES,
  tempo: TEMPO,
  cv: SOURCES | OUTPUTS,
  lost: SOURCES,
  transport: 0,
  clock: OUTPUTS | ARP,
  reset: OUTPUTS,
  latencyMicros: OUTPUTS,
  merge: REST,
  part: REST,
  wait: REST,
  sync: SYNCS | OUTPUTS,
  arp: ARP | OUTPUTS,
  control: REST,
  network: 0,
}
/** By key, found out when the firmware is built. Of a channel's name and how it starts no pulse depends. */
const HEARERS = Object.create(null) as { [key: string]: number }
for (const { key } of SETTING_ROWS) HEARERS[key] = key.endsWith(".name") || key.endsWith(".autoStart") ? 0 : OF_GROUP[key.split(".")[0]]

/** Sets parts as `parts.settings` says, those that hear of the `changed` keys, or all of them before anything has run. The timeline's
 *  floor is where it can be heard. */
export function configure(parts: Parts, changed: readonly string[] | "all"): void {
  const { settings, sources, outputs, conductor } = parts
  const isNew = changed === "all"
  let hearers = isNew ? ALL : 0
  if (changed !== "all") for (let i = 0; i < changed.length; i++) hearers |= HEARERS[changed[i]]
  const selected = sourceNumber(settings.source)
  if (hearers & SOURCES) configureSources(parts, selected)
  if (hearers & OUTPUTS) outputs.configure(settings)
  if (hearers & SYNCS) for (let i = 0; i < CHANNELS; i++) configureSync(parts.bank.gates[i], settings.sync[i])
  if (hearers & REST) configureRest(parts)
  if (hearers & ARP) configureArp(parts)
  if (hearers & (REST | ARP) && parts.carrier !== null) tellCarrier(parts.carrier, settings)
  conductor.whileStopped = settings.clock.whileStopped
  if (isNew || selected !== sources.selected) {
    sources.select(selected, settings.tempo, outputs.firstFreeTick(), conductor.earliestStart(1))
  } else if (hearers & TEMPO && selected === SOURCE_INTERNAL) sources.setTempo(settings.tempo)
  if ((hearers & ~REST) === 0) return
  conductor.freeRun()
  parts.arp.clock()
  outputs.retime()
}

function configureRest(parts: Parts): void {
  const { settings, merge } = parts
  parts.bank.askSteps(settings.part.steps)
  parts.bank.askWait(settings.wait)
  parts.control.channel = settings.control.channel
  merge.dinToDin = settings.merge.dinToDin
  merge.dinToUsb = settings.merge.dinToUsb
  merge.usbToDin = settings.merge.usbToDin
  merge.usbToUsb = settings.merge.usbToUsb
}

function configureSources(parts: Parts, selected: number): void {
  const { settings, sources } = parts
  sources.isFlywheel = settings.lost.action === "flywheel"
  sources.isAuto = selected === SOURCE_AUTO
  sources.isFollowing = settings.cv.policy === "follow" && sources.mayBeCv(selected)
  parts.cvFilter.glitchMicros = settings.cv.glitchMicros
  parts.resetFilter.glitchMicros = settings.cv.glitchMicros
  // An answered pulse finds no fall in its way.
  parts.outputs.holdWidths(!sources.isFollowing)
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
