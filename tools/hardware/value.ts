/**
 * Values as one writes them on a schematic: "47k", "4k7", "100n", "22u", "470". SPICE reads "M" as milli and knows nothing of
 * "4k7", so decks carry plain numbers.
 */
const MULTIPLIERS: Record<string, number> = { p: 1e-12, n: 1e-9, u: 1e-6, m: 1e-3, "": 1, R: 1, k: 1e3, M: 1e6 }

/** Ohms or farads. Throws an Error with a one-line message when `text` is no such value. */
export function parseValue(text: string): number {
  const match = /^(\d+(?:\.\d+)?)([pnumRkM]?)(\d*)$/.exec(text)
  if (match === null || (match[3] !== "" && (match[2] === "" || match[1].includes("."))))
    throw new Error(`"${text}" is not a component value; expected something like 47k, 4k7, 100n or 470`)
  return Number(match[3] === "" ? match[1] : `${match[1]}.${match[3]}`) * MULTIPLIERS[match[2]]
}
