/**
 * Forward synchronisation as a whole: two machines with crystals of their own, a relay with 0..20 ms of jitter and 2 % of loss between
 * them for everything, clock exchanges included. What is compared is when the same beat begins on either, in true time.
 */
import assert from "node:assert"
import { quantile } from "../support/figures"
import { Crystal, seededRandom, VirtualNetwork, type Wire } from "../support/virtual-network"
import { Machine, ownClock } from "./machine"

const SECOND = 1_000_000
const RELAY: Wire = { delayMicros: 200, jitterMicros: 20_000, loss: 0.02, duplication: 0.01 }
const EPOCH = 1_790_000_000_000_000

/** True time at which a crystal shows `local`. */
function trueTime(crystal: Crystal, local: number): number {
  let guess = local - crystal.read(0)
  for (let round = 0; round < 4; round++) guess += local - crystal.read(guess)
  return guess
}

describe("forward synchronisation", () => {
  it("begins beats together within the clock error + 50 us at p99, and loses what the relay loses", () => {
    const network = new VirtualNetwork(seededRandom(11))
    const sender = new Machine(network, new Crystal(60, 5000), { tempo: 240 }, { beatAddress: "/tick", targetLoss: 0.001 }, ownClock(EPOCH))
    const receiver = new Machine(network, new Crystal(-70, 777_000), { source: "cv", cv: { ppqn: 1 } })
    receiver.follow(sender, RELAY)
    sender.session.delay.observe(20_200)

    const heard: { at: number; error: number; off: number }[] = []
    receiver.session.onTick = (at) => {
      const local = receiver.now
      const off = Math.abs(receiver.map.sharedAt(local) - sender.clock.sharedAt(sender.now))
      heard.push({ at: trueTime(receiver.crystal, at), error: receiver.map.errorMicros(local), off })
    }
    let relayed = 0
    let lost = 0
    sender.onPump = () =>
      sender.session.sendBeats(sender.now, 500, (packet) => {
        const before = network.lost
        network.send({ ...RELAY, duplication: 0 }, () => receiver.session.receive(packet, receiver.now))
        relayed++
        lost += network.lost - before
      })
    network.runUntil(60 * SECOND)
    network.at(network.now, () => sender.session.receive(playPacket(), sender.now))
    network.runUntil(360 * SECOND)

    const { line, transport } = sender.module
    const excess = heard.map(({ at, error, off }) => {
      const beat = Math.round((line.tickAt(sender.crystal.read(at)) - transport.songBase) / 24)
      const difference = Math.abs(at - trueTime(sender.crystal, line.timeOf(transport.songBase + 24 * beat)))
      return { difference, beyondStated: difference - error, beyondTrue: difference - off }
    })
    const differences = excess.map(({ difference }) => difference)
    const beyond = quantile(
      excess.map(({ beyondTrue }) => beyondTrue),
      0.99,
    )
    const figures = [0.5, 0.99, 1].map((fraction) => quantile(differences, fraction).toFixed(1)).join(" / ")
    console.log(`      ${heard.length} of ${relayed} beats, ${lost} lost by the relay; onset difference p50/p99/worst ${figures} us`)
    console.log(`      beyond the true clock error p99 ${beyond.toFixed(1)} us; late ${receiver.session.queue.late}`)
    assert.ok(relayed > 1150)
    assert.ok(heard.length >= relayed - lost - 1, "the last may still be on its way")
    assert.strictEqual(receiver.session.queue.late, 0)
    assert.ok(beyond <= 50, `${beyond}`)
    assert.ok(
      quantile(
        excess.map(({ beyondStated }) => beyondStated),
        0.99,
      ) <= 50,
    )
  })
})

function playPacket(): Uint8Array {
  return Buffer.from("/play\0\0\0,\0\0\0", "latin1")
}
