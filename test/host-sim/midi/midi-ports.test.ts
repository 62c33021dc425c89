/**
 * MIDI ports of the computer under the live host: its real threads, with a library that has no MIDI behind it. An ALSA sequencer, which the
 * library itself would need, is not to be had on the machines this is tested on.
 */
import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Recorder } from "../../../host-sim/live/recorder"
import { Session } from "../../../host-sim/live/session"
import { byteEvent, bytesEvent, IN_BUTTON_PLAY, IN_MIDI_USB, OUT_MIDI_USB } from "../../../src/event"
import type { MidiStatus } from "../../../host-sim/midi/midi-status"
import { readWish } from "../../../host-sim/midi/wishes"
import { FakeMidi, type FakePorts } from "../../support/fake-midi"
import { sleep, until as waitUntil } from "../../support/sleep"
import { stall } from "../../support/stall"

const TACTUS = join(__dirname, "../../../host-sim/tactus.cjs")
const KEYS = "Keystation:Keystation MIDI 1 24:0"
const THROUGH = "Midi Through:Midi Through Port-0 14:0"
const CLOCK = [0xf8]
const isStart = (word: number) => word === byteEvent(OUT_MIDI_USB, 0xfa)
/** So much of a stall, at each end, proves nothing. */
const EDGE_NANOS = 40_000_000n
const config = (command: number, text = "") => [0xf0, 0x7d, 0x74, 0x63, command, ...Buffer.from(text), 0xf7]
const textOf = (bytes: readonly number[]) => String.fromCharCode(...bytes.slice(5, -1))

describe("MIDI ports of the computer", function () {
  // Real time on a shared machine: a stumble of the machine is not a fault of the code.
  this.retries(2)
  let midi: FakeMidi
  let session: Session
  let status: MidiStatus | undefined
  const news: string[] = []

  const start = async (
    ports: FakePorts,
    inputs: string[],
    outputs: string[],
    settings: object = { source: "internal" },
    recorder?: Recorder,
  ) => {
    news.length = 0
    status = undefined
    midi = new FakeMidi(ports)
    session = new Session({ ...settings }, undefined, recorder, true)
    await session.host.ready()
    session.connectMidi(
      { inputs: inputs.map((text) => readWish("midi-in", text)), outputs: outputs.map((text) => readWish("midi-out", text)) },
      (report) => {
        status = report.status
        news.push(...report.news)
      },
    )
    await until(() => status !== undefined)
  }
  const until = (isTrue: () => boolean) => waitUntil(String(isTrue), isTrue)
  const heardNews = (text: RegExp) => until(() => news.some((one) => text.test(one)))
  const sentFrom = (name: string) => midi.sent.filter(({ from }) => from === name).map(({ bytes }) => bytes)

  afterEach(async () => {
    await session.close()
    midi.close()
  })

  it("follows the clock of an input, and sends its own to the outputs and the virtual port", async () => {
    await start({ inputs: [THROUGH, KEYS], outputs: ["Volca 28:0"] }, ["keystation"], ["volca"], { source: "midi-usb" })
    await heardNews(/input Keystation:Keystation MIDI 1 feeds midi-usb/)
    await heardNews(/midi-usb goes to output Volca/)
    const beat = setInterval(() => midi.play(KEYS, CLOCK), 20)
    midi.play(KEYS, [0xfa])
    await until(() => session.host.update?.state.lock === "locked")
    await until(() => sentFrom("Volca 28:0").filter(([byte]) => byte === 0xf8).length > 10)
    clearInterval(beat)
    assert.ok(sentFrom("tactus").some(([byte]) => byte === 0xf8))
  })

  it("waits for the sound cards with what it sends, while the internal clock rules", async () => {
    await start({ inputs: [], outputs: ["Volca 28:0"] }, [], ["volca"], { source: "internal", transport: { start: "button" } })
    await heardNews(/midi-usb goes to output Volca/)
    const { host } = session
    const decided: number[] = []
    host.listen({
      update: ({ outputs }) => outputs.forEach((word, i) => i % 2 === 1 && isStart(word) && decided.push(outputs[i - 1])),
    })
    host.holdMidi(300_000)
    const origin = process.hrtime.bigint() - BigInt(host.now()) * 1000n
    host.input(IN_BUTTON_PLAY, { level: 1 })
    setTimeout(() => host.input(IN_BUTTON_PLAY, { level: 0 }), 100)
    const sent = () => midi.sent.find(({ from, bytes }) => from === "Volca 28:0" && bytes[0] === 0xfa)
    await until(() => decided.length > 0 && sent() !== undefined)
    const leftAt = Number((sent()?.at ?? 0n) - origin) / 1000
    assert.ok(leftAt - decided[0] > 299_000, `decided at ${decided[0]}, left at ${leftAt}`)
  })

  it("lets go of a port that is pulled, says so, and takes it up again", async () => {
    await start({ inputs: [KEYS], outputs: ["Volca 28:0"] }, ["keystation"], ["volca"])
    await heardNews(/midi-usb goes to output Volca/)
    await until(() => sentFrom("Volca 28:0").length > 3)
    midi.have({ inputs: [], outputs: [] })
    await heardNews(/input Keystation.* is gone; waiting for it/)
    await heardNews(/output Volca is gone/)
    assert.deepEqual(
      status?.ports.map(({ name }) => name),
      [null, null],
    )
    midi.have({ inputs: [KEYS.replace("24", "32")], outputs: ["Volca 36:0"] })
    await until(() => sentFrom("Volca 36:0").length > 3)
    await until(() => status?.ports.every(({ name }) => name !== null) === true)
    const heard: number[] = []
    session.host.listen({ update: ({ inputs }) => heard.push(...inputs.map((input) => input.event ?? 0)) })
    midi.play(KEYS.replace("24", "32"), [0x90, 60, 100])
    await until(() => heard.includes(bytesEvent(IN_MIDI_USB, 3, 0x90, 60, 100)))
    assert.deepEqual(
      status?.ports.map(({ direction, port, name }) => `${direction} ${port} ${name}`),
      ["in midi-usb Keystation:Keystation MIDI 1", "out midi-usb Volca"],
    )
  })

  it("a note on the DIN port goes out at the DIN port, whole, beside the clock", async () => {
    await start({ inputs: ["UM-ONE 20:0"], outputs: ["UM-ONE 20:0"] }, ["din=um-one"], ["din=um-one"])
    await heardNews(/midi-din goes to output UM-ONE/)
    await heardNews(/UM-ONE feeds midi-din/)
    midi.play("UM-ONE 20:0", [0x91, 60, 100])
    midi.play("UM-ONE 20:0", [0xf0, 1, 2, 3, 4, 5, 0xf7])
    const out = () => sentFrom("UM-ONE 20:0").filter((bytes) => bytes[0] < 0xf8)
    await until(() => out().length === 2)
    assert.deepEqual(out(), [
      [0x91, 60, 100],
      [0xf0, 1, 2, 3, 4, 5, 0xf7],
    ])
  })

  it("is configured by SysEx at any port: read, write, refusal, dump; the answer goes to who asked", async () => {
    await start({ inputs: ["DAW:out 20:0"], outputs: ["DAW:in 20:1", "Volca 28:0"] }, ["daw"], ["daw", "volca"])
    await heardNews(/output Volca/)
    const answers = () => sentFrom("DAW:in 20:1").filter((bytes) => bytes[0] === 0xf0 && bytes[1] === 0x7d)
    midi.play("DAW:out 20:0", config(5, '{"tempo": 131}'))
    await until(() => answers().length === 1)
    assert.deepEqual(answers()[0].slice(4), [6, 0, 0xf7])
    await until(() => session.host.settings?.tempo === 131)
    midi.play("DAW:out 20:0", config(5, '{"tempo": 1}'))
    await until(() => answers().length === 2)
    assert.equal(answers()[1][5], 1)
    assert.match(textOf(answers()[1]), /tempo is 1; expected/)
    midi.play("DAW:out 20:0", config(1, "tempo"))
    await until(() => answers().length === 3)
    assert.equal(textOf(answers()[2]), "tempo=131")
    midi.play("DAW:out 20:0", config(3))
    await until(() => answers().length > 60)
    assert.equal(sentFrom("Volca 28:0").filter((bytes) => bytes[0] === 0xf0).length, 0)
  })

  it("says who it is on the virtual port too", async () => {
    await start({ inputs: [], outputs: [] }, [], [])
    await heardNews(/other programs see a port tactus/)
    midi.play("tactus", [0xf0, 0x7e, 0x7f, 6, 1, 0xf7])
    await until(() => sentFrom("tactus").some((bytes) => bytes[3] === 6 && bytes[4] === 2))
  })

  it("sends while the main thread is stalled", async function () {
    await start({ inputs: [], outputs: ["Volca 28:0"] }, [], ["volca"], { source: "internal", tempo: 125 })
    await until(() => sentFrom("Volca 28:0").length > 3)
    const stalls = await stall(this, 4, 400, () => process.hrtime.bigint())
    const times = midi.sent.filter(({ from, bytes }) => from === "Volca 28:0" && bytes[0] === 0xf8).map(({ at }) => at)
    // A clock every 20 ms; none in the middle of a stall, if they had to wait for the main thread.
    const within = stalls.map(({ from, until }) => times.filter((at) => at > from + EDGE_NANOS && at < until - EDGE_NANOS).length)
    assert.ok(within.filter((count) => count >= 5).length >= 2, `${within.join(" ")} clocks sent in the stalls`)
  })

  it("what came in by them is recorded, and replays to the same events, bit for bit", async () => {
    const folder = mkdtempSync(join(tmpdir(), "tactus-midi-"))
    const recorder = new Recorder(folder, { source: "midi-din" })
    try {
      await start({ inputs: ["UM-ONE 20:0", "DAW 24:0"], outputs: [] }, ["din=um-one", "daw"], [], { source: "midi-din" }, recorder)
      await heardNews(/UM-ONE feeds midi-din/)
      await heardNews(/DAW feeds midi-usb/)
      midi.play("UM-ONE 20:0", [0xfa])
      const beat = setInterval(() => midi.play("UM-ONE 20:0", CLOCK), 15)
      await until(() => session.host.update?.state.lock === "locked")
      midi.play("DAW 24:0", config(5, '{"sync": [{}, {"ppqn": 4}]}'))
      midi.play("UM-ONE 20:0", [0xf0, 1, 2, 3, 4, 0xf7])
      midi.play("DAW 24:0", [0x90, 60, 100])
      await until(() => sentFrom("tactus").filter(([byte]) => byte === 0xf8).length > 60)
      clearInterval(beat)
      await session.close()
      const { until: end } = recorder.close()
      const words = ["--inputs", join(folder, "TRACE.jsonl"), "--settings", join(folder, "SETTINGS.json"), "--until", String(end)]
      const replay = spawnSync(process.execPath, [TACTUS, "replay", ...words, "--out", join(folder, "again")], { encoding: "utf8" })
      assert.equal(replay.status, 0, replay.stderr)
      const live = readFileSync(join(folder, "events.jsonl"), "utf8")
      assert.ok(live.includes("midi-usb-config") && live.split("\n").length > 100)
      assert.equal(readFileSync(join(folder, "again/events.jsonl"), "utf8"), live)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it("says what does not open, once, and goes on trying", async () => {
    await start({ inputs: [KEYS], outputs: [], refused: [KEYS] }, ["keystation"], ["nothing of the kind"])
    await heardNews(/input Keystation.* cannot be opened: the port is in use/)
    await heardNews(/waiting for an output with "nothing of the kind" in its name/)
    await sleep(1000)
    assert.equal(news.filter((one) => /cannot be opened/.test(one)).length, 1)
    midi.have({ inputs: [KEYS], outputs: [] })
    await heardNews(/input Keystation.* feeds midi-usb/)
  })

  it("goes on without, in a sentence, where there is no MIDI system", async () => {
    await start({ inputs: [], outputs: [], isDown: true }, ["x"], [])
    assert.equal(status?.problem, "this machine's MIDI system does not answer: Failed to initialise RtMidi")
    await until(() => (session.host.update?.time ?? 0) > 0)
  })
})
