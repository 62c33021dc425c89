/** The module hears itself over a cable: what it reports is what the cable did, and no clock is ever disturbed. */
import assert from "node:assert/strict"
import { IN_CV, IN_BUTTON_PLAY, OUTPUT_PORTS, byteOf, lengthOf, levelEvent, portOf, valueOf } from "../../src/event"
import { TEST_PERIOD_MICROS, TEST_PULSES } from "../../src/config/self-test"
import { Conversation, type TestResult } from "../../tools/doctor/conversation"
import { SimulatedModule } from "../../tools/doctor/simulated-module"

const QUIET = { transport: { start: "button" } }

async function tested(module: SimulatedModule, output: string, input: string): Promise<TestResult> {
  const result = await new Conversation(module).test(output, input)
  assert.ok(typeof result === "object", String(result))
  return result
}

async function refusal(module: SimulatedModule, output: string, input: string): Promise<string> {
  const result = await new Conversation(module).test(output, input)
  assert.ok(typeof result === "string", JSON.stringify(result))
  return result
}

describe("the self-test over a cable", () => {
  it("hears every pulse of every output at every input, as late as the cable made it", async () => {
    const module = new SimulatedModule({ ...QUIET, arp: { polarity: "negative" } })
    const gates = OUTPUT_PORTS.slice(OUTPUT_PORTS.indexOf("clock"))
    for (const output of gates)
      for (const input of ["cv", "reset", "run"]) {
        module.patch(output, input, () => 4)
        const result = await tested(module, output, input)
        const delay = { least: 4, mean: 4, most: 4, deviation: 0 }
        assert.deepEqual(result, { out: output, in: input, sent: TEST_PULSES, caught: TEST_PULSES, extra: 0, delay, width: 1000 })
      }
    module.patch("midi-din", "midi-din", () => 2)
    const din = await tested(module, "midi-din", "midi-din")
    assert.equal(din.caught, TEST_PULSES)
    assert.deepEqual(din.delay, { least: 2, mean: 2, most: 2, deviation: 0 })
  })

  it("leaves every output as it was, also one that rests high", async () => {
    const module = new SimulatedModule({ ...QUIET, arp: { polarity: "negative" } })
    const rest = new Map<number, number>(OUTPUT_PORTS.map((_, port) => [port, 0]))
    for (const { word } of module.sent) if (lengthOf(word) === 0) rest.set(portOf(word), valueOf(word))
    assert.equal(rest.get(OUTPUT_PORTS.indexOf("arp")), 1)
    const after = new Map(rest)
    for (const output of ["run", "sync2", "arp"]) {
      module.unplug()
      await tested(module, output, "cv")
    }
    for (const { word } of module.sent) if (lengthOf(word) === 0) after.set(portOf(word), valueOf(word))
    assert.deepEqual(after, rest)
  })

  it("tells jitter, lost pulses, echoes and a missing cable", async () => {
    const module = new SimulatedModule(QUIET)
    let edge = 0
    module.patch("sync1", "cv", () => [3, 3, 9, 9][edge++ % 4])
    const jittery = await tested(module, "sync1", "cv")
    assert.deepEqual(jittery.delay, { least: 3, mean: 6, most: 9, deviation: 3 })
    module.patch("sync1", "cv", (time) => (Math.round(time / TEST_PERIOD_MICROS) % 8 === 0 ? undefined : 3))
    const lossy = await tested(module, "sync1", "cv")
    assert.equal(lossy.caught, TEST_PULSES - TEST_PULSES / 8)
    module.patch("clock", "cv")
    const wrongJack = await tested(module, "sync1", "cv")
    assert.deepEqual(wrongJack, { out: "sync1", in: "cv", sent: TEST_PULSES, caught: 0, extra: 0 })
  })

  it("is refused while the module runs, hears a clock, or goes on while stopped; and for what is no pair", async () => {
    const playing = new SimulatedModule({ source: "internal" })
    const before = playing.sent.length
    assert.match(await refusal(playing, "sync1", "cv"), /^the transport runs/)
    const clocks = playing.sent.slice(before).filter(({ word }) => portOf(word) === OUTPUT_PORTS.indexOf("midi-din"))
    assert.ok(clocks.every(({ word }) => byteOf(word, 0) === 0xf8))
    const free = new SimulatedModule({ ...QUIET, source: "internal", clock: { whileStopped: true } })
    assert.match(await refusal(free, "sync1", "cv"), /^outputs are busy/)
    const clocked = new SimulatedModule(QUIET)
    for (let i = 0; i < 4; i++) {
      clocked.input(levelEvent(IN_CV, 1))
      clocked.advance(60000)
      clocked.input(levelEvent(IN_CV, 0))
      clocked.advance(60000)
    }
    assert.match(await refusal(clocked, "sync1", "reset"), /busy|clock is coming/)
    const module = new SimulatedModule(QUIET)
    for (const pair of ["sync1 midi-din", "midi-din cv", "sync9 cv", "sync1 pot-arp", "midi-usb cv"]) {
      const [output, input] = pair.split(" ")
      assert.match(await refusal(module, output, input), /^expected an output/, pair)
    }
  })

  it("is deaf meanwhile: a button starts nothing, a second test waits its turn, and then all is as before", async () => {
    const module = new SimulatedModule({ source: "internal", transport: { start: "button" } })
    module.patch("sync1", "cv")
    const ask = (words: string) => module.send([0xf0, 0x7d, 0x74, 0x63, 0x0a, ...Buffer.from(words), 0xf7])
    ask("sync1 cv")
    module.advance(100000)
    module.input(levelEvent(IN_BUTTON_PLAY, 1))
    module.advance(80000)
    module.input(levelEvent(IN_BUTTON_PLAY, 0))
    ask("sync2 cv")
    const told = [await module.receive(1000), await module.receive(1000)].map((bytes) => Buffer.from(bytes ?? []).toString("latin1"))
    assert.match(told[0], /a self-test is under way/)
    assert.match(told[1], /"sent":64,"caught":64,/)
    assert.ok(module.sent.every(({ word }) => !(portOf(word) === OUTPUT_PORTS.indexOf("midi-din") && byteOf(word, 0) === 0xf8)))
    module.input(levelEvent(IN_BUTTON_PLAY, 1))
    module.advance(80000)
    module.input(levelEvent(IN_BUTTON_PLAY, 0))
    module.advance(500000)
    assert.ok(module.sent.some(({ word }) => portOf(word) === OUTPUT_PORTS.indexOf("midi-din") && byteOf(word, 0) === 0xf8))
  })
})
