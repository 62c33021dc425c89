/**
 * Everything that is made from the netlists, as file names with their contents. Drawings, bill of materials, KiCad netlist and
 * panel need nothing installed; plots and figures need ngspice.
 */
import { readFileSync } from "node:fs"
import { panelFiles } from "../panel/panel"
import { bomCsv, bomMarkdown, linesOf } from "./bom"
import { deckOf } from "./deck"
import { EXPERIMENTS, measured } from "./experiments/all"
import { figuresOf } from "./figures"
import { kicadNetlist } from "./kicad"
import { loadSheets, type Sheet } from "./netlist"
import { plotOf } from "./plot"
import { schematicOf } from "./schematic"

export const HARDWARE = "boards/hardware"

/** The module's own circuits, and those that stand in for one of them where somebody wants it. */
const standard = () => loadSheets(`${HARDWARE}/netlists`)
const options = () => loadSheets(`${HARDWARE}/netlists/options`)

export function drawings(): Map<string, string> {
  const sheets = standard()
  const lines = linesOf(sheets)
  const files = new Map<string, string>([
    ["bom.csv", bomCsv(lines)],
    ["bom.md", bomMarkdown(lines)],
    ["tactus.net", kicadNetlist(sheets)],
    ...panelFiles(readFileSync(`${HARDWARE}/panel.yaml`, "utf8")),
  ])
  for (const sheet of options()) {
    files.set(`bom-${sheet.name}.md`, bomMarkdown(linesOf([sheet]), `Bill of materials: ${sheet.title}`))
    files.set(`${sheet.name}.net`, kicadNetlist([sheet]))
  }
  const uses = new Map(sheets.flatMap(usesOf))
  sheets.forEach((sheet, index) =>
    files.set(`schematics/${sheet.name}.svg`, schematicOf(sheet, { number: index + 1, of: sheets.length }, uses)),
  )
  for (const sheet of options()) files.set(`schematics/${sheet.name}.svg`, schematicOf(sheet, { number: 1, of: 1 }))
  for (const sheet of [...sheets, ...options()]) {
    if (!(sheet.name in EXPERIMENTS)) continue
    const head = `* ${sheet.title}: the circuit alone; supplies, loads and stimuli are added by tools/hardware/experiments`
    files.set(`spice/${sheet.name}.cir`, [head, ...deckOf({ sheet, title: "", around: [], stopSeconds: 0, stepSeconds: 0 }), ""].join("\n"))
  }
  return files
}

/** Which circuit is at which pin of the microcontroller. */
function usesOf({ name, instances }: Sheet): [string, string][] {
  return instances.flatMap(({ name: instance, gpio }): [string, string][] =>
    gpio === undefined ? [] : [[gpio, instances.length === 1 ? instance : `${name}: ${instance}`]],
  )
}

/** Runs every simulation: some seconds. */
export function simulations(): Map<string, string> {
  const sheets = [...standard(), ...options()].filter((sheet) => sheet.name in EXPERIMENTS)
  const results = new Map(sheets.map((sheet) => [sheet, measured(sheet)]))
  const files = new Map([["figures.md", figuresOf(results)]])
  for (const [sheet, result] of results)
    for (const picture of result.pictures) files.set(`plots/${sheet.name}-${picture.name}.svg`, plotOf(picture))
  return files
}
