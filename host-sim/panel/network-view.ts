/** Other machines on one beat with this one: who leads, how well the clock they share is known, and how the network runs. */
import { MARGIN_EDGES } from "../../src/osc/timed-queue"
import type { NetworkReport } from "../net/network-report"
import { clockWords, forwardWords, isUnsure, leaderWords, packetWords, queueWords } from "../net/status-words"
import type { Device } from "./device"
import { h, mark, say } from "./dom"

const ABSENT =
  "This host is on no network. Started with --osc 8000 it is played by OSC; with --lead or --follow it shares one beat with others."

/** What stands in each row. */
const ROWS: readonly (readonly [string, (report: NetworkReport) => string])[] = [
  [
    "here",
    ({ name, listening, foreign }) => `${name}, OSC at ${listening}${foreign > 0 ? `, ${foreign} packets from outside ignored` : ""}`,
  ],
  ["the song", (report) => leaderWords(report)],
  ["shared clock", (report) => clockWords(report, report.clockSource)],
  ["its packets", (report) => packetWords(report) || (report.isClockSet ? "none, it is read here" : "")],
  ["sent ahead", (report) => `${forwardWords(report)}; ${report.beatsSent} sent`],
  ["heard", (report) => queueWords(report)],
]

export function networkView(device: Device): HTMLElement {
  const values = ROWS.map(() => h("dd"))
  const list = h("dl", {}, ...ROWS.flatMap(([name], row) => [h("dt", {}, name), values[row]]))
  const bars = MARGIN_EDGES.map((_, bin) => h("i", { title: marginWords(bin) }))
  const margins = h("figure", {}, h("div", { class: "margins" }, ...bars), h("figcaption"))
  const absent = h("p", {}, ABSENT)
  const view = h("section", { class: "network", "aria-label": "network" }, absent, list, margins)
  const show = () => {
    const { network } = device
    absent.hidden = network !== undefined
    list.hidden = margins.hidden = network === undefined
    if (!network) return
    ROWS.forEach(([, words], row) => say(values[row], words(network)))
    mark(values[2], "unsure", isUnsure(network))
    showMargins(network.margins, bars, margins.lastElementChild as HTMLElement)
  }
  device.onChange.push(show)
  show()
  return view
}

function showMargins(counts: readonly number[], bars: readonly HTMLElement[], caption: HTMLElement): void {
  const most = Math.max(1, ...counts)
  bars.forEach((bar, bin) => {
    bar.style.setProperty("--share", String(counts[bin] / most))
    mark(bar, "late", MARGIN_EDGES[bin] <= 0)
  })
  const all = counts.reduce((sum, count) => sum + count, 0)
  say(caption, all === 0 ? "no timetags yet" : `${all} timetag${all === 1 ? "" : "s"}, from 20 ms late to 1 s ahead of their time`)
}

function marginWords(bin: number): string {
  const edge = MARGIN_EDGES[bin]
  if (edge === Infinity) return "more than 1 s ahead"
  return edge <= 0 ? `late by more than ${-edge / 1000} ms` : `less than ${edge / 1000} ms ahead`
}
