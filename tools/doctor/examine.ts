/** The examination, from the first question to the verdict. Who moves the cables, and where the lines go, is the caller's. */
import { Conversation, type ModuleWire, type TestResult } from "./conversation"
import { judgeCounters, judgeTest, type Counted } from "./judgement"
import { panelName, type Loop } from "./plan"

/** The first question may come while the module starts; a refusal may pass. */
const TRIES = 8
const BETWEEN_MILLISECONDS = 1000

export interface Patient {
  readonly wire: ModuleWire
  readonly name: string
  /** The version this doctor belongs to. */
  readonly expected: string
  readonly loops: readonly Loop[]
  /** Has the cable put in; false: this jack is left out. */
  patch(loop: Loop): Promise<boolean>
  wait(milliseconds: number): Promise<void>
  say(line: string): void
}

/** Tells what it finds; returns what is wrong, in a line each. */
export async function examine(patient: Patient): Promise<string[]> {
  const talk = new Conversation(patient.wire)
  const version = await talk.version()
  if (version === undefined) return [`${patient.name} does not answer; expected an identity reply`]
  const isOther = version !== patient.expected
  patient.say(`tactus ${version} on ${patient.name}${isOther ? `; this doctor is of ${patient.expected}` : ""}`)
  const before = await talk.counters()
  if (before === undefined) return ["the module does not tell its counters; expected an answer to SysEx F0 7D 74 63 08 F7"]
  const counted = judgeCounters(before)
  sayCounters(patient, "Counted since power-up", counted)
  const wrong = counted.filter(({ isWrong }) => isWrong).map(({ name, value, meaning }) => `${name} ${value}: ${meaning}`)
  if (patient.loops.length > 0) wrong.push(...(await testJacks(patient, talk)), ...(await since(talk, before)))
  return wrong
}

async function testJacks(patient: Patient, talk: Conversation): Promise<string[]> {
  const wrong: string[] = []
  patient.say("")
  patient.say(row("Cable", "heard", "delay us: least", "mean", "most", "deviation", "width", ""))
  // Asked once before any cable is in: a module that still runs would clock itself through it, and each question keeps it going.
  await test(patient, talk, patient.loops[0])
  for (const loop of patient.loops) {
    const cable = `${panelName(loop.output, "out")} -> ${panelName(loop.input, "in")}`
    if (!(await patient.patch(loop))) {
      patient.say(row(cable, "-", "", "", "", "", "", "left out"))
      continue
    }
    const result = await test(patient, talk, loop)
    const problem = typeof result === "string" ? result : judgeTest(result)
    if (problem !== "") wrong.push(`${cable}: ${problem}`)
    if (typeof result === "string") patient.say(row(cable, "-", "", "", "", "", "", `WRONG: ${problem}`))
    else patient.say(resultRow(cable, result, problem))
  }
  return wrong
}

/** A refusal is waited out: a clock that was there a moment ago has to be forgotten first. */
async function test(patient: Patient, talk: Conversation, loop: Loop): Promise<TestResult | string> {
  for (let i = 1; ; i++) {
    const result = await talk.test(loop.output, loop.input)
    if (result === undefined) return "no answer; is the module's firmware older than this doctor?"
    if (typeof result === "object" || result.startsWith("expected") || i === TRIES) return result
    await patient.wait(BETWEEN_MILLISECONDS)
  }
}

/** Faults that the examination itself has brought about. */
async function since(talk: Conversation, before: Readonly<Record<string, number>>): Promise<string[]> {
  const after = await talk.counters()
  if (after === undefined) return ["the module has stopped answering"]
  const more = Object.fromEntries(Object.entries(after).map(([name, value]) => [name, value - (before[name] ?? 0)]))
  return judgeCounters(more)
    .filter(({ isWrong }) => isWrong)
    .map(({ name, value, meaning }) => `${name} rose by ${value} during the test: ${meaning}`)
}

function sayCounters(patient: Patient, title: string, counted: readonly Counted[]): void {
  patient.say("")
  patient.say(title)
  for (const { name, value, isWrong, meaning } of counted) {
    const text = isWrong ? `WRONG: ${meaning}` : meaning
    patient.say(`  ${name.padEnd(16)}${String(value).padStart(8)}  ${text}`.trimEnd())
  }
}

function resultRow(cable: string, { sent, caught, delay, width }: TestResult, problem: string): string {
  const figures = [delay?.least, delay?.mean, delay?.most, delay?.deviation, width].map((figure) => figure?.toString() ?? "")
  return row(cable, `${caught}/${sent}`, ...figures, problem === "" ? "ok" : `WRONG: ${problem}`)
}

function row(...cells: readonly string[]): string {
  const widths = [24, 8, 16, 8, 8, 11, 8]
  return cells
    .map((cell, i) => (i === 0 ? cell.padEnd(widths[0]) : i < widths.length ? cell.padStart(widths[i]) : `  ${cell}`))
    .join("")
    .trimEnd()
}
