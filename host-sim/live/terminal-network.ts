/**
 * The network in the terminal panel, four lines: who leads and who is heard, the shared clock, how far ahead beats are sent and what that
 * costs, and how long before its time each packet came. The words are the other views'.
 */
import { MARGIN_EDGES } from "../../src/osc/timed-queue"
import type { NetworkReport } from "../net/network-report"
import { clockWords, forwardWords, isUnsure, leaderWords, packetWords, queueWords } from "../net/status-words"
import { AMBER, PLAIN, RED } from "./terminal-colours"

const BARS = "▁▂▃▄▅▆▇█"
const LATE_CLASSES = MARGIN_EDGES.filter((edge) => edge <= 0).length

/** Colour and text of each line. */
export function networkLines(report: NetworkReport): [string, string][] {
  const packets = packetWords(report)
  return [
    [PLAIN, `network  ${report.name} ${leaderWords(report)}; OSC at ${report.listening}`],
    [isUnsure(report) ? AMBER : PLAIN, `         ${clockWords(report, report.clockSource)}${packets === "" ? "" : `; ${packets}`}`],
    [PLAIN, `         ${forwardWords(report)}, ${report.beatsSent} sent`],
    [report.late + report.dropped > 0 ? RED : PLAIN, `         ${queueWords(report)}${marginBars(report.margins)}`],
  ]
}

/** `; late ··|▂█▁····· ahead`: a character a class, from 20 ms late to 1 s ahead. */
function marginBars(counts: readonly number[]): string {
  const most = Math.max(...counts)
  if (most === 0) return ""
  const bars = counts.map((count) => (count === 0 ? "·" : BARS[Math.ceil((count / most) * BARS.length) - 1]))
  return `; late ${bars.slice(0, LATE_CLASSES).join("")}|${bars.slice(LATE_CLASSES).join("")} ahead`
}
