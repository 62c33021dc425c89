/** The page's side of the SysEx against the core's own. */
import assert from "node:assert/strict"
import { question, readMessage } from "../../../host-sim/panel/module-sysex"
import { keysOf, ModuleTalk } from "../../../host-sim/panel/module-talk"
import { SimulatedModule } from "../../support/simulated-module"

describe("talking to a module over SysEx", function () {
  // Real time on a shared machine: a stumble of the machine is not a fault of the code.
  this.retries(2)
  let module: SimulatedModule
  let talk: ModuleTalk
  beforeEach(() => {
    module = new SimulatedModule({ tempo: 77, sync: [{}, { name: "Bläser" }] }, (_, bytes) => talk.hear(bytes))
    talk = new ModuleTalk((bytes) => module.receive(1, bytes))
  })
  afterEach(() => module.close())

  it("a dump is exactly what the module holds", async () => assert.deepEqual(await talk.dump(), module.settings))

  it("a dump of which a row was lost is asked for again, and nothing less than all is shown", async () => {
    let lost = 0
    module.loses = (_, bytes) => bytes[4] === 4 && bytes[5] === 9 && lost++ === 0
    assert.deepEqual(await talk.dump(), module.settings)
    assert.equal(lost, 2)
  })

  it("writes are acknowledged or refused with the module's words, whatever letters they hold", async () => {
    assert.equal(await talk.write({ sync: [{}, {}, { name: "Çelik 🥁" }] }), "")
    assert.equal(await talk.read("sync.2.name"), "Çelik 🥁")
    assert.match(await talk.write({ tempo: 1 }), /^tempo is 1; expected 20\.\.999\.99 BPM$/)
    assert.match(await talk.write({ tempo: 100, colour: 1 }), /colour/)
    assert.equal(await talk.read("tempo"), 77)
    assert.equal(await talk.factory(), "")
    assert.equal(await talk.read("tempo"), 120)
  })

  it("asks one thing at a time, and again where an answer was lost", async () => {
    let count = 0
    module.loses = (_, bytes) => bytes[4] === 2 && count++ === 0
    const [tempo, wait, counters] = await Promise.all([talk.read("tempo"), talk.read("wait"), talk.counters()])
    assert.deepEqual([tempo, wait, counters.bytesDropped], [77, 1, 0])
  })

  it("says that the module does not answer, after some patience", async () => {
    module.isOn = false
    await assert.rejects(talk.read("tempo"), /the module does not answer/)
  })

  it("takes nothing for a message that is none, or not whole", () => {
    for (const bytes of [
      [],
      [0xf8],
      [0x90, 60, 100],
      question(2, "tempo"),
      question(2, "tempo="),
      question(2, "tempo=12").slice(0, -1),
      question(4, "abcdtempo={"),
      question(9, "nonsense"),
      question(42),
      [0xf0, 0x7e, 0x7f, 6, 2, 0x41, 0xf7],
    ])
      assert.equal(readMessage(bytes), undefined, String(bytes))
  })

  it("names the keys of a nested change", () =>
    assert.deepEqual(keysOf({ tempo: 1, sync: [{}, { ppqn: 2, name: "x" }] }), ["tempo", "sync.1.ppqn", "sync.1.name"]))
})
