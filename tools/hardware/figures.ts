/** The figures of every simulation as a page: levels and times in full, and each part's ratings as the worst it ever saw. */
import { type Finding, holds, short } from "./measure"
import { referenceOf, type Sheet } from "./netlist"
import type { Result } from "./experiments/experiment"

const RATING = /^([A-Z]+\d+) ([^,]+), (.*)$/

export function figuresOf(results: ReadonlyMap<Sheet, Result>): string {
  const pages = [...results].flatMap(([sheet, result]) => {
    const ratings = result.findings.filter(isRating)
    return [
      `## ${sheet.title}`,
      "",
      `![schematic](schematics/${sheet.name}.svg)`,
      "",
      "| what | simulated | bounds |",
      "|---|---:|---|",
      ...result.findings.filter((finding) => !isRating(finding)).map(row),
      "",
      "Worst load on each part:",
      "",
      "| part | worst | rated | when |",
      "|---|---:|---:|---|",
      ...worst(ratings, nameOf(sheet)),
      "",
      ...result.pictures.flatMap((picture) => [`![${picture.title}](plots/${sheet.name}-${picture.name}.svg)`, ""]),
    ]
  })
  return [
    "# What the simulations measured",
    "",
    "Made by `npm run hardware` with ngspice from the netlists; `npm test` asserts every line.",
    "",
    ...pages,
  ].join("\n")
}

/** A part's name as its drawing has it: the board's, where the circuit stands once. */
function nameOf(sheet: Sheet): (name: string) => string {
  if (sheet.instances.length > 1) return (name) => name
  const names = new Map(sheet.parts.map((part) => [part.name, referenceOf(part, sheet.instances[0])]))
  return (name) => names.get(name) ?? name
}

function isRating(finding: Finding): boolean {
  return RATING.test(finding.what) && finding.least === undefined
}

function row(finding: Finding): string {
  const bounds =
    finding.least === undefined
      ? `at most ${finding.most}`
      : finding.most === undefined
        ? `at least ${finding.least}`
        : finding.least === finding.most
          ? `exactly ${finding.least}`
          : `${finding.least} .. ${finding.most}`
  return `| ${finding.what} | ${short(finding.value)} ${finding.unit} | ${bounds}${holds(finding) ? "" : " **out of bounds**"} |`
}

/** Of each part's each rating, the case that came nearest to it; only the rating nearest its limit is shown for a resistor. */
function worst(findings: readonly Finding[], nameOf: (name: string) => string): string[] {
  const seen = new Map<string, { finding: Finding; when: string }>()
  for (const finding of findings) {
    const [, part, rating, when] = RATING.exec(finding.what)!
    const key = `${part} ${rating}`
    const known = seen.get(key)
    if (known === undefined || finding.value > known.finding.value) seen.set(key, { finding, when })
  }
  return [...seen]
    .filter(([key]) => !/^[RC]\d+ voltage$/.test(key) || /^C/.test(key))
    .map(
      ([key, { finding, when }]) =>
        `| ${key.replace(/^\w+/, nameOf)} | ${short(finding.value)} ${finding.unit} | ${finding.most} ${finding.unit} | ${when} |`,
    )
}
