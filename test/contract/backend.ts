/**
 * What every back end keeps, whatever its clock is made of: virtual time, a ring and a timer interrupt, an audio card. Call
 * `backendContract` in a test file with a way to make one; it may be driven in steps, and may answer late but never early.
 */
import assert from "node:assert/strict"
import fc from "fast-check"
import type { Backend } from "../../src/backend"
import { byteEvent, IN_CV, IN_KEYS, levelEvent, OUT_ARP, OUT_CLOCK, OUT_MIDI_USB } from "../../src/event"
import type { Processor } from "../../src/processor"

export interface Delivered {
  /** When it left, microseconds. */
  readonly time: number
  readonly event: number
}

export interface BackendUnderTest {
  readonly backend: Backend
  /** Something happens at an input at `time`. False where it was lost, and counted, because a queue was full. */
  arrive(time: number, event: number): boolean
  /** Lets time go on to `time`: what is due before it leaves. */
  passTo(time: number): void | Promise<void>
  /** All that has left so far, in the order in which it left. */
  delivered(): readonly Delivered[]
  /** How many outputs and inputs were turned away because a queue was full. */
  refused(): number
  /** The most events a queue takes. */
  readonly capacity: number
}

const PORTS = [OUT_MIDI_USB, OUT_CLOCK, OUT_ARP]

/** `toleranceMicros`: how late an event may leave. */
export function backendContract(name: string, make: () => BackendUnderTest, toleranceMicros = 0.5): void {
  const onTime = (left: number, due: number) => left >= due - 0.5 && left <= due + Math.max(0.5, toleranceMicros)

  /** Hears what a back end captured; asks for nothing. */
  class Listener implements Processor {
    readonly heard: Delivered[] = []
    horizon = -Infinity
    input(time: number, event: number): void {
      assert.ok(this.horizon >= time, "what was to be committed before an input is asked for first")
      this.heard.push({ time, event })
    }
    render(until: number): void {
      this.horizon = until
    }
  }

  describe(`contract of a back end: ${name}`, () => {
    let under: BackendUnderTest
    beforeEach(() => (under = make()))
    afterEach(() => under.backend.close())

    it("delivers each event once, at its time, in order, ties as they came, in whatever order they were scheduled", async () => {
      const events = fc.array(fc.record({ time: fc.nat(3000), port: fc.constantFrom(...PORTS) }), {
        maxLength: Math.min(60, under.capacity),
      })
      await fc.assert(
        fc.asyncProperty(events, fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 5 }), async (asked, steps) => {
          const { backend, passTo, delivered } = make()
          const start = backend.now()
          const due = asked.map(({ time, port }, index) => ({ time: start + 100 + time, event: byteEvent(port, index) }))
          for (const { time, event } of due) assert.equal(backend.schedule(time, event), true)
          for (let time = start, step = 0; time < start + 4000; time += steps[step++ % steps.length]) await passTo(time)
          await passTo(start + 4000)
          const expected = due.sort((one, other) => one.time - other.time)
          assert.deepEqual(
            delivered().map(({ event }) => event),
            expected.map(({ event }) => event),
          )
          delivered().forEach(({ time }, index) => assert.ok(onTime(time, expected[index].time), `${time} for ${expected[index].time}`))
          backend.close()
        }),
        { numRuns: 30 },
      )
    })

    it("delivers nothing before its time", async () => {
      const start = under.backend.now()
      under.backend.schedule(start + 1000, levelEvent(OUT_CLOCK, 1))
      await under.passTo(start + 999)
      assert.deepEqual(under.delivered(), [])
      await under.passTo(start + 1001 + toleranceMicros)
      assert.equal(under.delivered().length, 1)
    })

    it("delivers late what is scheduled too late, rather than lose it", async () => {
      const start = under.backend.now()
      await under.passTo(start + 1000)
      under.backend.schedule(start + 10, levelEvent(OUT_CLOCK, 1))
      await under.passTo(start + 2000)
      assert.deepEqual(
        under.delivered().map(({ event }) => event),
        [levelEvent(OUT_CLOCK, 1)],
      )
    })

    it("says so when it is full, counts it, and delivers all that it took", async () => {
      const start = under.backend.now()
      let taken = 0
      for (let index = 0; index < under.capacity + 3; index++) {
        if (under.backend.schedule(start + 100 + index, levelEvent(OUT_CLOCK, index & 1))) taken++
      }
      assert.ok(taken >= under.capacity && taken < under.capacity + 3)
      assert.equal(under.refused(), under.capacity + 3 - taken)
      await under.passTo(start + 1000 + under.capacity)
      assert.equal(under.delivered().length, taken)
      assert.equal(under.backend.schedule(under.backend.now() + 100, levelEvent(OUT_CLOCK, 1)), true, "there is room again")
    })

    it("hands over every input once, with its own time, in order, what is to be committed before it first", async () => {
      const start = under.backend.now()
      const listener = new Listener()
      const came = [5, 5, 40, 41, 700].map((after, index) => ({ time: start + after, event: byteEvent(IN_KEYS, index) }))
      for (const { time, event } of came) assert.equal(under.arrive(time, event), true)
      await under.passTo(start + 1000)
      under.backend.drain(listener)
      assert.deepEqual(listener.heard, came)
      under.backend.drain(listener)
      assert.equal(listener.heard.length, came.length)
    })

    it("counts the inputs it had to lose", () => {
      const start = under.backend.now()
      const listener = new Listener()
      let taken = 0
      for (let index = 0; index < under.capacity + 3; index++) if (under.arrive(start + index, levelEvent(IN_CV, index & 1))) taken++
      assert.ok(taken >= under.capacity && taken < under.capacity + 3)
      assert.equal(under.refused(), under.capacity + 3 - taken)
      under.backend.drain(listener)
      assert.equal(listener.heard.length, taken)
    })

    it("has a clock that never goes back", async () => {
      const start = under.backend.now()
      await under.passTo(start + 500)
      assert.ok(under.backend.now() >= start + 499)
    })

    it("can be closed twice, and is silent from then on", async () => {
      const start = under.backend.now()
      under.backend.schedule(start + 100, levelEvent(OUT_CLOCK, 1))
      under.backend.close()
      under.backend.close()
      await under.passTo(start + 1000)
      assert.deepEqual(under.delivered(), [])
    })
  })
}
