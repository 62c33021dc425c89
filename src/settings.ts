/**
 * One record of settings. A change is taken whole or refused whole: a bad value is named with its range, and everything stays as
 * it was. It runs at start and when someone turns a setting, also while the clock runs: so a key is looked up, not searched for (the
 * index is made when the firmware is built), a change writes what it changes, and takes it back where it is refused, and nobody can
 * make a refusal long: it names a few problems, and for one unknown key what may have been meant.
 */
import type { SettingRow } from "./settings-table"
import { SECRET, SETTING_ROWS } from "./settings-table"

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
  /** How often any of them was changed, by whomever. No setting itself: it is not listed, and not stored. */
  changes: number
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
  network: { ssid: string; password: string; port: number; server: string; beats: string }
}

/** A nested object (or array: its indices are names) of unknown values, as JSON gives it. */
export type Tree = { [key: string]: unknown }

/** Of one refusal: each takes an RP2040 some milliseconds. */
const MOST_PROBLEMS = 4
const MOST_SUGGESTIONS = 1
/** More settings than these are not nearly of one name. */
const MOST_NEAR = 8
/** Of a value that is refused, letters. */
const MOST_SHOWN = 48

/** Rows by key, and what is above them: the key of each group, true for a list such as `sync`; and the names that follow each prefix. */
const ROWS = Object.create(null) as { [key: string]: SettingRow | undefined }
const GROUPS = Object.create(null) as { [key: string]: boolean | undefined }
const NAMES = Object.create(null) as { [prefix: string]: string[] | undefined }
for (const row of SETTING_ROWS) {
  ROWS[row.key] = row
  addName("", row.key)
  for (let dot = row.key.indexOf("."); dot >= 0; dot = row.key.indexOf(".", dot + 1)) {
    GROUPS[row.key.slice(0, dot)] = row.key[dot + 1] >= "0" && row.key[dot + 1] <= "9"
    addName(row.key.slice(0, dot + 1), row.key)
  }
}
const LOWER_KEYS = SETTING_ROWS.map((row) => row.key.toLowerCase())
const LATENCIES = SETTING_ROWS.filter((row) => row.key.includes("latencyMicros")).map((row) => row.key)

function addName(prefix: string, key: string): void {
  const names = (NAMES[prefix] ??= [])
  const [name] = key.slice(prefix.length).split(".")
  if (!names.includes(name)) names.push(name)
}

/** The row of a key; undefined where there is none. */
export function rowOf(key: string): SettingRow | undefined {
  return ROWS[key]
}

export function standardSettings(): Settings {
  const settings: Tree = {}
  for (const row of SETTING_ROWS) write(settings, row.key, row.standard)
  Object.defineProperty(settings, "changes", { value: 0, writable: true })
  return settings as unknown as Settings
}

/**
 * Takes all of `change` (nested, as in SETTINGS.json), or none of it. Returns what is wrong, one sentence each; empty if taken. To
 * `changed` the keys are added whose value is another one now, and `tempo` wherever it is named, since a clock can be tapped.
 */
export function changeSettings(settings: Settings, change: unknown, changed: string[] = []): string[] {
  if (!isTree(change) || Array.isArray(change)) return ["settings are " + show(change) + "; expected an object"]
  const problems: string[] = []
  const before: Before = []
  collect(change, "", settings as unknown as Tree, before, changed, problems)
  if (problems.length === 0) checkTogether(settings, problems)
  if (problems.length > MOST_PROBLEMS) problems[MOST_PROBLEMS] = "the rest was not looked at"
  if (problems.length > 0) takeBack(before, changed)
  else if (before.length > 0) settings.changes++
  return problems
}

/** What stood where before: group, name and value of each change, one behind the other, since XS takes long to make an object. */
type Before = unknown[]

function takeBack(before: Before, changed: string[]): void {
  for (let i = before.length - 3; i >= 0; i -= 3) {
    const into = before[i] as Tree
    into[before[i + 1] as string] = before[i + 2]
    changed.pop()
  }
}

/** `into` is the group that `prefix` names. Ends with one problem more than are named. */
function collect(change: Tree, prefix: string, into: Tree, before: Before, changed: string[], problems: string[]): void {
  const names = Object.keys(change)
  for (let i = 0; i < names.length && problems.length <= MOST_PROBLEMS; i++) {
    const name = names[i]
    const key = prefix + name
    const value = change[name]
    const row = ROWS[key]
    if (row !== undefined) {
      const problem = problemOf(row, value)
      if (problem !== "") problems.push(problem)
      else if (row.isSecret && value === SECRET) continue
      else if (put(into, name, value, key === "tempo", before)) changed.push(key)
    } else if (GROUPS[key] !== undefined) {
      const isList = Array.isArray(value)
      const most = NAMES[key + "."]?.length ?? 0
      if (!isTree(value) || isList !== GROUPS[key])
        problems.push(`${key} is ${show(value)}; expected ${GROUPS[key] ? "a list" : "an object"}`)
      else if (isList && value.length > most) problems.push(`${key} has ${value.length} entries; expected ${most} at most`)
      else collect(value, key + ".", groupAt(into, name), before, changed, problems)
    } else problems.push(`${key} is not a setting${suggestion(key, prefix, problems)}`)
  }
}

/** `name` may have dots. False: the value is there already. */
function put(into: Tree, name: string, value: unknown, always: boolean, before: Before): boolean {
  const dot = name.lastIndexOf(".")
  if (dot >= 0) {
    into = groupAt(into, name.slice(0, dot))
    name = name.slice(dot + 1)
  }
  const old = into[name]
  if (old === value && !always) return false
  before.push(into, name, old)
  into[name] = value
  return true
}

/** `name` may have dots. */
function groupAt(into: Tree, name: string): Tree {
  if (!name.includes(".")) return into[name] as Tree
  let node = into
  for (const part of name.split(".")) node = node[part] as Tree
  return node
}

function problemOf(row: SettingRow, value: unknown): string {
  const expected = expectation(row, value)
  return expected === "" ? "" : `${row.key} is ${row.isSecret ? "not usable" : show(value)}; expected ${expected}`
}

/** What `value` ought to be; empty where it is. */
function expectation(row: SettingRow, value: unknown): string {
  if (row.kind === "flag") return typeof value === "boolean" ? "" : "true or false"
  if (row.kind === "text") return typeof value === "string" && isOfForm(row, value) ? "" : (row.formAbout as string)
  if (row.kind === "choice") {
    const choices = row.choices as readonly unknown[]
    return choices.includes(value) ? "" : (choices.length > 1 ? "one of " : "") + choices.join(", ")
  }
  const isInside = typeof value === "number" && value >= (row.min as number) && value <= (row.max as number)
  const steps = isInside && row.step !== undefined ? value / row.step : 0
  if (isInside && Math.abs(steps - Math.round(steps)) <= 1e-6) return ""
  const range = `${row.min}..${row.max}${row.unit ? " " + row.unit : ""}`
  if (!isInside) return range
  return range + (row.step === 1 ? ", a whole number" : ` in steps of ${row.step}`)
}

/** Does it look like the row's `form`? Where the row tells codes, without the expression, which XS would compile each time, for a millisecond. */
function isOfForm(row: SettingRow, text: string): boolean {
  const { length } = text
  if (row.longest === undefined) return new RegExp(row.form as string).test(text)
  const first = row.firstCode as number
  const last = row.lastCode as number
  if (length === 0 || length > row.longest) return false
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i)
    if (code < first || code > last) return false
  }
  return true
}

/** Rules between settings. */
function checkTogether(settings: Settings, problems: string[]): void {
  if (settings.source !== "cv" && settings.source !== "auto") return
  if (settings.cv.policy !== "follow") return
  const early = LATENCIES.filter((key) => (readSetting(settings, key) as number) < 0)
  if (early.length === 0) return
  const [key] = early
  const others = early.length > 1 ? ` (and ${early.length - 1} more latencies are below 0)` : ""
  problems.push(
    `${key} is ${show(readSetting(settings, key))}${others}; expected 0..50000 µs: with cv.policy "follow" the clock is not predicted, so nothing can leave before its pulse`,
  )
}

/** Settings of nearly that name; where there are none, all that stand beside it. Nothing where `problems` has suggested enough. */
function suggestion(key: string, prefix: string, problems: readonly string[]): string {
  if (problems.length >= MOST_SUGGESTIONS) return ""
  const lower = key.toLowerCase()
  const last = lower.slice(lower.lastIndexOf(".") + 1)
  const near: string[] = []
  for (let i = 0; i < LOWER_KEYS.length && near.length <= MOST_NEAR; i++) {
    const one = LOWER_KEYS[i]
    if (one.endsWith(last) || one.startsWith(lower)) near.push(SETTING_ROWS[i].key)
  }
  if (near.length > 0 && near.length <= MOST_NEAR) return `; did you mean ${near.join(" or ")}?`
  return `; expected one of ${(NAMES[prefix] ?? []).join(", ")}`
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

/** The same as anybody may see it. */
export function shownSetting(settings: Settings, key: string): unknown {
  const value = readSetting(settings, key)
  return rowOf(key)?.isSecret && value !== "" ? SECRET : value
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

function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null
}

function show(value: unknown): string {
  if (value === undefined) return "nothing"
  const text = JSON.stringify(value)
  return text.length > MOST_SHOWN ? text.slice(0, MOST_SHOWN) + "..." : text
}
