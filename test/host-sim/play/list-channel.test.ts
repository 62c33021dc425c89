import assert from "node:assert"
import { findInterface, LOOPBACK } from "../../../host-sim/net/network-interface"
import { ListChannel } from "../../../host-sim/play/list-channel"
import { isNewer, isSamePlace, listKey, type ListState } from "../../../host-sim/play/list-state"
import { until } from "../../support/sleep"

const on = findInterface(LOOPBACK)
const EPOCH = 1_790_000_000_000_000
const port = 24000 + (process.pid % 20000)

function proposal(by: string, seconds: number, more: Partial<ListState> = {}): ListState {
  return { number: 0, by, isPlaying: true, at: EPOCH + seconds * 1e6, track: 0, seconds: 0, volume: 100, ...more }
}

describe("what machines that play a list agree on", function () {
  // Real time on a shared machine: a stumble of the machine is not a fault of the code.
  this.retries(2)
  const opened: ListChannel[] = []
  const open = async (key: string, state: ListState): Promise<ListChannel> => {
    const channel = await ListChannel.open(on, key, state, port)
    opened.push(channel)
    return channel
  }
  afterEach(() => opened.splice(0).forEach((each) => each.close()))

  it("is one start, though each had chosen another slot, whether at once or long after", async () => {
    const [first, second] = await Promise.all([open("list", proposal("b", 15)), open("list", proposal("a", 30))])
    const late = await open("list", proposal("c", 300, { track: 4, seconds: 9 }))
    const other = await open("another", proposal("c", 300))
    for (const channel of [first, second, late]) assert.ok(isSamePlace(channel.state, proposal("b", 15)))
    assert.strictEqual(other.state.at, EPOCH + 300e6, "another list is no concern of theirs")
    for (const each of opened) each.close()
    assert.strictEqual((await open("list", proposal("d", 300))).state.at, EPOCH + 300e6, "when all have gone")
  })

  it("is what was said last, on every machine; one who comes to a list that stands begins it", async () => {
    const [first, second] = await Promise.all([open("list", proposal("a", 15)), open("list", proposal("b", 15))])
    const stop = { ...second.state, number: 1, by: "b", isPlaying: false, at: EPOCH + 60e6, track: 2, seconds: 12.345678901, volume: 40 }
    second.set(stop)
    await until("the other to hear of it", () => first.state.number === 1)
    assert.deepStrictEqual(first.state, stop)
    const third = await open("list", proposal("c", 90))
    await until("both to hear of it", () => first.state.number === 2 && second.state.number === 2)
    const begun = proposal("c", 90, { number: 2, volume: 40 })
    assert.deepStrictEqual([first.state, second.state, third.state], [begun, begun, begun])
  })

  it("is the same whatever comes first: of any two states exactly one is newer", () => {
    const states = [0, 1, 2].flatMap((number) =>
      ["a", "b"].flatMap((by) => [15, 30].map((seconds) => proposal(by, seconds, { number, isPlaying: seconds < 20 }))),
    )
    for (const one of states)
      for (const other of states) {
        const isEqual = one.number === other.number && one.by === other.by && (one.number > 0 || one.at === other.at)
        assert.strictEqual(Number(isNewer(one, other)) + Number(isNewer(other, one)), isEqual ? 0 : 1)
      }
  })

  it("is about the same files in the same order, wherever they stand", () => {
    const tracks = (folder: string, ...names: string[]) => names.map((name) => ({ path: `${folder}/${name}`, title: name, line: 1 }))
    assert.strictEqual(listKey(tracks("/home/one", "a", "b")), listKey(tracks("/media/two", "a", "b")))
    assert.notStrictEqual(listKey(tracks("/home/one", "a", "b")), listKey(tracks("/home/one", "b", "a")))
  })
})
