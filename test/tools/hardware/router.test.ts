import { strict as assert } from "node:assert"
import { route } from "../../../tools/hardware/router"
import type { Point } from "../../../tools/hardware/symbols"

function routed(nets: Record<string, Point[]>, blocked: Point[] = []) {
  return route(new Map(Object.entries(nets)), blocked, 20, 20)
}

describe("the router of the schematics", () => {
  it("joins two terminals on a line by one straight wire", () => {
    assert.deepEqual(
      routed({
        a: [
          [2, 5],
          [9, 5],
        ],
      }),
      { wires: [{ from: [2, 5], to: [9, 5] }], junctions: [] },
    )
  })

  it("puts a dot where three wires of a net meet, and none where two nets cross", () => {
    assert.deepEqual(
      routed({
        a: [
          [2, 5],
          [9, 5],
          [5, 9],
        ],
      }).junctions,
      [[5, 5]],
    )
    assert.deepEqual(
      routed({
        a: [
          [2, 5],
          [9, 5],
        ],
        b: [
          [5, 2],
          [5, 9],
        ],
      }).junctions,
      [],
    )
  })

  it("goes round what stands in the way, and round the terminals of others", () => {
    const { wires } = routed(
      {
        a: [
          [2, 5],
          [9, 5],
        ],
        b: [
          [7, 5],
          [7, 5],
        ],
      },
      [[5, 5]],
    )
    const passes = (x: number, y: number): boolean =>
      wires.some(
        ({ from, to }) =>
          x >= Math.min(from[0], to[0]) && x <= Math.max(from[0], to[0]) && y >= Math.min(from[1], to[1]) && y <= Math.max(from[1], to[1]),
      )
    assert.ok(!passes(5, 5) && !passes(7, 5))
    assert.ok(passes(2, 5) && passes(9, 5))
  })

  it("says which net found no way", () => {
    const cage: Point[] = [
      [8, 5],
      [10, 5],
      [9, 4],
      [9, 6],
    ]
    assert.throws(
      () =>
        routed(
          {
            lost: [
              [2, 5],
              [9, 5],
            ],
          },
          cage,
        ),
      /net "lost" finds no way/,
    )
  })
})
