/** SETTINGS.json: nested settings, checked against the core's own table, each fault named with file, key, value and range. */
import { changeSettings, standardSettings } from "../../src/settings"
import { BadInput, shown } from "./bad-input"
import { readText } from "./text-file"
import type { NestedSettings } from "./timed-input"
import type { CheckSettings } from "./trace"

/** Judges changes of settings one after the other, each against all before it. */
export function settingsChecker(): CheckSettings {
  const inForce = standardSettings()
  return (set) => {
    const problems = changeSettings(inForce, set)
    return problems.length === 0 ? undefined : problems.join("; ")
  }
}

/** The settings in `file`; none where no file is given. */
export function readSettings(file: string | undefined, check: CheckSettings): NestedSettings {
  if (file === undefined) return {}
  const text = readText(file)
  const settings = parseJson(file, text)
  if (typeof settings !== "object" || settings === null || Array.isArray(settings)) {
    throw new BadInput(`${file}: is ${shown(settings)}; expected an object like {"source": "cv", "cv": {"ppqn": 24}}`)
  }
  // An editor's, not ours.
  const nested: NestedSettings = Object.fromEntries(Object.entries(settings).filter(([key]) => key !== "$schema"))
  const problem = check(nested)
  if (problem !== undefined) throw new BadInput(`${file}${lineOf(text, problem)}: ${problem}`)
  return nested
}

/** `:LINE` of the key that a problem begins with (`cv.ppqn is 3; ...`; of a list, where it begins); nothing where it is not found. */
function lineOf(text: string, problem: string): string {
  const keys = problem.split(/ |\.\d/)[0].split(".")
  let at = 0
  for (const key of keys) {
    const found = text.indexOf(JSON.stringify(key), at)
    if (found < 0) return ""
    at = found
  }
  return `:${text.slice(0, at).split("\n").length}`
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const before = text.slice(0, faultOf(text)).split("\n")
    const place = `${before.length}:${before[before.length - 1].length + 1}`
    throw new BadInput(`${file}:${place}: is not JSON: ${(error as Error).message.split(/ in JSON| \(line|, "|, \.\.\.|\n/)[0]}`)
  }
}

/** Where JSON goes wrong: Node 20 does not say. As long as a beginning is sound, all that is wrong with it is that it ends. */
function faultOf(text: string): number {
  let sound = 0
  let faulty = text.length + 1
  while (faulty - sound > 1) {
    const middle = (sound + faulty) >> 1
    if (isSoundBeginning(text.slice(0, middle))) sound = middle
    else faulty = middle
  }
  return sound
}

function isSoundBeginning(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch (error) {
    const { message } = error as Error
    const position = /at position (\d+)/.exec(message)
    return /end of JSON|Unterminated/.test(message) || Number(position?.[1]) >= text.length
  }
}
