/**
 * What went wrong, and how often: a snapshot for reports and panels. Cold: it makes an object.
 */
import type { Module } from "./module"

export function countersOf(module: Module): Record<string, number> {
  const { din, usb } = module
  let spuriousPulses = 0
  let missingPulses = 0
  for (const source of module.sources.pulseSources) {
    spuriousPulses += source.spurious
    missingPulses += source.missing
  }
  const counted: Record<string, number> = {
    glitches: module.cvFilter.glitches,
    spuriousPulses,
    missingPulses,
    sysexTooLong: din.parser.tooLong + usb.parser.tooLong,
    midiBroken: din.parser.broken + usb.parser.broken,
    sysexRefused: module.arpSysex.refused,
    configRefused: module.config.refused,
    keysUnknown: module.keys.unknown,
    tempoRefused: module.bank.refusals,
    bytesDropped: module.wire.dropped + module.usbQueue.dropped + module.configQueue.dropped,
  }
  // A board that carries SysEx counts what becomes of it by the same names.
  const more = module.board === null ? {} : module.board.counters()
  for (const name of Object.keys(more)) counted[name] = (counted[name] ?? 0) + more[name]
  return counted
}
