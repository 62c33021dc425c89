/** The jig as it is sent to a board, minified, on a fake of the calls it makes, with a device under test of known faults. */
import { strict as assert } from "node:assert"
import { readFileSync } from "node:fs"
import { minify } from "../../../tools/espruino-jig/build"
import { unavailable } from "../../support/needs"
import { FakeEspruino } from "./fake-espruino"

interface Edge {
  readonly time: number
  readonly level: number
}

function edgesOf(board: FakeEspruino, pin: string): Edge[] {
  const edges: Edge[] = []
  board.listen(pin, (level) => edges.push({ time: board.time, level }))
  return edges
}

function starts(edges: readonly Edge[]): number[] {
  return edges.filter(({ level }) => level === 1).map(({ time }) => time)
}

describe("the Espruino jig, minified", function () {
  let code = ""

  before(function () {
    try {
      code = readFileSync(minify(), "utf8")
    } catch (error) {
      unavailable(this, (error as Error).message)
    }
  })

  /** A board with the jig on it, its clock wired back to D5. */
  function bench(): FakeEspruino {
    const board = new FakeEspruino()
    board.listen("D2", (level) => board.drive("D5", level))
    board.type(code)
    return board
  }

  function report(board: FakeEspruino): string {
    board.printed.length = 0
    board.type("report()")
    return board.printed.join("\n")
  }

  it("keeps to the language Espruino has", () => {
    assert.doesNotMatch(
      code,
      /=>|\bclass\b|\blet\b|\bconst\b|\.\.\.|`|function\s*\*|\byield\b|\basync\b|\bnew (Map|Set|WeakMap)\b|\bSymbol\b|\d+n\b/,
    )
    assert.doesNotMatch(code, /\brequire\(/, "a module was left for the board to find")
    assert.ok(code.length < 8000, `${code.length} characters`)
  })

  it("sends every pulse of a clock on its microsecond, however slow the interpreter", () => {
    for (const busy of [0, 150]) {
      const board = bench()
      board.busy = busy
      const edges = edgesOf(board, "D2")
      board.type("clock({ bpm: 128, ppqn: 4, width: 3, pulses: 200 })")
      board.run(60_000)
      const times = starts(edges)
      assert.equal(times.length, 200)
      times.forEach((time, pulse) => assert.ok(Math.abs(time - times[0] - (pulse * 60_000) / 512) < 0.001, `pulse ${pulse} at ${time}`))
      for (let index = 0; index < edges.length; index += 2) assert.ok(Math.abs(edges[index + 1].time - edges[index].time - 3) < 0.001)
      assert.match(report(board), /sent 200 pulses, ran dry 0 times/)
    }
  })

  it("jitters as much as asked, the same for the same seed, without drifting", () => {
    const run = (seed: number): number[] => {
      const board = bench()
      const edges = edgesOf(board, "D2")
      board.type(`clock({ bpm: 120, ppqn: 2, jitter: 2, seed: ${seed}, pulses: 400 })`)
      board.run(110_000)
      return starts(edges).map((time, pulse, all) => time - all[0] - pulse * 250)
    }
    const errors = run(1)
    assert.equal(errors.length, 400)
    assert.ok(Math.max(...errors.map(Math.abs)) <= 2)
    assert.ok(Math.max(...errors) > 1.8 && Math.min(...errors) < -1.8, "hardly any jitter")
    assert.ok(Math.abs(errors.reduce((sum, error) => sum + error, 0) / 400) < 0.2, "the jitter leans to one side")
    assert.deepEqual(run(1), errors)
    assert.notDeepEqual(run(2), errors)
  })

  it("makes faults on request: missing and doubled pulses, glitches, a step of tempo", () => {
    const board = bench()
    const edges = edgesOf(board, "D2")
    board.type("clock({ bpm: 120, missing: 10, doubled: 7, glitch: 5, stepAfter: 20, stepBpm: 140 })")
    board.run(29_000)
    board.type("silence()")
    const due = (pulse: number): number => edges[0].time + Math.min(pulse, 20) * 500 + Math.max(0, pulse - 20) * (60_000 / 140)
    const widthAt = (time: number): number => {
      const index = edges.findIndex((edge) => edge.level === 1 && Math.abs(edge.time - time) < 0.001)
      return index < 0 ? 0 : edges[index + 1].time - edges[index].time
    }
    const near = (value: number, wanted: number): boolean => Math.abs(value - wanted) < 0.001
    for (let pulse = 0; pulse < 40; pulse++) {
      const missing = pulse > 0 && pulse % 10 === 0
      assert.ok(near(widthAt(due(pulse)), missing ? 0 : 5), `pulse ${pulse}`)
      assert.ok(near(widthAt(due(pulse) + 9), !missing && pulse > 0 && pulse % 7 === 0 ? 5 : 0), `a second pulse after ${pulse}`)
      const spike = widthAt((due(pulse) + due(pulse + 1)) / 2)
      assert.ok(near(spike, !missing && pulse > 0 && pulse % 5 === 0 ? 0.02 : 0), `a glitch after ${pulse}`)
    }
  })

  it("measures a device's period, width and delay by the stamps of the interrupts, not by when it gets round to them", () => {
    const board = bench()
    board.busy = 7
    let pulse = 0
    board.listen("D2", (level) => {
      if (level === 0) return
      const delay = 1.5 + 0.25 * (pulse++ % 3)
      board.at(board.time + delay, () => board.drive("D6", 1))
      board.at(board.time + delay + 15, () => board.drive("D6", 0))
    })
    board.type("clock({ bpm: 120, ppqn: 2, pulses: 97 })")
    board.run(30_000)
    const text = report(board)
    assert.match(text, /^clock: period ms: mean 250\.000 sd 0\.000 least 250\.000 most 250\.000 \(96\)$/m)
    assert.match(text, /^clock: 240\.000 pulses a minute$/m)
    assert.match(text, /^out1: period ms: mean 250\.000 sd 0\.3\d\d least 249\.500 most 250\.250 \(96\)$/m)
    assert.match(text, /^out1: width ms: mean 15\.000 sd 0\.000 least 15\.000 most 15\.000 \(97\)$/m)
    assert.match(text, /^out1: after the clock ms: mean 1\.7\d\d sd 0\.2\d\d least 1\.500 most 2\.000 \(97\)$/m)
    assert.doesNotMatch(text, /out2|not to be trusted/)
  })

  it("reads an active-low signal, as a MIDI clock byte is: 128 us low", () => {
    const board = bench()
    board.drive("D9", 1)
    board.listen("D2", (level) => {
      if (level === 0) return
      board.at(board.time + 0.004, () => board.drive("D9", 0))
      board.at(board.time + 0.132, () => board.drive("D9", 1))
    })
    board.type("clock({ bpm: 120, ppqn: 24, pulses: 49 })")
    board.run(5000)
    const text = report(board)
    assert.match(text, /^midi: width ms: mean 0\.128 .*\(49\)$/m)
    assert.match(text, /^midi: after the clock ms: mean 0\.004 .*\(49\)$/m)
  })

  it("says so when the clock ran dry or the board lost events", () => {
    const board = bench()
    board.busy = 3000
    board.type("clock({ bpm: 240, ppqn: 1, pulses: 40 })")
    board.run(40_000)
    board.errors = ["FIFO_FULL"]
    const text = report(board)
    assert.match(text, /sent 40 pulses, ran dry [1-9]\d* times/)
    assert.match(text, /not to be trusted: the board lost events: FIFO_FULL/)
  })

  it("holds and pulses the run and reset lines, and refuses what it does not understand", () => {
    const board = bench()
    const run = edgesOf(board, "D3")
    const reset = edgesOf(board, "D4")
    board.type('line("run", 1); pulse("reset")')
    board.run(20)
    assert.deepEqual(run, [{ time: 0, level: 1 }])
    assert.deepEqual(reset, [
      { time: 0, level: 1 },
      { time: 5, level: 0 },
    ])
    board.printed.length = 0
    board.type('line("clock", 1); clock(); clock({ bpm: -1 })')
    assert.deepEqual(board.printed, ['line wants "run" or "reset"', ...Array(2).fill("clock wants a tempo: clock({ bpm: 120, ppqn: 4 })")])
  })
})
