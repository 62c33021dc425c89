/**
 * Two machines in one: two PulseAudio cards with crystals of their own, one of them with more between its buffer and its jack, and a cable from both jacks to
 * an input. `tactus calibrate --play` hears how late each is; two `tactus play` with what it printed play a recording of soft clicks, and what leaves the
 * jacks is judged. In `npm test` it is short and judged by kind, as the machine may be busy; `TACTUS_PLAY_SECONDS=300` prints figures worth reading
 * where it says `slips 0 0`.
 */
import assert from "node:assert/strict"
import { type ChildProcess, spawn } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { quantile } from "../../support/figures"
import { needs } from "../../support/needs"
import { CABLE, PulseCards } from "../../support/pulse-cards"
import { writeWav } from "../../support/recordings"
import { sleep, until } from "../../support/sleep"

const SECONDS = Number(process.env.TACTUS_PLAY_SECONDS ?? 12)
const RATE = 48000
const CRYSTALS = [100, -100]
/** Between buffer and jack. */
const DELAYS = [0, 2000]
const CLICK_SECONDS = 0.5
/** Programs start on a busy machine, and the cards are listened to, before the list begins. */
const LEAD_SECONDS = Number(process.env.TACTUS_PLAY_LEAD ?? 10)

describe("two tactus play", function () {
  this.timeout(SECONDS * 1000 + 600_000)
  // Real time on a shared machine: a stumble of the machine is not a fault of the code.
  this.retries(2)
  let rig: PulseCards
  const players: ChildProcess[] = []
  let said = ""
  const folder = mkdtempSync(join(tmpdir(), "tactus-two-"))
  after(() => rmSync(folder, { recursive: true, force: true }))
  afterEach(() => {
    for (const player of players.splice(0)) player.kill("SIGKILL")
    rig?.close()
  })

  function tactus(words: readonly string[], environment: NodeJS.ProcessEnv = {}): ChildProcess {
    const all = [join(__dirname, "../../../host-sim/tactus.cjs"), ...words]
    const child = spawn(process.execPath, all, { env: { ...rig.environment, ...environment }, stdio: ["ignore", "pipe", "pipe"] })
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (data) => (said += String(data)))
    players.push(child)
    return child
  }

  /** The `--latency` of each card, ms. */
  async function calibrated(): Promise<string[]> {
    said = ""
    const child = tactus(["calibrate", ...rig.cards.flatMap(({ name }) => ["--card", name]), "--input", CABLE, "--play"])
    await until("the cards to be heard", () => child.exitCode !== null, 180)
    const latencies = rig.cards.map(({ name }) => new RegExp(`tactus play --card "${name}" --latency ([0-9.]+)`).exec(said)?.[1])
    assert.ok(
      latencies.every((millis) => millis !== undefined),
      said,
    )
    return latencies as string[]
  }

  function play(card: number, latency: string, ...words: string[]): void {
    const where = ["play", join(folder, "list.m3u8"), "--card", `card${card}`, "--latency", latency, "--name", `m${card}`]
    tactus([...where, ...words], { XDG_STATE_HOME: join(folder, `state${card}`) })
  }

  /** How far each click of the second card from `from` on is from the nearest of the first, us. */
  function apart(from = 0): { at: number; micros: number }[] {
    const [first, second] = rig.cards.map(({ pulses }) => pulses[0].map(({ time }) => time))
    return second
      .filter((time) => time >= from)
      .map((time) => ({ at: time, micros: Math.min(...first.map((other) => Math.abs(other - time))) }))
      .filter(({ micros }) => micros < (CLICK_SECONDS * 1e6) / 2)
  }

  it("begin together and stay together, and one that comes late joins them", async function () {
    const samples = new Float32Array((SECONDS + 60) * RATE)
    for (let at = RATE / 10; at + 240 < samples.length; at += CLICK_SECONDS * RATE)
      for (let frame = 0; frame < 240; frame++) samples[at + frame] = 0.45 * (1 - Math.cos((2 * Math.PI * frame) / 240))
    writeWav(join(folder, "clicks.wav"), RATE, [samples], "16")
    writeFileSync(join(folder, "list.m3u8"), "clicks.wav\n")
    needs(this, "arecord", "alsa-utils")
    rig = new PulseCards(this, CRYSTALS, { delays: DELAYS, hasCable: true })
    await rig.ready()
    const [first, second] = await calibrated()
    const difference = Number(second) - Number(first) - (DELAYS[1] - DELAYS[0]) / 1000
    console.log(`      calibrated: ${first} and ${second} ms, their difference is off by ${(difference * 1000).toFixed(0)} us`)
    for (const card of rig.cards) card.forget()
    play(1, first, "--in", `${LEAD_SECONDS}s`)
    await until("the first to be ready", () => said.includes("shared clock"), 120)
    // Later, so that the first one's word holds; without it the next slot would, and that may be near.
    play(2, second, "--in", `${LEAD_SECONDS + 5}s`)
    await until("both to play", () => rig.cards.every(({ pulses }) => pulses[0].length > 3), 120 + LEAD_SECONDS)
    await sleep(SECONDS * 1000)
    const held = apart()
    const slips = rig.cards.map((card) => card.slips)
    players.at(-1)?.kill("SIGKILL")
    await sleep(1500)
    const left = Number(process.hrtime.bigint()) / 1000
    play(2, second)
    await until("the late one to play", () => apart(left).length > 12, 120)
    const joined = apart(left)
    const figure = (values: readonly { micros: number }[], fraction: number) =>
      quantile(
        values.map(({ micros }) => micros),
        fraction,
      ).toFixed(0)
    const late = joined.filter(({ at }) => at > joined[0].at + 2.5e6)
    console.log(
      `      apart at the start ${held[0].micros.toFixed(0)} us; ${held.length} clicks in ${SECONDS} s p50/p99/worst ` +
        `${[0.5, 0.99, 1].map((fraction) => figure(held, fraction)).join(" / ")} us, slips ${slips.join(" ")}; late joiner: first ` +
        `${joined[0].micros.toFixed(0)} us off, from 3 s on worst ${figure(late, 1)} us`,
    )
    assert.ok(held.length > SECONDS, said)
    if (slips.some((count) => count > 0)) return
    assert.ok(Math.abs(difference) < 1, `${difference} ms`)
    assert.ok(Number(figure(held, 0.5)) < 5000 && Number(figure(late, 0.5)) < 5000, said)
  })
})
