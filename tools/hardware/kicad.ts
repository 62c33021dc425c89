/**
 * The whole module as a KiCad netlist (the s-expression form pcbnew imports through File > Import > Netlist): every part with its
 * value and footprint, every net with the package pins on it. Whoever lays out a board starts from the very netlist that was simulated.
 */
import { footprintOf } from "./bom"
import { KINDS } from "./library"
import { placeAll, type Sheet } from "./netlist"

export function kicadNetlist(sheets: readonly Sheet[]): string {
  const components = new Map<string, string>()
  const nets = new Map<string, Set<string>>()
  for (const { reference, part, connections } of placeAll(sheets)) {
    const [library, symbol] = KINDS[part.kind].symbol.split(":")
    components.set(
      reference,
      `    (comp (ref ${quoted(reference)})\n      (value ${quoted(part.value)})\n      (footprint ${quoted(footprintOf(part))})\n      (libsource (lib ${quoted(library)}) (part ${quoted(symbol)}) (description "")))`,
    )
    for (const { pin, net } of connections) {
      const nodes = nets.get(net) ?? new Set()
      nodes.add(`      (node (ref ${quoted(reference)}) (pin ${quoted(pin)}))`)
      nets.set(net, nodes)
    }
  }
  const listed = [...nets]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, nodes], index) => `    (net (code ${quoted(String(index + 1))}) (name ${quoted(name)})\n${[...nodes].join("\n")})`)
  return [
    `(export (version "E")`,
    `  (design (source "boards/hardware/netlists") (tool "tactus"))`,
    `  (components`,
    `${[...components.values()].join("\n")})`,
    `  (nets`,
    `${listed.join("\n")}))`,
    ``,
  ].join("\n")
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, "\\$&")}"`
}
