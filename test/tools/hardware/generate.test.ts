/**
 * The committed drawings, lists, plots and figures are those the tool makes from the netlists today, so that no drawing can disagree
 * with the simulation. Numbers that come out of a simulation may differ in their last digits between builds of ngspice.
 */
import { strict as assert } from "node:assert"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { drawings, HARDWARE, simulations } from "../../../tools/hardware/generate"
import { loadSheets, placeAll } from "../../../tools/hardware/netlist"
import { needs } from "../../support/needs"

const STALE = "is not what `npm run hardware` makes"

function committed(name: string): string {
  return readFileSync(join(HARDWARE, name), "utf8")
}

/** Words must agree exactly, numbers to 3 % or 0.01, and curves to two pixels everywhere: simulators differ in their last digits. */
function alike(a: string, b: string): boolean {
  const number = /-?\d+(?:\.\d+)?/g
  const curve = / d="M([^"]*)"/g
  const words = (text: string): string => text.replace(curve, "").replace(number, "#")
  const numbers = (text: string): number[] => (text.replace(curve, "").match(number) ?? []).map(Number)
  const curves = (text: string): string[] => [...text.matchAll(curve)].map((match) => match[1])
  const close = (x: number, y: number): boolean => Math.abs(x - y) <= 0.03 * Math.max(Math.abs(x), Math.abs(y)) + 0.01
  return (
    words(a) === words(b) &&
    numbers(a).every((value, index) => close(value, numbers(b)[index])) &&
    curves(a).length === curves(b).length &&
    curves(a).every((text, index) => sameCurve(text, curves(b)[index]))
  )
}

function sameCurve(a: string, b: string): boolean {
  if (/[HV]/.test(a)) return a === b
  const points = (text: string): number[][] => text.split("L").map((point) => point.split(" ").map(Number))
  const [one, other] = [points(a), points(b)]
  return one.every((point) => isNear(point, other)) && other.every((point) => isNear(point, one))
}

function isNear([x, y]: readonly number[], curve: readonly (readonly number[])[]): boolean {
  return curve.slice(1).some(([bx, by], index) => {
    const [ax, ay] = curve[index]
    const square = (bx - ax) ** 2 + (by - ay) ** 2
    const along = square === 0 ? 0 : Math.max(0, Math.min(1, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / square))
    return Math.hypot(x - ax - along * (bx - ax), y - ay - along * (by - ay)) <= 2
  })
}

describe("what is made from the netlists", function () {
  it("is committed as made: drawings, decks, lists and panel", () => {
    for (const [name, content] of drawings()) assert.ok(committed(name) === content, `${name} ${STALE}`)
  })

  it("is committed as made: plots and figures; and nothing lies about that nothing makes any more", function () {
    needs(this, "ngspice")
    const simulated = simulations()
    for (const [name, content] of simulated) assert.ok(alike(committed(name), content), `${name} ${STALE}`)
    const made = new Set([...drawings().keys(), ...simulated.keys()])
    for (const directory of ["schematics", "plots", "spice"])
      for (const file of readdirSync(join(HARDWARE, directory)))
        assert.ok(made.has(`${directory}/${file}`), `${directory}/${file} is made by nothing`)
  })
})

type Expression = string | Expression[]

/** A reader of s-expressions, written for this test alone. */
function parseExpression(text: string): Expression {
  const tokens = text.match(/"(?:\\.|[^"\\])*"|[()]|[^\s()"]+/g)!
  const read = (): Expression => {
    const token = tokens.shift()!
    if (token !== "(") return token.startsWith('"') ? (JSON.parse(token) as string) : token
    const list: Expression[] = []
    while (tokens[0] !== ")") list.push(read())
    tokens.shift()
    return list
  }
  const whole = read()
  assert.equal(tokens.length, 0, "something stands after the end")
  return whole
}

function field(list: Expression, name: string): Expression[] {
  const found = (list as Expression[]).find((item) => Array.isArray(item) && item[0] === name)
  assert.ok(found, `no (${name} ...)`)
  return found as Expression[]
}

describe("the KiCad netlist", () => {
  const netlist = parseExpression(committed("tactus.net"))
  const components = field(netlist, "components").slice(1)
  const nets = field(netlist, "nets").slice(1)

  it("lists every part of the module once, with a footprint", () => {
    const references = components.map((component) => field(component, "ref")[1] as string)
    const expected = new Set(placeAll(loadSheets(`${HARDWARE}/netlists`)).map(({ reference }) => reference))
    assert.equal(new Set(references).size, references.length)
    assert.deepEqual([...references].sort(), [...expected].sort())
    for (const component of components) assert.match(field(component, "footprint")[1] as string, /^[\w.]+:\S+$/)
  })

  it("puts each package pin on one net, and at least two pins on every net", () => {
    const seen = new Map<string, string>()
    for (const net of nets) {
      const name = field(net, "name")[1] as string
      const nodes = (net as Expression[]).filter((item) => Array.isArray(item) && item[0] === "node")
      assert.ok(nodes.length > 1, `net ${name} ends nowhere`)
      for (const node of nodes) {
        const terminal = `${field(node, "ref")[1] as string}.${field(node, "pin")[1] as string}`
        assert.ok(!seen.has(terminal), `${terminal} is on ${name} and on ${seen.get(terminal)}`)
        seen.set(terminal, name)
      }
    }
    assert.equal(seen.get("U2.14"), "5V")
    assert.equal(seen.get("U7.4"), "GP2")
    assert.equal(seen.get("J101.T"), "cv.tip")
  })

  it("names only parts it lists", () => {
    const references = new Set(components.map((component) => field(component, "ref")[1] as string))
    for (const net of nets)
      for (const node of (net as Expression[]).filter((item) => Array.isArray(item) && item[0] === "node"))
        assert.ok(references.has(field(node, "ref")[1] as string))
  })
})
