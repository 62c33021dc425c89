/**
 * The live loop in real time: the internal clock, through the real threads to where a MIDI library would be called, where each clock
 * byte is stamped with the machine's monotonic clock by nobody of ours. Stamps are compared with a grid of exact periods through the earliest
 * of them, so what is printed is all that the loop adds: drift (it must be none) and lateness (what the machine makes of it).
 *
 * `--busy` does the worst that a page can do meanwhile: fifty panels open and the main thread stalled for 300 ms in every 500.
 */
import { once } from "node:events"
import { parseArgs } from "node:util"
import { WebSocket } from "ws"
import { BORDERS, emptyHistogram, histogramAdd } from "../../host-sim/live/histogram"
import { PanelServer } from "../../host-sim/live/server"
import { Session } from "../../host-sim/live/session"
import { FakeMidi } from "../../test/support/fake-midi"
import { sleep } from "../../test/support/sleep"
import { round } from "./figures"

const TEMPO = 120
const PERIOD_MICROS = 60e6 / TEMPO / 24
const CLOCK = 0xf8
const PANELS = 50
const STALL_MILLIS = 300
const PAUSE_MILLIS = 200
const TELL_SECONDS = 60
/** Threads, ports and panels come up first. */
const SETTLE_MILLIS = 2000
/** The first and the last so many seconds tell the drift by the earliest clock of each. */
const END_SECONDS = 10

interface Figures {
  readonly seconds: number
  readonly clocks: number
  /** How much later the grid stands at the end than at the beginning. */
  readonly driftMicros: number
  readonly lateEvents: number
  readonly lateness: { readonly half: number; readonly p99: number; readonly p999: number; readonly worst: number }
  readonly histogram: readonly number[]
}

export async function run(options: string[]): Promise<number> {
  const { values } = parseArgs({
    args: options,
    options: { seconds: { type: "string" }, busy: { type: "boolean" }, help: { type: "boolean" } },
  })
  const seconds = Number(values.seconds ?? 60)
  if (values.help || !(seconds >= 2 * END_SECONDS && seconds <= 86400)) {
    process.stderr.write(`Usage: npm run -s bench -- live [--seconds ${2 * END_SECONDS}..86400 (60)] [--busy]\n`)
    return values.help ? 0 : 2
  }
  const figures = await measure(seconds, values.busy === true)
  process.stdout.write(`${JSON.stringify(figures, undefined, 2)}\n`)
  process.stderr.write(picture(figures))
  return Math.abs(figures.driftMicros) < PERIOD_MICROS / 4 && figures.clocks > 0 ? 0 : 1
}

async function measure(seconds: number, isBusy: boolean): Promise<Figures> {
  const midi = new FakeMidi({ inputs: [], outputs: [] })
  const session = new Session({ source: "internal", tempo: TEMPO }, undefined, undefined, true)
  const server = new PanelServer({ host: "127.0.0.1", port: 0 }, "", { joined: () => session.greeting(), heard: () => {} })
  session.broadcast = (text) => server.broadcast(text)
  try {
    await session.host.ready()
    session.connectMidi({ inputs: [], outputs: [] }, () => {})
    const address = (await server.open()).replace("http", "ws") + "live"
    const panels = Array.from({ length: isBusy ? PANELS : 1 }, () => new WebSocket(address))
    await Promise.all(panels.map((panel) => once(panel, "open")))
    await sleep(SETTLE_MILLIS)
    midi.sent.length = 0
    const lateBefore = session.host.update?.late ?? 0
    const end = performance.now() + seconds * 1000
    for (let told = performance.now(); performance.now() < end;) {
      if (isBusy) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, STALL_MILLIS)
      await sleep(PAUSE_MILLIS)
      if (performance.now() - told < TELL_SECONDS * 1000) continue
      told = performance.now()
      process.stderr.write(`${Math.round((end - told) / 1000)} s to go\n`)
    }
    await sleep(500)
    const stamps = midi.sent.filter(({ bytes }) => bytes[0] === CLOCK).map(({ at }) => Number(at - midi.sent[0].at) / 1000)
    return figuresOf(stamps, (session.host.update?.late ?? -1) - lateBefore, seconds)
  } finally {
    await session.close()
    await server.close()
    midi.close()
  }
}

/** `stamps` are µs on the monotonic clock, one a clock. */
export function figuresOf(stamps: readonly number[], lateEvents: number, seconds: number): Figures {
  const offsets = stamps.map((stamp, n) => stamp - n * PERIOD_MICROS)
  const share = Math.floor((END_SECONDS * 1e6) / PERIOD_MICROS)
  const [first, last] = [Math.min(...offsets.slice(0, share)), Math.min(...offsets.slice(-share))]
  const grid = Math.min(first, last)
  const histogram = emptyHistogram()
  const late = offsets.map((offset) => offset - grid).sort((one, other) => one - other)
  for (const micros of late) histogramAdd(histogram, micros)
  const at = (portion: number) => round(late[Math.min(late.length - 1, Math.floor(portion * late.length))] ?? 0, 1)
  return {
    seconds,
    clocks: stamps.length,
    driftMicros: round(last - first, 1),
    lateEvents,
    lateness: { half: at(0.5), p99: at(0.99), p999: at(0.999), worst: at(1) },
    histogram: histogram.counts,
  }
}

function picture({ seconds, clocks, driftMicros, lateEvents, lateness, histogram }: Figures): string {
  const border = (i: number) => (i < BORDERS.length ? `under ${BORDERS[i] / 1000} ms` : `${BORDERS[BORDERS.length - 1] / 1000} ms and more`)
  const most = Math.log1p(Math.max(...histogram))
  const bar = (count: number) => "#".repeat(Math.round((30 * Math.log1p(count)) / most))
  const { half, p99, p999, worst } = lateness
  return [
    `${clocks} clocks in ${seconds} s at ${TEMPO} BPM: drift ${driftMicros} us, ${lateEvents} events late (handed over after their time)`,
    `sent late by: half under ${half} us, 99 % ${p99}, 99.9 % ${p999}, worst ${worst}`,
    ...histogram.map((count, i) => `  ${border(i).padEnd(18)}${String(count).padStart(8)}  ${bar(count)}`),
    "",
  ].join("\n")
}
