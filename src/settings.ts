/**
 * One record of settings. A change is taken whole or refused whole: a bad value is named with its range, and everything stays as
 * it was. Cold code: it runs at start and when someone turns a setting, never between an input and an output.
 */
import type { SettingRow } from "./settings-table"
import { SETTING_ROWS } from "./settings-table"

export { SETTING_PATTERNS } from "./settings-table"

export interface SyncSettings {
  ppqn: number
  widthMicros: number
  polarity: "positive" | "negative"
  latencyMicros: number
  swing: number
  name: string
  autoStart: boolean
}

export interface Settings {
  source: "cv" | "midi-din" | "midi-usb" | "internal" | "auto"
  /** BPM, 20.00..999.99. */
  tempo: number
  cv: { ppqn: number; policy: "predict" | "follow"; glitchMicros: number; catchUpMicros: number }
  lost: { afterPeriods: number; action: "stop" | "flywheel" }
  transport: { start: "auto" | "button" }
  clock: { whileStopped: boolean; ppqn: number; widthMicros: number; swing: number }
  reset: { widthMicros: number }
  latencyMicros: { "midi-din": number; "midi-usb": number; clock: number; run: number; reset: number }
  part: { steps: number }
  wait: number
  sync: SyncSettings[]
  arp: {
    mode: number
    pattern: number
    patterns: string[]
    widthMicros: number
    polarity: "positive" | "negative"
    latencyMicros: number
    channel: number
  }
  control: { channel: number }
  merge: { dinToDin: boolean; dinToUsb: boolean; usbToDin: boolean; usbToUsb: boolean }
}

/** A nested object (or array: its indices are names) of unknown values, as JSON gives it. */
export type Tree = { [key: string]: unknown }

export function standardSettings(): Settings {
  const settings: Tree = {}
  for (const row of SETTING_ROWS) write(settings, row.key, row.standard)
  return settings as unknown as Settings
}

/** Takes all of `change` (nested, as in SETTINGS.json), or none of it. Returns what is wrong, one sentence each; empty if taken. */
export function changeSettings(settings: Settings, change: unknown): string[] {
  const problems: string[] = []
  const tried = copy(settings as unknown as Tree)
  if (!isTree(change) || Array.isArray(change)) return ["settings are " + show(change) + "; expected an object"]
  collect(change, "", tried, problems)
  if (problems.length === 0) checkTogether(tried as unknown as Settings, problems)
  if (problems.length === 0) assign(settings as unknown as Tree, tried)
  return problems
}

function collect(change: Tree, prefix: string, into: Tree, problems: string[]): void {
  for (const name of Object.keys(change)) {
    const key = prefix + name
    const value = change[name]
    const row = SETTING_ROWS.find((candidate) => candidate.key === key)
    if (row !== undefined) {
      const problem = problemOf(row, value)
      if (problem === "") write(into, key, value)
      else problems.push(problem)
    } else if (SETTING_ROWS.some((candidate) => candidate.key.startsWith(key + "."))) {
      if (isTree(value) && Array.isArray(value) === isList(key)) collect(value, key + ".", into, problems)
      else problems.push(`${key} is ${show(value)}; expected ${isList(key) ? "a list" : "an object"}`)
    } else if (isList(prefix.slice(0, -1)))
      problems.push(`${prefix.slice(0, -1)} has ${Object.keys(change).length} entries; expected ${listLength(prefix)} at most`)
    else problems.push(`${key} is not a setting; ${suggestion(key, prefix)}`)
  }
}

/** Is the value at `key` a list, such as `sync`? */
function isList(key: string): boolean {
  return key !== "" && SETTING_ROWS.some((row) => row.key.startsWith(key + ".0"))
}

function listLength(prefix: string): number {
  return new Set(SETTING_ROWS.filter((row) => row.key.startsWith(prefix)).map((row) => row.key.slice(prefix.length).split(".")[0])).size
}

function problemOf(row: SettingRow, value: unknown): string {
  const wrong = `${row.key} is ${show(value)}; expected `
  if (row.kind === "flag") return typeof value === "boolean" ? "" : wrong + "true or false"
  if (row.kind === "text") {
    return typeof value === "string" && new RegExp(row.form as string).test(value) ? "" : wrong + row.formAbout
  }
  if (row.kind === "choice") {
    const choices = row.choices as readonly unknown[]
    return choices.includes(value) ? "" : wrong + (choices.length > 1 ? "one of " : "") + choices.join(", ")
  }
  const min = row.min as number
  const max = row.max as number
  const range = `${min}..${max}${row.unit ? " " + row.unit : ""}`
  if (typeof value !== "number" || !(value >= min && value <= max)) return wrong + range
  if (row.step !== undefined) {
    const steps = value / row.step
    if (Math.abs(steps - Math.round(steps)) > 1e-6)
      return wrong + range + (row.step === 1 ? ", a whole number" : ` in steps of ${row.step}`)
  }
  return ""
}

/** Rules between settings. */
function checkTogether(settings: Settings, problems: string[]): void {
  if (settings.source !== "cv" && settings.source !== "auto") return
  if (settings.cv.policy !== "follow") return
  for (const row of SETTING_ROWS) {
    if (!row.key.includes("latencyMicros")) continue
    const value = readSetting(settings, row.key) as number
    if (value < 0) {
      problems.push(
        `${row.key} is ${value}; expected 0..50000 µs: with cv.policy "follow" the clock is not predicted, so nothing can leave before its pulse`,
      )
    }
  }
}

/** Settings of nearly that name; where there are none, all that stand beside it. */
function suggestion(key: string, prefix: string): string {
  const last = key.slice(key.lastIndexOf(".") + 1).toLowerCase()
  const near = SETTING_ROWS.filter((row) => row.key.toLowerCase().endsWith(last) || row.key.toLowerCase().startsWith(key.toLowerCase()))
  if (near.length > 0) return `did you mean ${near.map((row) => row.key).join(" or ")}?`
  const beside = SETTING_ROWS.filter((row) => row.key.startsWith(prefix)).map((row) => row.key.slice(prefix.length).split(".")[0])
  return `expected one of ${beside.filter((name, i) => beside.indexOf(name) === i).join(", ")}`
}

/** Reads the value at a dotted key; undefined where there is none. */
export function readSetting(settings: Settings, key: string): unknown {
  let node: unknown = settings
  for (const name of key.split(".")) {
    if (!isTree(node)) return undefined
    node = node[name]
  }
  return node
}

function write(into: Tree, key: string, value: unknown): void {
  const names = key.split(".")
  let node = into
  for (let i = 0; i < names.length - 1; i++) {
    if (!isTree(node[names[i]])) node[names[i]] = names[i + 1] === "0" ? [] : {}
    node = node[names[i]] as Tree
  }
  node[names[names.length - 1]] = value
}

function copy(tree: Tree): Tree {
  const result: Tree = Array.isArray(tree) ? ([] as unknown as Tree) : {}
  for (const name of Object.keys(tree)) {
    const value = tree[name]
    result[name] = isTree(value) ? copy(value) : value
  }
  return result
}

function assign(target: Tree, from: Tree): void {
  for (const name of Object.keys(from)) {
    const value = from[name]
    if (isTree(value)) assign(target[name] as Tree, value)
    else target[name] = value
  }
}

function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null
}

function show(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value)
}
