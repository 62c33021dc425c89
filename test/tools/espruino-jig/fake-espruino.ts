/**
 * The Espruino calls the jig makes, in virtual time. digitalPulse behaves as Espruino's jshPinPulse does: with nothing pending on
 * the pin it switches at once, otherwise it goes on from the last pending switch; each switch takes a place in a queue of 16.
 * setWatch stamps when the edge comes and calls back later, as late as the interpreter happens to be.
 */
import { createContext, runInContext } from "node:vm"

interface Pending {
  readonly time: number
  readonly order: number
  readonly action: () => void
}

const QUEUE = 16

export class FakeEspruino {
  readonly printed: string[] = []
  errors: string[] = []
  /** Milliseconds between two turns of a busy interpreter: callbacks and timers wait for the next one. */
  busy = 0
  private now = 0
  private order = 0
  private pending: Pending[] = []
  private readonly levels = new Map<string, number>()
  private readonly switches = new Map<string, number[]>()
  private readonly watches = new Map<string, ((level: number) => void)[]>()
  private readonly cleared = new Set<number>()
  private readonly context: object

  constructor() {
    const pins = Object.fromEntries(Array.from({ length: 29 }, (_, pin) => [`D${pin}`, `D${pin}`]))
    const calls = {
      ...pins,
      print: (text: string) => this.printed.push(text),
      getTime: () => this.now / 1000,
      digitalWrite: (pin: string, level: number) => this.drive(pin, level),
      digitalPulse: (pin: string, value: number, times: number | number[]) => this.digitalPulse(pin, value, times),
      setWatch: (callback: (event: object) => void, pin: string, options: { repeat: boolean; edge: string }) =>
        this.setWatch(callback, pin, options),
      setInterval: (callback: () => void, period: number) => this.setInterval(callback, period),
      clearInterval: (id: number) => this.cleared.add(id),
      E: { getErrorFlags: () => this.errors.splice(0) },
    }
    this.context = createContext(calls)
    runInContext("var global = this", this.context)
  }

  /** Evaluates a line, as typed at the prompt. */
  type(code: string): unknown {
    return runInContext(code, this.context)
  }

  /** Lets `milliseconds` of virtual time pass. */
  run(milliseconds: number): void {
    const until = this.now + milliseconds
    for (;;) {
      const next = this.pending.reduce<Pending | undefined>(
        (best, item) => (best === undefined || item.time < best.time || (item.time === best.time && item.order < best.order) ? item : best),
        undefined,
      )
      if (next === undefined || next.time > until) break
      this.pending = this.pending.filter((item) => item !== next)
      this.now = Math.max(this.now, next.time)
      next.action()
    }
    this.now = until
  }

  get time(): number {
    return this.now
  }

  at(time: number, action: () => void): void {
    this.pending.push({ time, order: this.order++, action })
  }

  /** A pin takes a level, from the jig or from the device under test. */
  drive(pin: string, level: number): void {
    if ((this.levels.get(pin) ?? 0) === level) return
    this.levels.set(pin, level)
    for (const watch of this.watches.get(pin) ?? []) watch(level)
  }

  /** Calls back at once on each edge of a pin: how the device under test listens. */
  listen(pin: string, callback: (level: number) => void): void {
    this.watches.set(pin, [...(this.watches.get(pin) ?? []), callback])
  }

  private digitalPulse(pin: string, value: number, times: number | number[]): void {
    let level = value
    for (const time of typeof times === "number" ? [times] : times) {
      if (!(time > 0)) throw new Error("a pulse of no length waits for the queue to empty: the jig must not do that")
      const queue = (this.switches.get(pin) ?? []).filter((due) => due > this.now)
      if (queue.length === 0) this.drive(pin, level)
      const due = (queue[queue.length - 1] ?? this.now) + time
      queue.push(due)
      if (queue.length > QUEUE) throw new Error("the timer's queue is full")
      this.switches.set(pin, queue)
      const after = 1 - level
      this.at(due, () => this.drive(pin, after))
      level = after
    }
  }

  private setWatch(callback: (event: object) => void, pin: string, options: { repeat: boolean; edge: string }): void {
    if (!options.repeat || options.edge !== "both") throw new Error("the fake knows only repeated watches of both edges")
    this.listen(pin, (level) => {
      const time = this.now / 1000
      this.at(this.turn(this.now), () => callback({ state: level === 1, time }))
    })
  }

  private turn(time: number): number {
    return this.busy > 0 ? Math.ceil(time / this.busy) * this.busy : time
  }

  private setInterval(callback: () => void, period: number): number {
    const id = ++this.order
    const tick = (due: number): void => {
      if (this.cleared.has(id)) return
      callback()
      this.at(this.turn(Math.max(due + period, this.now)), () => tick(due + period))
    }
    const due = this.now + period
    this.at(this.turn(due), () => tick(due))
    return id
  }
}
