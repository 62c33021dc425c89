/**
 * Draws the wires: parts stand where the netlist puts them, and each net finds its own way between its terminals on the grid, right
 * angles only, by least cost (length, bends, crossings). Wires of two nets may cross but never share a stretch or touch an end, so a
 * drawing can be ugly but not wrong.
 */
import type { Point } from "./symbols"

interface Wire {
  readonly from: Point
  readonly to: Point
}

interface Routed {
  readonly wires: readonly Wire[]
  readonly junctions: readonly Point[]
}

const BEND = 4
const CROSSING = 6
const STEPS: readonly Point[] = [
  [1, 0],
  [0, 1],
  [-1, 0],
  [0, -1],
]

/** `nets`: the terminals of each net. `blocked`: grid points inside parts. Throws an Error naming the net that finds no way. */
export function route(nets: ReadonlyMap<string, readonly Point[]>, blocked: readonly Point[], width: number, height: number): Routed {
  const owner = new Map<string, string>()
  const walls = new Set(blocked.map(key))
  for (const [net, terminals] of nets) for (const terminal of terminals) owner.set(key(terminal), net)
  const edges = new Map<string, string>()
  for (const [net, terminals] of [...nets].sort((a, b) => spread(a[1]) - spread(b[1]))) {
    const tree = new Set([key(terminals[0])])
    for (const goal of [...terminals.slice(1)].sort((a, b) => distance(a, terminals[0]) - distance(b, terminals[0]))) {
      if (tree.has(key(goal))) continue
      for (const [from, to] of way(net, tree, goal, owner, edges, walls, width, height)) {
        edges.set(edgeKey(from, to), net)
        tree.add(key(from)).add(key(to))
      }
    }
  }
  return { wires: merged(edges), junctions: junctions(edges, nets) }
}

function key([x, y]: Point): string {
  return `${x},${y}`
}

function edgeKey(a: Point, b: Point): string {
  return a[0] + a[1] < b[0] + b[1] ? `${key(a)} ${key(b)}` : `${key(b)} ${key(a)}`
}

function distance(a: Point, b: Point): number {
  return Math.abs(a[0] - b[0]) + Math.abs(a[1] - b[1])
}

function spread(points: readonly Point[]): number {
  return points.reduce((most, point) => Math.max(most, distance(point, points[0])), 0)
}

/** Dijkstra over (point, heading) from anywhere on the net's tree to the goal. */
function way(
  net: string,
  tree: ReadonlySet<string>,
  goal: Point,
  owner: ReadonlyMap<string, string>,
  edges: ReadonlyMap<string, string>,
  walls: ReadonlySet<string>,
  width: number,
  height: number,
): [Point, Point][] {
  interface State {
    readonly at: Point
    readonly heading: number
    readonly cost: number
    readonly before?: State
  }
  const best = new Map<string, number>()
  let frontier: State[] = [...tree].map((text) => ({ at: text.split(",").map(Number) as unknown as Point, heading: -1, cost: 0 }))
  while (frontier.length > 0) {
    const next = frontier.reduce((a, b) => (b.cost < a.cost ? b : a))
    frontier = frontier.filter((state) => state !== next)
    if (key(next.at) === key(goal)) {
      const path: [Point, Point][] = []
      for (let state: State = next; state.before !== undefined; state = state.before) path.push([state.before.at, state.at])
      return path
    }
    STEPS.forEach((step, heading) => {
      const at: Point = [next.at[0] + step[0], next.at[1] + step[1]]
      if (at[0] < 0 || at[1] < 0 || at[0] > width || at[1] > height) return
      const holder = owner.get(key(at))
      if (walls.has(key(at)) || (holder !== undefined && holder !== net) || edges.has(edgeKey(next.at, at))) return
      const others = STEPS.map((s) => edges.get(edgeKey(at, [at[0] + s[0], at[1] + s[1]]))).map((n) => n !== undefined && n !== net)
      const straightAcross = others[(heading + 1) % 4] && others[(heading + 3) % 4] && !others[heading]
      if (others.includes(true) && !straightAcross) return
      const here = STEPS.map((s) => edges.get(edgeKey(next.at, [next.at[0] + s[0], next.at[1] + s[1]]))).some(
        (n) => n !== undefined && n !== net,
      )
      const bends = next.heading !== -1 && heading !== next.heading
      if (here && bends) return
      const cost = next.cost + 1 + (bends ? BEND : 0) + (straightAcross ? CROSSING : 0)
      const state = `${key(at)} ${heading}`
      if (cost >= (best.get(state) ?? Infinity)) return
      best.set(state, cost)
      frontier.push({ at, heading, cost, before: next })
    })
  }
  throw new Error(`net "${net}" finds no way to ${key(goal)}: move a part`)
}

/** Unit edges joined into the longest straight lines. */
function merged(edges: ReadonlyMap<string, string>): Wire[] {
  const left = new Map(edges)
  const wires: Wire[] = []
  for (const [text, net] of edges) {
    if (!left.has(text)) continue
    left.delete(text)
    let [from, to] = text.split(" ").map((point) => point.split(",").map(Number) as unknown as Point)
    const step: Point = [to[0] - from[0], to[1] - from[1]]
    for (
      let next: Point = [to[0] + step[0], to[1] + step[1]];
      left.get(edgeKey(to, next)) === net;
      next = [to[0] + step[0], to[1] + step[1]]
    ) {
      left.delete(edgeKey(to, next))
      to = next
    }
    for (
      let next: Point = [from[0] - step[0], from[1] - step[1]];
      left.get(edgeKey(next, from)) === net;
      next = [from[0] - step[0], from[1] - step[1]]
    ) {
      left.delete(edgeKey(next, from))
      from = next
    }
    wires.push({ from, to })
  }
  return wires
}

/** Points where three or more stretches or terminals of one net meet. */
function junctions(edges: ReadonlyMap<string, string>, nets: ReadonlyMap<string, readonly Point[]>): Point[] {
  const degrees = new Map<string, number>()
  for (const [text, net] of edges)
    for (const point of text.split(" ")) degrees.set(`${net} ${point}`, (degrees.get(`${net} ${point}`) ?? 0) + 1)
  for (const [net, terminals] of nets)
    for (const terminal of terminals) {
      const name = `${net} ${key(terminal)}`
      if (degrees.has(name)) degrees.set(name, degrees.get(name)! + 1)
    }
  return [...degrees].filter(([, degree]) => degree > 2).map(([name]) => name.split(" ")[1].split(",").map(Number) as unknown as Point)
}
