/** A machine's standing on the network in words: for a terminal's line, and for the end of a session. */
import { MARGIN_EDGES } from "../../src/osc/timed-queue"
import { printable } from "../printable"
import type { StationStatus } from "../../src/net/station-status"

/** Beyond this the clock's error is heard. */
const UNSURE_MICROS = 2000

/** A smaller correction is none in the figures shown. */
const SHOWN_MICROS = 5

/** No packet is there and back as quickly. */
const OWN_CLOCK_MICROS = 5

export function millis(micros: number): string {
  return `${(micros / 1000).toFixed(Math.abs(micros) < 10_000 ? 2 : 1)} ms`
}

/** How well the shared clock is known, from what, and since when nothing has been heard of it. */
export function clockWords(status: StationStatus, source: string): string {
  if (status.errorMicros === null) return `clock not known yet (${source})`
  const silence = status.holdoverMicros > 3e6 ? `, nothing heard of it for ${(status.holdoverMicros / 1e6).toFixed(0)} s` : ""
  return `clock within ${millis(status.errorMicros)} (${source})${silence}`
}

/** Whether the clock's error is of the size that is heard, or not known. */
export function isUnsure({ errorMicros }: StationStatus): boolean {
  return !((errorMicros ?? Infinity) < UNSURE_MICROS)
}

/** What the packets say by which it is known; empty where there are none. */
export function packetWords({ roundTripMicros, ratePpm, correctionMicros, clockSteps, isClockSet }: StationStatus): string {
  if (!isClockSet || roundTripMicros < OWN_CLOCK_MICROS) return ""
  const rate = `runs ${ratePpm >= 0 ? "+" : "−"}${Math.abs(ratePpm).toFixed(1)} ppm against ours`
  const slewing = Math.abs(correctionMicros) >= SHOWN_MICROS ? `, ${millis(correctionMicros)} being evened out` : ""
  return `there and back ${millis(roundTripMicros)}; ${rate}${slewing}${clockSteps > 0 ? `; was stepped ${clockSteps} times` : ""}`
}

export function leaderWords({ state, role, leader, name, peers, hasNamesake }: StationStatus): string {
  const who = leader === null || leader === name ? "" : ` ${leader}`
  const words = {
    none: role === "follow" ? "hears no leader yet (name it with --peer, or --discover on both)" : "nobody leads",
    leading: "leads",
    following: `follows${who}`,
    holding: `goes on without${who}`,
    elect: "takes over",
    stand: `stands, as${who} is gone`,
  }[state]
  const namesake = hasNamesake ? `another machine is called ${name} too, give one of them another --name; ` : ""
  return namesake + printable(peers.length > 0 ? `${words}, hears ${peers.join(" ")}` : words)
}

/** D and what follows from it. */
export function forwardWords({ forwardMicros, isForwardMeasured, lateShare }: StationStatus): string {
  const late = isForwardMeasured ? `${(lateShare * 100).toFixed(lateShare < 0.01 ? 2 : 1)} % would come late` : "no delay measured yet"
  return `beats ${millis(forwardMicros)} ahead (${late})`
}

export function queueWords(status: StationStatus): string {
  const { executed, late, dropped, tooFar, overflowed, refused } = status
  const also = [
    [late, "late"],
    [dropped, "dropped"],
    [tooFar, "too far ahead"],
    [overflowed, "too many"],
    [refused, "refused"],
  ].flatMap(([count, what]) => ((count as number) > 0 ? [`${count} ${what}`] : []))
  return [`${executed} executed`, ...also].join(", ")
}

/** The histogram, without what is empty. */
export function marginWords({ margins }: StationStatus): string {
  const filled = margins.flatMap((count, bin) => (count > 0 ? [`${marginClass(bin)}: ${count}`] : []))
  return filled.join(", ") || "none"
}

/** `below -20 ms` to `above 1000 ms`. */
function marginClass(bin: number): string {
  const edge = MARGIN_EDGES[bin]
  return edge === Infinity ? `above ${MARGIN_EDGES[bin - 1] / 1000} ms` : `below ${edge / 1000} ms`
}
