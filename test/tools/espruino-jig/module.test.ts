/**
 * The two halves of the project against each other: the jig, as it is sent to a board, clocks and measures the module in the
 * simulator. What the jig reads off the wires must be what the module's own recording says, figure by figure.
 */
import { strict as assert } from "node:assert"
import { readFileSync } from "node:fs"
import { minify } from "../../../tools/espruino-jig/build"
import { unavailable } from "../../support/needs"
import { intervals, Rack } from "../../support/rack"
import { FakeEspruino } from "./fake-espruino"

interface Edge {
  readonly time: number
  readonly level: number
}

describe("the jig on the bench with the module", function () {
  let code = ""

  before(function () {
    try {
      code = readFileSync(minify(), "utf8")
    } catch (error) {
      unavailable(this, (error as Error).message)
    }
  })

  /** Plays `command` on a board whose pins D6.. carry the given edges (ms); what its clock did and what it reported. */
  function play(command: string, milliseconds: number, wires: Record<string, readonly Edge[]>): { clock: Edge[]; report: string } {
    const board = new FakeEspruino()
    const clock: Edge[] = []
    board.busy = 11
    board.listen("D2", (level) => {
      clock.push({ time: board.time, level })
      board.drive("D5", level)
    })
    for (const [pin, edges] of Object.entries(wires)) for (const { time, level } of edges) board.at(time, () => board.drive(pin, level))
    board.type(code)
    board.type(command)
    board.run(milliseconds)
    board.printed.length = 0
    board.type("report()")
    return { clock, report: board.printed.join("\n") }
  }

  function reported(report: string, line: string): { mean: number; sd: number; least: number; most: number; count: number } {
    const match = new RegExp(`^${line}: mean (\\S+) sd (\\S+) least (\\S+) most (\\S+) \\((\\d+)\\)$`, "m").exec(report)
    assert.ok(match, `no line "${line}" in:\n${report}`)
    const [mean, sd, least, most, count] = match.slice(1).map(Number)
    return { mean, sd, least, most, count }
  }

  it("reads the same figures off the module's sync and clock outputs as the module's recording has", () => {
    const command = "clock({ bpm: 120, jitter: 2, pulses: 64 })"
    const { clock } = play(command, 33_000, {})
    const rack = new Rack()
    const first = 200
    for (const { time, level } of clock) rack.level("cv", (time + first) * 1000, level)
    const outcome = rack.run()
    const edges = (port: "sync1" | "clock"): Edge[] => outcome.levels(port).map(({ time, level }) => ({ time: time / 1000 - first, level }))
    const { report } = play(command, 33_000, { D6: edges("sync1"), D7: edges("clock") })

    const rises = outcome.rises("sync1").map((time) => time / 1000)
    const expected = intervals(rises)
    const periods = reported(report, "out1: period ms")
    assert.ok(rises.length > 100, `${rises.length} sync pulses`)
    assert.equal(periods.count, expected.length)
    assert.ok(Math.abs(periods.mean - expected.reduce((sum, value) => sum + value, 0) / expected.length) < 0.001)
    assert.ok(Math.abs(periods.least - Math.min(...expected)) < 0.002 && Math.abs(periods.most - Math.max(...expected)) < 0.002)
    assert.ok(Math.abs(reported(report, "out1: width ms").mean - 15) < 0.001)

    const input = reported(report, "clock: period ms")
    assert.ok(input.sd > 1, "the jig's own clock hardly jitters")
    assert.ok(periods.sd < input.sd, `the module passes on more jitter (${periods.sd}) than it got (${input.sd})`)
    assert.equal(reported(report, "out2: period ms").count, outcome.rises("clock").length - 1)
  })
})
