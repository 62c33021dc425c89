import assert from "node:assert/strict"
import { Peers } from "../../../host-sim/net/peers"
import { Election } from "../../../src/net/election"

const SECOND = 1_000_000
const NAMED = { address: "10.0.0.1", port: 8000 }
const from = (port: number) => ({ address: "10.0.0.2", port })

describe("those who hear what is said to all", () => {
  it("are those who were named and those who were met, each once", () => {
    const peers = new Peers([NAMED])
    for (const at of [NAMED, from(1), from(2), from(1)]) peers.met({ ...at }, SECOND)
    assert.deepEqual(peers.all, [NAMED, from(1), from(2)])
  })

  it("make room for a newcomer when one of them is gone, and not before", () => {
    const peers = new Peers([NAMED])
    for (let port = 1; port < 64; port++) peers.met(from(port), SECOND)
    for (let port = 2; port < 64; port++) peers.met(from(port), 9 * SECOND)
    peers.met(from(100), 10 * SECOND)
    assert.ok(!peers.all.some(({ port }) => port === 100), "all are here")
    peers.met(from(100), 12 * SECOND)
    peers.met(from(101), 12 * SECOND)
    assert.equal(peers.all.length, 64)
    assert.deepEqual(
      [1, 100, 101].map((wanted) => peers.all.some(({ port }) => port === wanted)),
      [false, true, false],
    )
    for (let port = 200; port < 300; port++) peers.met(from(port), 60 * SECOND)
    assert.deepEqual(peers.all[0], NAMED, "who was named stays")
    assert.equal(peers.all.length, 64)
  })
})

describe("an election", () => {
  it("hears a newcomer though hundreds have come and gone", () => {
    const election = new Election({ id: "a", priority: 1 })
    for (let number = 0; number < 300; number++) election.hello({ id: `gone ${number}`, priority: 9 }, 0)
    election.hello({ id: "new", priority: 9 }, 60 * SECOND)
    assert.deepEqual(election.others(60 * SECOND), [{ id: "new", priority: 9 }])
  })
})
