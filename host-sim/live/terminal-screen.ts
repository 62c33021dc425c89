/** The terminal panel's picture: a row a channel, as the seed's screen had it, and the legend of the keys. Pure: lines of text. */
import type { Settings } from "../../src/settings"
import type { ModuleState } from "../../src/state"
import type { NetworkReport } from "../net/network-report"
import type { Update } from "./engine"
import { AMBER, BOLD, DIM, GREEN, PLAIN, RED } from "./terminal-colours"
import { networkLines } from "./terminal-network"

const LEGEND = [
  "a b c d start/stop",
  "i j k l pause/step",
  "I J K L realign",
  "s x all",
  "space play",
  "9 7 tempo ±20",
  "+ - ±1",
  "> < ±0.1",
  "6 4 wait ±1",
  "] [ steps ±1",
  "q quit",
]
/** A screen so high has room between its lines (a 7-inch console has 37 rows). */
const HIGH_ROWS = 34
/** A screen narrower than this has no column for the tempo, which stands above anyway. */
const WIDE_COLUMNS = 76

/** What is shown; `news` is the newest of what has happened, or empty. */
export interface Shown {
  readonly update: Update
  readonly settings: Settings
  readonly address: string
  readonly news: string
  /** Where it is on one. */
  readonly network: NetworkReport | undefined
}

/** Exactly `rows` lines of at most `columns` characters, colours not counted. */
export function terminalScreen({ update, settings, address, news, network }: Shown, columns: number, rows: number): string[] {
  const { state } = update
  const tempo = state.tempo === null ? "–" : state.tempo.toFixed(2)
  const target = state.tempoTarget === null ? "" : ` → ${state.tempoTarget.toFixed(1)}`
  const clock = state.source === "internal" ? "internal clock" : `${state.source} ${state.lock}`
  const late = update.late === 0 ? "0 late" : `${update.late} late`
  const isWide = columns >= WIDE_COLUMNS
  const space: [string, string][] = rows >= HIGH_ROWS ? [["", ""]] : []
  const bar: [string, string] = [AMBER, `  ${meter(state, Math.max(8, Math.min(4 * state.steps, columns - 4)))}`]
  const lines: [string, string][] = [
    [BOLD, `tactus   ${state.transport}   ${tempo}${target} BPM   ${clock}   ${beatText(state)}`],
    [DIM, address],
    ...space,
    ["", ""],
    [DIM, headOf(isWide)],
    ...state.channels.flatMap((_, i) => [...space, channelLine(state, settings, i, isWide)]),
    ["", ""],
    ...space,
    ...(rows >= HIGH_ROWS ? [bar, bar, bar] : [bar]),
    ...space,
    ["", ""],
    ...(network ? [...networkLines(network), ...space, ["", ""] as [string, string]] : []),
    ...legend(columns).map((text): [string, string] => [DIM, text]),
    ...space,
    [update.late === 0 ? DIM : RED, `${late}, worst wake-up ${(update.wakeUps.worst / 1000).toFixed(1)} ms`],
    ["", news],
  ]
  while (lines.length < rows) lines.push(["", ""])
  return lines.slice(0, rows).map(([colour, text]) => (text === "" ? "" : colour + [...text].slice(0, columns).join("") + PLAIN))
}

function headOf(isWide: boolean): string {
  return `  channel           state     ${isWide ? "      " : ""}step     ${isWide ? "tempo            " : ""}wait    then`
}

/** As many keys a line as have room. */
function legend(columns: number): string[] {
  const lines: string[] = []
  for (const keys of LEGEND) {
    const longer = lines.length === 0 ? keys : `${lines[lines.length - 1]}   ${keys}`
    if (lines.length === 0 || longer.length > columns) lines.push(keys)
    else lines[lines.length - 1] = longer
  }
  return lines
}

function channelLine(state: ModuleState, settings: Settings, index: number, isWide: boolean): [string, string] {
  const channel = state.channels[index]
  const tempo =
    (state.tempo === null ? "–" : state.tempo.toFixed(1)) + (state.tempoTarget === null ? "" : ` → ${state.tempoTarget.toFixed(1)}`)
  const off = channel.pulsesOff === 0 ? "" : `${channel.pulsesOff} off`
  const columns = [
    `${index + 1} ${settings.sync[index].name}`.padEnd(18),
    channel.state.padEnd(isWide ? 16 : 10),
    `${state.step}/${state.steps}`.padEnd(9),
    isWide ? tempo.padEnd(17) : "",
    `${channel.state === "paused" ? channel.partsWaited : 0}/${state.wait}`.padEnd(8),
    [channel.pending === "nothing" ? "" : channel.pending, off].filter((text) => text !== "").join(", "),
  ]
  return [channel.state === "running" ? GREEN : channel.state === "paused" ? AMBER : "", "  " + columns.join("")]
}

function beatText(state: ModuleState): string {
  const beat = Math.floor(state.beat + 1e-6)
  return `${Math.floor(beat / 4) + 1}.${(beat % 4) + 1}`
}

/** The part as a row of steps. */
function meter(state: ModuleState, width: number): string {
  const filled = state.transport === "running" ? Math.round((state.step / state.steps) * width) : 0
  return "█".repeat(filled) + "·".repeat(width - filled)
}
