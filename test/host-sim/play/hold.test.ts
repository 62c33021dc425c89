/**
 * Machines with clocks and cards of their own play one recording, in virtual time. The recording is a ramp (each sample is its own
 * number), so what leaves a card says which place of it is heard; compared at the same true moments.
 */
import assert from "node:assert"
import { SynchronousRenderer } from "../../../host-sim/play/synchronous-renderer"
import { ClockMap } from "../../../src/clock-map/clock-map"
import { quantile } from "../../support/figures"
import { Crystal, seededRandom, VirtualNetwork, type Wire } from "../../support/virtual-network"

const SECOND = 1_000_000
/** Few frames, so that an hour takes seconds; nothing in the renderer depends on it. */
const RATE = 2000
const BLOCK = 200
const EPOCH = 1_790_000_000_000_000
const WIRE: Wire = { delayMicros: 300, jitterMicros: 2000, loss: 0.01, duplication: 0.01 }

/** A machine whose computer and card run on different crystals; the card's clock is read with up to a quantum of lateness. */
class Player {
  readonly shared = new ClockMap()
  /** Card time (us of frames played) against local time. */
  readonly card = new ClockMap(5e-3)
  readonly renderer: SynchronousRenderer
  /** Place heard, by true time of a block's beginning. */
  readonly heard: { at: number; place: number; step: number }[] = []
  private nextFrame = 0
  private ground = 0
  private readonly into = new Float32Array(BLOCK)

  constructor(
    readonly network: VirtualNetwork,
    readonly crystal: Crystal,
    readonly cardCrystal: Crystal,
    private readonly startShared: number,
    random: () => number,
  ) {
    const place = (frame: number): number => ((this.shared.sharedAt(this.card.localAt((frame / RATE) * 1e6)) - startShared) / 1e6) * RATE
    // The ramp is counted from near its end, so that single precision tells a hundredth of a sample.
    const ramp = (from: number, into: Float32Array): void => into.forEach((_, index) => (into[index] = from + index - this.ground))
    this.renderer = new SynchronousRenderer([ramp], RATE, place, BLOCK)
    const exchange = (): void => {
      network.at(network.now + SECOND / 4, exchange)
      const sent = this.crystal.read(network.now)
      network.send(WIRE, () => {
        const arrived = EPOCH + network.now
        network.send(WIRE, () => this.shared.exchange(sent, arrived, arrived, this.crystal.read(network.now)))
      })
    }
    const readCard = (): void => {
      network.at(network.now + 100_000, readCard)
      const local = this.crystal.read(network.now)
      const played = this.cardCrystal.read(network.now)
      const reported = played - random() * 2667
      this.card.exchange(local - 2667, reported, reported, local)
    }
    network.at(0, exchange)
    network.at(0, readCard)
  }

  begin(): void {
    this.nextFrame = Math.ceil(((this.cardCrystal.read(this.network.now) + 200_000) / 1e6) * RATE)
    const block = (): void => {
      const due = ((this.nextFrame + BLOCK) / RATE) * 1e6
      this.ground = Math.round(((EPOCH + this.network.now - this.startShared) / 1e6) * RATE)
      this.renderer.render(this.nextFrame, [this.into])
      const at = this.trueTimeOf((this.nextFrame / RATE) * 1e6)
      this.heard.push({ at, place: this.into[0] + this.ground, step: this.into[1] - this.into[0] })
      this.nextFrame += BLOCK
      this.network.at(this.network.now + Math.max(1000, due - 200_000 - this.cardCrystal.read(this.network.now)), block)
    }
    block()
  }

  private trueTimeOf(card: number): number {
    let guess = card - this.cardCrystal.read(0)
    for (let round = 0; round < 4; round++) guess += card - this.cardCrystal.read(guess)
    return guess
  }

  /** Where the recording is at a true moment, in seconds before or after where it ought to be. */
  errors(from: number, start: number): number[] {
    return this.heard.filter(({ at }) => at >= from).map(({ at, place }) => place / RATE - (at - start) / 1e6)
  }
}

function rig(seed: number, count: number): { network: VirtualNetwork; players: Player[]; start: number } {
  const random = seededRandom(seed)
  const network = new VirtualNetwork(random)
  const start = 20 * SECOND
  const players = [
    [80, 100],
    [-60, -100],
    [10, 30],
  ]
    .slice(0, count)
    .map(([ppm, cardPpm]) => new Player(network, new Crystal(ppm, 5000, 0.3), new Crystal(cardPpm, 90_000, 0.2), EPOCH + start, random))
  return { network, players, start }
}

/** Largest distance between players, seconds, for each block from a true time on. */
function apart(players: Player[], from: number, start: number): number[] {
  const lists = players.map((player) => player.errors(from, start))
  const length = Math.min(...lists.map((list) => list.length))
  return Array.from({ length }, (_, index) => Math.max(...lists.map((list) => list[index])) - Math.min(...lists.map((list) => list[index])))
}

describe("playing one recording on several cards", () => {
  it("holds them within 0.2 ms for an hour, cards and computers at +-100 ppm, without a jump", function () {
    const { network, players, start } = rig(1, 2)
    network.runUntil(start)
    for (const player of players) player.begin()
    network.runUntil(start + 3600 * SECOND)
    const distance = apart(players, start + 60 * SECOND, start)
    const figures = [0.5, 0.99, 1].map((fraction) => (quantile(distance, fraction) * 1e6).toFixed(0)).join(" / ")
    console.log(`      two cards for an hour: apart p50/p99/worst ${figures} us`)
    assert.ok(distance.length > 30_000)
    assert.ok(quantile(distance, 1) < 200e-6)
    assert.ok(players.every(({ renderer }) => renderer.jumps === 0))
    const speeds = players.flatMap(({ heard }) => heard.slice(600).map(({ step }) => Math.abs(step - 1)))
    assert.ok(quantile(speeds, 0.99) < 1.2e-3, "never faster or slower than anyone hears")
  })

  it("brings a late joiner within 1 ms in 3 s", () => {
    const { network, players, start } = rig(2, 3)
    network.runUntil(start)
    players[0].begin()
    network.runUntil(start + 30 * SECOND)
    players[2].begin()
    network.runUntil(start + 40 * SECOND)
    const distance = players[2].errors(start + 33 * SECOND, start)
    console.log(
      `      a late joiner after 3 s: worst ${(Math.max(...distance.map(Math.abs)) * 1e6).toFixed(0)} us from where it ought to be`,
    )
    assert.ok(distance.length > 50 && distance.every((error) => Math.abs(error) < 1e-3))
    const together = apart([players[0], players[2]], start + 33 * SECOND, start)
    assert.ok(together.every((each) => each < 1e-3))
  })
})
