/**
 * A train of pulses and what comes in its way. A standard pulse is committed whole, so what is heard later cannot cut it: then the next
 * edge has to wait for its fall. Times in microseconds, one tick a millisecond unless said.
 */
import { strict as assert } from "node:assert"
import { OUT_SYNC, valueOf } from "../../src/event"
import { GateOutput } from "../../src/output/gate"
import { Timeline } from "../../src/timeline"
import { RUNNING, Transport } from "../../src/transport"

interface Edge {
  time: number
  level: number
}

class Bench {
  readonly line = new Timeline()
  readonly transport = new Transport()
  readonly gate = new GateOutput(OUT_SYNC, this.line, this.transport)
  edges: Edge[] = []
  readonly sink = {
    schedule: (time: number, event: number) => {
      this.edges.push({ time, level: valueOf(event) })
      return true
    },
  }

  constructor(period: number, ticksPerPulse: number, widthMicros: number) {
    this.line.anchor(0, 0, period)
    this.line.limit = Infinity
    this.transport.startFloor = -1e6
    Object.assign(this.gate, { ticksPerPulse, widthMicros })
    this.gate.runFrom(0)
  }

  commit(horizon: number): void {
    while (this.gate.due < horizon) this.gate.emit(this.sink, horizon)
  }

  get times(): number[] {
    return this.edges.map(({ time }) => time)
  }
}

/** Each edge is another level, and none is nearer than half a millisecond to the one before. */
function assertApart(edges: readonly Edge[]): void {
  const sorted = edges.slice().sort((one, other) => one.time - other.time)
  for (let i = 1; i < sorted.length; i++) {
    assert.notEqual(sorted[i].level, sorted[i - 1].level, `edge ${i} at ${sorted[i].time} changes nothing`)
    assert.ok(sorted[i].time - sorted[i - 1].time >= 500, `edges at ${sorted[i - 1].time} and ${sorted[i].time}`)
  }
}

describe("a gate", () => {
  it("commits a standard pulse whole, at 300 BPM and 24 a beat too", () => {
    for (const [period, width, fall] of [
      [25000 / 3, 5000, 12500 / 3],
      [20833, 5000, 5000],
      [20833, 2000, 2000],
    ]) {
      const bench = new Bench(period, 1, width)
      bench.commit(1)
      assert.deepEqual(bench.times, [0, fall])
      assert.equal(bench.gate.due, period)
    }
  })

  it("commits no wide pulse whole, nor one that may have to make way for an answer", () => {
    const wide = new Bench(20833, 1, 8000)
    wide.commit(1)
    assert.deepEqual(wide.times, [0])
    const answered = new Bench(20833, 1, 5000)
    answered.gate.isWhole = false
    answered.commit(1)
    assert.deepEqual(answered.times, [0])
  })

  it("a clock that jumps towards the next pulse finds a whole one's end in its way, and a wide one's cut", () => {
    for (const [width, next] of [
      [5000, 5500],
      [8000, 2000],
    ]) {
      const bench = new Bench(20833, 1, width)
      bench.commit(1)
      bench.line.floor = 1000
      bench.line.anchor(2000, 1, 20833)
      bench.gate.retime()
      bench.commit(10000)
      assert.equal(bench.times.filter((time) => time > 0).at(1), next)
      assertApart(bench.edges)
    }
  })

  it("no pulse is shorter than half a millisecond, however fast the clock", () => {
    for (const isPattern of [false, true]) {
      const bench = new Bench(385, 1, 5000)
      if (isPattern) bench.gate.setPattern(0b111, 3)
      bench.commit(20000)
      assert.ok(bench.edges.length > 30)
      assertApart(bench.edges)
    }
  })

  it("a rise keeps its distance from the one before whether the fall between is committed with it or not", () => {
    // Swing has the next one 985 us behind the first; no pulse is shorter than half a millisecond, and no gap.
    for (const isWhole of [true, false])
      for (const horizons of [[1], [501], [1, 501]]) {
        const bench = new Bench(966, 1, 5000)
        bench.gate.isWhole = isWhole
        bench.gate.swing = 51
        for (const horizon of horizons) bench.commit(horizon)
        bench.commit(1001)
        assert.deepEqual(bench.times.slice(0, 3), [0, 500, 1000], `whole: ${isWhole}, asked at ${horizons}`)
      }
  })

  it("swing that leaves too little room for a whole pulse is kept", () => {
    const bench = new Bench(25000 / 3, 1, 5000)
    bench.gate.swing = 75
    bench.gate.runFrom(0)
    bench.commit(1e6)
    assertApart(bench.edges)
    const rises = bench.edges.filter(({ level }) => level === 1).map(({ time }) => time)
    for (let n = 0; n < 100; n += 2) {
      assert.ok(Math.abs(rises[n] - n * (25000 / 3)) < 1e-6)
      assert.ok(Math.abs(rises[n + 1] - (n + 1.5) * (25000 / 3)) < 1e-6)
    }
  })

  it("a pulse by hand and another polarity wait for a fall that is committed", () => {
    const bench = new Bench(20833, 1, 5000)
    bench.commit(1)
    bench.line.floor = 1000
    bench.gate.widthMicros = 500
    bench.gate.runFrom(Infinity)
    bench.gate.step(1)
    bench.commit(20000)
    assert.deepEqual(bench.times, [0, 5000, 5500, 6000])

    const turned = new Bench(20833, 1, 5000)
    turned.commit(1)
    turned.line.floor = 1000
    turned.gate.runFrom(Infinity)
    turned.gate.setPolarity(0)
    turned.gate.retime()
    turned.commit(20000)
    assert.deepEqual(turned.edges.at(-1), { time: 5500, level: 1 }, "it rests high, behind the fall")
  })

  it("a pattern's pulses are whole as well", () => {
    const bench = new Bench(10000, 1, 4000)
    bench.gate.setPattern(0b101, 3)
    bench.commit(1)
    assert.deepEqual(bench.times, [0, 4000])
    bench.commit(60000)
    assert.deepEqual(bench.times, [0, 4000, 20000, 24000, 30000, 34000, 50000, 54000])
  })

  it("another polarity in the midst of a pulse costs no pulse, and adds none", () => {
    const bench = new Bench(10000, 6, 8000)
    bench.commit(1)
    bench.line.floor = 7900
    bench.gate.setPolarity(0)
    bench.gate.retime()
    bench.commit(200000)
    assert.deepEqual(bench.times, [0, 7900, 8400, 60000, 68000, 120000, 128000, 180000, 188000])
    assertApart(bench.edges)
  })

  it("another polarity in the midst of a pulse by hand is no reason for more of them", () => {
    const bench = new Bench(10000, 6, 8000)
    bench.gate.runFrom(Infinity)
    bench.gate.step(1)
    bench.commit(1)
    bench.line.floor = 100
    bench.gate.setPolarity(0)
    bench.gate.retime()
    bench.commit(200000)
    assert.deepEqual(bench.times, [0, 500, 8000])
    assertApart(bench.edges)
  })

  it("a song that begins anew in the midst of a pulse does not send it again", () => {
    for (const width of [5000, 8000]) {
      const bench = new Bench(10000, 6, width)
      bench.transport.state = RUNNING
      bench.commit(1)
      bench.line.floor = 1000
      bench.transport.restart(12, 1000)
      bench.gate.start()
      bench.commit(190000)
      assert.deepEqual(bench.times, [0, width, 60000, 60000 + width, 120000, 120000 + width, 180000, 180000 + width])
    }
  })

  it("a hundred thousand jumps of the line never merge two pulses", () => {
    let seed = 1
    const random = (below: number) => (seed = (seed * 48271) % 0x7fffffff) % below
    const bench = new Bench(10000, 1, 5000)
    for (let n = 0; n < 1e5; n++) {
      const { line, gate } = bench
      line.now = line.floor - 8000
      bench.commit(line.floor)
      const tick = line.tickAt(line.floor) + random(200) / 100 - 1
      line.anchor(line.floor, tick, 1500 + random(20000))
      if (random(5) === 0) gate.widthMicros = 500 + random(9000)
      if (random(9) === 0) gate.swing = 50 + random(26)
      if (random(9) === 0) gate.step(1 + random(2))
      if (random(30) === 0) gate.setPolarity(random(2))
      gate.retime()
      line.floor += random(9000)
      if (n % 1000 === 0) {
        assertApart(bench.edges)
        bench.edges = []
      }
    }
  })
})
