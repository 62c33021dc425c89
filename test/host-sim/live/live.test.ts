import assert from "node:assert/strict"
import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { WebSocket } from "ws"
import type { MidiStatus } from "../../../host-sim/midi/midi-status"
import { cpuSecondsOf } from "../../support/cpu-time"
import { FakeMidi } from "../../support/fake-midi"
import { sleep, until } from "../../support/sleep"

const TACTUS = join(__dirname, "../../../host-sim/tactus.cjs")
/** The bar, on a machine that does nothing else; counted in the processor's time, of all threads, three times as much. */
const READY_SECONDS = 2

/** A panel as a program: collects what the host says, asks and waits for the answer. */
class Panel {
  readonly said: Record<string, never>[] = []
  private readonly socket: WebSocket
  private id = 0

  constructor(address: string) {
    this.socket = new WebSocket(address.replace("http", "ws") + "live")
    this.socket.on("message", (data) => this.said.push(JSON.parse(String(data)) as Record<string, never>))
  }

  /** The newest message of a kind that satisfies `isWanted`. */
  async wait<Message>(kind: string, isWanted: (message: Message) => boolean = () => true): Promise<Message> {
    const find = () => [...this.said].reverse().find((message) => kind in message && isWanted(message[kind] as Message))
    await until(`"${kind}", ${isWanted}`, () => find() !== undefined)
    return find()?.[kind] as Message
  }

  async ask(request: object): Promise<string[]> {
    const id = ++this.id
    this.socket.send(JSON.stringify({ id, ...request }))
    await this.wait<number>("answer", (answer) => answer === id)
    return (this.said.find((message) => message.answer === id) as unknown as { problems: string[] }).problems
  }

  close(): void {
    this.socket.close()
  }
}

interface State {
  readonly state: { readonly channels: { state: string; pending: string }[]; readonly lock: string; readonly tempo: number }
}

describe("npm start", function () {
  // Real time on a shared machine: a stumble of the machine is not a fault of the code.
  this.retries(2)
  let folder: string
  let host: ChildProcess
  let panel: Panel
  let said = ""

  const start = async (...words: string[]) => {
    said = ""
    host = spawn(process.execPath, [TACTUS, "live", "--port", "0", ...words], { stdio: ["ignore", "pipe", "pipe"] })
    host.stderr?.on("data", (text) => (said += text))
    await new Promise<void>((resolve, reject) => {
      host.stdout?.on("data", (text) => {
        said += text
        if (said.includes("Ctrl-C")) resolve()
      })
      host.on("exit", () => reject(new Error(said)))
    })
    const address = /http:\S+/.exec(said)?.[0] as string
    panel = new Panel(address)
    await panel.wait("hello")
  }
  const end = () =>
    new Promise<number | null>((resolve) => {
      panel?.close()
      if (host.exitCode !== null) return resolve(host.exitCode)
      host.on("exit", (code) => resolve(code))
      host.kill("SIGINT")
    })

  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "tactus-live-"))))
  afterEach(async () => {
    await end()
    rmSync(folder, { recursive: true })
  })

  it("is ready soon, runs on its internal clock, and ends with 0 when asked to", async () => {
    await start()
    const took = cpuSecondsOf(host.pid as number)
    console.log(`      ready after ${took.toFixed(1)} s of the processor's time`)
    assert.ok(took < 3 * READY_SECONDS)
    const { state } = await panel.wait<State>("update", ({ state: { tempo } }) => tempo === 120)
    assert.equal(state.lock, "free")
    assert.equal(await end(), 0)
  })

  it("obeys keys and settings, and the page hears what the module made of them", async () => {
    await start()
    assert.deepEqual(await panel.ask({ input: { port: "keys", bytes: [0x63] } }), [])
    await panel.wait<State>("update", ({ state: { channels } }) => channels[2].pending === "stop")
    assert.deepEqual(await panel.ask({ set: { tempo: 1 } }), ["tempo is 1; expected 20..999.99 BPM"])
    assert.deepEqual(await panel.ask({ set: { tempo: 200 } }), [])
    await panel.wait<{ tempo: number }>("settings", (held) => held.tempo === 200)
    await panel.wait<State>("update", ({ state: { tempo } }) => tempo === 200)
    assert.match((await panel.ask({ nonsense: 1 }))[0], /expected "input"/)
    assert.deepEqual(await panel.ask({ factory: true }), [])
    await panel.wait<{ tempo: number }>("settings", (held) => held.tempo === 120)
  })

  it("follows a clock on a virtual cable", async () => {
    await start()
    await panel.ask({ set: { source: "cv", cv: { ppqn: 4 } } })
    await panel.ask({ clock: { tempo: 150, ppqn: 4, jitterMicros: 0 } })
    await panel.wait<State>("update", ({ state: { lock, tempo } }) => lock === "locked" && Math.abs(tempo - 150) < 0.01)
  })

  it("hears a change of its settings file, complains about a wrong one, and saves what it holds", async () => {
    const file = join(folder, "SETTINGS.json")
    writeFileSync(file, '{"tempo": 90}')
    await start("--settings", file)
    const held = await panel.wait<{ settings: { tempo: number; source: string } }>("hello")
    assert.deepEqual([held.settings.tempo, held.settings.source], [90, "internal"])
    writeFileSync(file, '{"tempo": 95.5}')
    await panel.wait<{ tempo: number }>("settings", ({ tempo }) => tempo === 95.5)
    writeFileSync(file, '{"tempo": "quick"}')
    assert.match(
      await panel.wait<string>("notice", (notice) => notice.includes("SETTINGS.json:1: tempo")),
      /SETTINGS\.json:1: tempo is "quick"; expected 20\.\.999\.99 BPM/,
    )
    await panel.ask({ set: { wait: 7 } })
    assert.deepEqual(await panel.ask({ save: true }), [])
    const saved = JSON.parse(readFileSync(file, "utf8")) as { wait: number; tempo: number }
    assert.deepEqual([saved.wait, saved.tempo], [7, 95.5])
  })

  it("records a session that replays to the same events, bit for bit", async () => {
    await start("--record", folder)
    await panel.ask({ set: { source: "cv", cv: { ppqn: 4 } } })
    await panel.ask({ clock: { tempo: 180, ppqn: 4, jitterMicros: 1500 } })
    await panel.wait<State>("update", ({ state: { lock } }) => lock === "locked")
    for (const port of ["midi-din", "midi-usb"]) await panel.ask({ input: { port, bytes: [0x90, 60, 100, 0xf0, 1, 2, 3, 4, 0xf7] } })
    for (const value of [100, 600, 900]) await panel.ask({ input: { port: "pot-arp", value } })
    for (const level of [1, 0]) await panel.ask({ input: { port: "button-step2", level } })
    await panel.ask({ set: { sync: [{}, { ppqn: 4 }] } })
    await panel.ask({ set: { tempo: 0 } })
    await sleep(1200)
    for (const character of "ak9x ") await panel.ask({ input: { port: "keys", bytes: [character.charCodeAt(0)] } })
    assert.equal(await end(), 0, said)
    const live = readFileSync(join(folder, "events.jsonl"), "utf8")
    const words = /npm run replay -- (.*)/.exec(said)?.[1].split(" ") as string[]
    const replay = spawnSync(process.execPath, [TACTUS, "replay", ...words, "--out", join(folder, "again")], { encoding: "utf8" })
    assert.equal(replay.status, 0, replay.stderr)
    assert.ok(live.split("\n").length > 60, live)
    assert.equal(readFileSync(join(folder, "again/events.jsonl"), "utf8"), live)
  })

  it("tells its terminal and its panel about the computer's MIDI ports, and lists them", async () => {
    const midi = new FakeMidi({ inputs: ["Keystation:Keystation MIDI 1 24:0"], outputs: [] })
    try {
      const list = spawnSync(process.execPath, [TACTUS, "live", "--midi-list"], { encoding: "utf8" })
      assert.deepEqual([list.status, list.stdout], [0, "  in             Keystation:Keystation MIDI 1\n  out            none\n"])
      await start("--midi-in", "din=keystation", "--midi-out", "volca")
      const { ports } = await panel.wait<MidiStatus>("midi", (status) => status.ports.some(({ name }) => name !== null))
      assert.deepEqual(
        ports.map(({ direction, port, name }) => [direction, port, name]),
        [
          ["in", "midi-din", "Keystation:Keystation MIDI 1"],
          ["out", "midi-usb", null],
        ],
      )
      await until("the terminal to say so", () => said.includes("waiting for an output"))
      assert.match(said, /midi {11}input Keystation:Keystation MIDI 1 feeds midi-din/)
      assert.equal(await end(), 0)
    } finally {
      midi.close()
    }
  })

  it("refuses in one line: a port that is none, a short token, a settings file that is not there", () => {
    for (const [words, message] of [
      [["--port", "99999"], /^tactus: --port is "99999"; expected a port/],
      [["--token", "abc"], /^tactus: --token is too short/],
      [["--listen", "127.0.0.1"], /^tactus: TACTUS_TOKEN is too short/],
      [["--settings", "nowhere.json"], /^tactus: nowhere\.json: there is no such file/],
      [["--midi-in", "din="], /^tactus: --midi-in is "din="; expected .*a part of a port's name/],
      [["--no-midi", "--midi-in", "x"], /^tactus: --no-midi excludes/],
      [["--colour"], /^tactus: .*--colour/],
    ] as const) {
      const run = spawnSync(process.execPath, [TACTUS, "live", ...words], {
        encoding: "utf8",
        env: { ...process.env, TACTUS_TOKEN: "short" },
      })
      assert.equal(run.status, 2)
      assert.match(run.stderr, message)
      assert.equal(run.stderr.trim().split("\n").length, 1)
    }
  })
})
