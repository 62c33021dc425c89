/**
 * A list on a card and a module on its song, all in virtual time: the recordings have a click on every beat, the card keeps every frame
 * it is given. What is heard must stand where the agreed state says, to the sample, and the module's beats on the clicks.
 */
import assert from "node:assert"
import { ModuleHand } from "../../../src/net/module-hand"
import { TimelinePlayer } from "../../../src/net/timeline-player"
import { SAMPLE_RATE, type Recording } from "../../../host-sim/play/decode"
import { ListControl } from "../../../host-sim/play/list-control"
import { ListPlayer, type Card } from "../../../host-sim/play/list-player"
import type { ListState } from "../../../host-sim/play/list-state"
import { PlaySession } from "../../../host-sim/play/play-session"
import { LEAD_MICROS } from "../../../src/backend"
import { byteOf, OUT_MIDI_USB, portOf } from "../../../src/event"
import { Module } from "../../../src/module"
import { OscReader } from "../../../src/osc/reader"
import { OscWriter } from "../../../src/osc/writer"

const EPOCH = 1_790_000_000_000_000
const SECOND = 1_000_000
const LATENCY_MICROS = 212_345
/** Each song is 120 s of clicks: beats per minute, where beat 1 stands, how loud. */
const SONGS = [
  { bpm: 120, cue: 0.5, level: 0.9 },
  { bpm: 90, cue: 0, level: 0.8 },
  { bpm: 150, cue: 2, level: 0.7 },
]

async function decode(path: string): Promise<Recording> {
  const { bpm, cue, level } = SONGS[Number(path)]
  const samples = new Float32Array(120 * SAMPLE_RATE)
  for (let beat = cue; beat < 120; beat += 60 / bpm) samples[Math.round(beat * SAMPLE_RATE)] = level
  return { channels: [samples, samples], frames: samples.length }
}

/** A card that runs `ppm` fast against this machine's clock and hands everything to whoever listens. */
class TestCard implements Card {
  readonly isReady = true
  readonly sound = new Map<number, number>()

  constructor(
    private readonly now: () => number,
    private readonly ppm: number,
  ) {}

  get playedFrames(): number {
    return Math.floor((this.now() * (1 + this.ppm / 1e6) * SAMPLE_RATE) / 1e6)
  }

  localAt(frame: number): number {
    return ((frame / SAMPLE_RATE) * 1e6) / (1 + this.ppm / 1e6) + LATENCY_MICROS
  }

  schedule(frame: number, [left]: readonly Float32Array[]): void {
    left.forEach((value, index) => Math.abs(value) > 0.02 && this.sound.set(frame + index, value))
  }

  /** Clicks as the shared times at which they are heard (the centre of what the interpolator makes of one), and their levels. */
  clicks(): { at: number; level: number }[] {
    const found: { at: number; level: number }[] = []
    const frames = [...this.sound.keys()].sort((one, other) => one - other)
    for (let index = 0; index < frames.length;) {
      let [moment, weight, peak] = [0, 0, 0]
      const first = frames[index]
      for (; index < frames.length && frames[index] - first < 40; index++) {
        const value = this.sound.get(frames[index]) ?? 0
        moment += value * (frames[index] - first)
        weight += value
        peak = Math.max(peak, value)
      }
      found.push({ at: EPOCH + this.localAt(first + moment / weight), level: weight })
    }
    return found
  }
}

class Rig {
  local = 0
  state: ListState = { number: 0, by: "a", isPlaying: true, at: EPOCH + 2 * SECOND, track: 0, seconds: 0, volume: 100 }
  onState: (state: ListState) => void = () => undefined
  readonly clock = { sharedAt: (local: number) => local + EPOCH, localAt: (shared: number) => shared - EPOCH }
  readonly card: TestCard
  readonly player: ListPlayer
  readonly session: PlaySession
  readonly control: ListControl
  readonly sent: { time: number; byte: number }[] = []
  private readonly hand: ModuleHand
  private readonly timeline: TimelinePlayer
  private readonly out = {
    schedule: (time: number, word: number) => {
      if (portOf(word) === OUT_MIDI_USB) this.sent.push({ time, byte: byteOf(word, 0) })
      return true
    },
  }

  constructor(ppm: number, decoding = decode) {
    this.card = new TestCard(() => this.local, ppm)
    this.hand = new ModuleHand(new Module({ source: "internal", transport: { start: "button" } }), this.out)
    this.timeline = new TimelinePlayer(this.hand, this.clock)
    this.player = new ListPlayer(this.card, this.clock.sharedAt)
    const tracks = SONGS.map(({ bpm, cue }, index) => ({ path: String(index), title: `Song ${index}`, line: index, bpm, cueSeconds: cue }))
    const follower = {
      name: "list",
      newestTerm: () => this.timeline.timeline.newest?.term ?? 0,
      hear: (change: Parameters<typeof this.timeline.timeline.hear>[0]) => void this.timeline.timeline.hear(change),
    }
    const time = { now: () => EPOCH + this.local, errorMicros: () => 1 }
    this.session = new PlaySession(tracks, this, this.player, time, follower, decoding)
    this.control = new ListControl(this.session, "b", () => EPOCH + this.local)
  }

  set(state: ListState): void {
    this.state = state
    this.onState(state)
  }

  async run(seconds: number): Promise<void> {
    const end = this.local + seconds * SECOND
    for (let step = 0; this.local < end; step++) {
      this.local += 2000
      if (step % 20 === 0) {
        this.player.round()
        this.session.pump()
        await new Promise((resolve) => setImmediate(resolve)) // lets what was decoded arrive
      }
      for (let due; (due = this.timeline.nextDue()) <= this.local;) this.timeline.pump(due)
      this.hand.module.render(this.local + LEAD_MICROS, this.out)
    }
  }

  /** Shared times of the clocks that begin a beat. */
  beats(): number[] {
    const found: number[] = []
    let tick = NaN
    for (const { time, byte } of this.sent) {
      if (byte === 0xfa || byte === 0xfb) tick = 0
      if (byte === 0xf8 && tick++ % 24 === 0) found.push(EPOCH + time)
    }
    return found
  }
}

/** A sample at 48 kHz is 21 us; reading in the middle of a click's interpolation costs a fraction of one. */
const SAMPLE_MICROS = 1e6 / SAMPLE_RATE

describe("a list being played", () => {
  for (const ppm of [0, 100, -100])
    it(`begins, goes on, stops and resumes where and when all have agreed, the module with it (card at ${ppm} ppm)`, async function () {
      const rig = new Rig(ppm)
      await rig.run(7.2)
      assert.strictEqual(rig.control.do("next"), undefined)
      const { at: second } = rig.state
      assert.strictEqual(second, EPOCH + 8.2 * SECOND)
      await rig.run(5)
      assert.strictEqual(rig.control.do("stop"), undefined)
      const stopped = rig.state
      assert.deepStrictEqual([stopped.track, stopped.isPlaying], [1, false])
      assert.ok(Math.abs(stopped.seconds - 5) < 1e-6, "5 s of the second song at the moment of the stop")
      await rig.run(4)
      rig.control.do("resume", undefined, EPOCH + 18 * SECOND)
      await rig.run(6)
      const clicks = rig.card.clicks()
      const expected = [
        ...[0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 5.5, 6].map((seconds) => EPOCH + (2 + seconds) * SECOND),
        ...Array.from({ length: 8 }, (_, beat) => second + (beat / 1.5) * SECOND),
        ...Array.from({ length: 6 }, (_, beat) => EPOCH + (18 + (beat + 8) / 1.5 - 5) * SECOND),
      ].filter((at) => at < EPOCH + 22.2 * SECOND && !(at >= second - 1 && at < second))
      const heard = clicks.filter(({ at, level }) => at < EPOCH + 22.2 * SECOND && level > 0.3).map(({ at }) => at)
      assert.strictEqual(heard.length, expected.length)
      heard.forEach((at, index) =>
        assert.ok(Math.abs(at - expected[index]) < SAMPLE_MICROS, `click ${index}: ${at - expected[index]} us off`),
      )
      const beats = rig.beats().filter((at) => at < EPOCH + 22.2 * SECOND)
      for (const click of heard.filter((at) => at < stopped.at || at > rig.state.at)) {
        const nearest = Math.min(...beats.map((beat) => Math.abs(beat - click)))
        assert.ok(nearest < SAMPLE_MICROS + 1, `a beat ${nearest} us from the click at ${(click - EPOCH) / SECOND}`)
      }
      assert.ok(!beats.some((at) => at > stopped.at + 5000 && at < rig.state.at), "it stands while the list does")
      assert.strictEqual(rig.player.lateBlocks, 0)
    })

  it("turns the volume without a step, for what is heard now, and nothing else", async () => {
    const rig = new Rig(0)
    await rig.run(4)
    const before = rig.state
    rig.control.do("volume", 50)
    assert.deepStrictEqual({ ...rig.state, number: 0, by: "a", volume: 100 }, before)
    await rig.run(4)
    const levels = rig.card.clicks().map(({ level }) => level)
    assert.ok(Math.abs(levels[0] - 0.9) < 0.02 && Math.abs((levels.at(-1) ?? 0) - 0.45) < 0.02)
    assert.strictEqual(rig.session.status().volume, 50)
  })

  it("says where it is and what comes next; refuses what cannot be meant", async () => {
    const rig = new Rig(0)
    await rig.run(1)
    assert.deepStrictEqual([rig.session.status().state, rig.session.status().start], ["waits", EPOCH + 2 * SECOND])
    await rig.run(11)
    const { state, title, track, tracks, seconds, length } = rig.session.status()
    assert.deepStrictEqual([state, title, track, tracks, Math.round(seconds), length], ["plays", "Song 0", 1, 3, 10, 120])
    assert.match(rig.control.do("start", 4) ?? "", /expected a track, 1\.\.3/)
    assert.match(rig.control.do("volume", 101) ?? "", /expected 0\.\.100/)
    assert.match(rig.control.do("stop", undefined, EPOCH + 1e15) ?? "", /more than a day ahead/)
    assert.strictEqual(rig.control.do("previous"), undefined)
    assert.deepStrictEqual([rig.state.track, rig.state.seconds], [0, 0], "a song that has gone on for long begins anew")
    assert.strictEqual(rig.control.do("start", 3), undefined)
    assert.match(rig.control.do("next") ?? "", /there is no track/)
  })

  it("names what cannot be decoded before its turn, and at the end shows the last that was heard", async () => {
    const rig = new Rig(0, async (path) => {
      if (path === "1") throw new Error("no such format")
      return path === "2" ? { channels: [new Float32Array(0), new Float32Array(0)], frames: 0 } : decode(path)
    })
    const said: string[] = []
    rig.session.onSkipped = (sentence) => said.push(sentence)
    rig.set({ ...rig.state, number: 1, seconds: 118 })
    await rig.run(3)
    assert.strictEqual(rig.session.status().state, "plays")
    assert.deepStrictEqual(said, ["line 1: 1 cannot be decoded: no such format", "line 2: 2 cannot be decoded: there is nothing in it"])
    await rig.run(1.2)
    const { state, title, track, seconds } = rig.session.status()
    assert.deepStrictEqual([state, title, track, Math.round(seconds)], ["played", "Song 0", 1, 120])
  })

  it("is played by OSC, at the timetag; questions and faults are answered", async () => {
    const rig = new Rig(0)
    await rig.run(3)
    const answers: string[] = []
    const say = (address: string, value?: number, at?: [number, number]): boolean => {
      const writer = new OscWriter()
      writer.begin()
      if (at) writer.openBundle(...at)
      writer.message(address, value === undefined ? "" : "f")
      if (value !== undefined) writer.float(value)
      if (at) writer.closeBundle()
      const reader = new OscReader()
      const length = writer.finish()
      reader.bytes.set(writer.bytes.subarray(0, length))
      let isHeard = false
      const reply = (packet: Uint8Array): void => void answers.push(Buffer.from(packet).toString("latin1"))
      reader.read(length, { message: (message, seconds, fraction) => (isHeard = rig.control.hear(message, seconds, fraction, reply)) })
      return isHeard
    }
    const seconds = 2208988800 + EPOCH / SECOND + 30
    assert.ok(say("/tactus/playlist/stop", undefined, [seconds, 0x80000000]))
    assert.deepStrictEqual([rig.state.isPlaying, rig.state.at], [false, EPOCH + 30.5 * SECOND])
    assert.ok(say("/tactus/playlist/volume", 33))
    assert.strictEqual(rig.state.volume, 33)
    assert.ok(say("/tactus/playlist/volume"))
    assert.ok(say("/tactus/playlist/status"))
    assert.ok(say("/tactus/playlist/dance"))
    assert.ok(!say("/tactus/play"), "the transport is not the list")
    assert.ok(say("/tactus/playlist/status", 1), "the answer of another machine")
    assert.strictEqual(answers.length, 3, "which is not answered, or they would go on for ever")
    assert.ok(answers[0].endsWith("\x21"))
    assert.match(answers[1], /status.*,ssiifftif.*stopped.*Song 0/s)
    assert.match(answers[2], /error.*expected one of start, stop/s)
  })
})
