/** The doctor finds what is wrong with a module, says what is well, and finds its port among others. */
import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { EventEmitter } from "node:events"
import { join } from "node:path"
import { version } from "../../../package.json"
import type { MidiLibrary } from "../../../host-sim/midi/midi-system"
import { IN_CV, levelEvent } from "../../../src/event"
import { examine, type Patient } from "../../../tools/doctor/examine"
import { judgeCounters, judgeTest } from "../../../tools/doctor/judgement"
import { MidiWire } from "../../../tools/doctor/midi-wire"
import { ALL_LOOPS, type Loop, readLoops } from "../../../tools/doctor/plan"
import { type Cable, SimulatedModule } from "../../../tools/doctor/simulated-module"

const ROOT = join(__dirname, "../../..")
const PLENTY: Record<string, number> = Object.fromEntries(
  "exceptions outputsRefused outputsLate capturesLost dinErrors usbLost wakesLost latestMicros"
    .split(" ")
    .map((name) => [name, 4294967295]),
)

function patient(
  module: SimulatedModule,
  loops: readonly Loop[],
  cable?: (loop: Loop) => Cable | undefined,
): Patient & { lines: string[] } {
  const lines: string[] = []
  return {
    wire: module,
    name: "the bench",
    expected: version,
    loops,
    lines,
    say: (line) => void lines.push(line),
    wait: async (milliseconds) => module.advance(milliseconds * 1000),
    patch: async (loop) => {
      const through = cable === undefined ? () => 3 : cable(loop)
      if (through === undefined) module.unplug()
      else module.patch(loop.output, loop.input, through)
      return true
    },
  }
}

describe("the doctor", () => {
  it("finds a whole module well, jack by jack", async () => {
    const bench = patient(new SimulatedModule(), ALL_LOOPS)
    assert.deepEqual(await examine(bench), [])
    assert.equal(bench.lines[0], `tactus ${version} on the bench`)
    assert.equal(bench.lines.filter((line) => line.endsWith("  ok")).length, ALL_LOOPS.length)
  })

  it("names the jack that is dead, loose, jittery, late or slow to fall", async () => {
    let edges = 0
    const faults: Record<string, Cable | undefined> = {
      sync1: undefined,
      sync2: () => (edges++ % 20 < 2 ? undefined : 3),
      sync3: () => [3, 3, 15, 15][edges++ % 4],
      sync4: () => 45,
      reset: () => [3, 103][edges++ % 2],
    }
    const bench = patient(new SimulatedModule(), ALL_LOOPS, ({ output }) => (output in faults ? faults[output] : () => 3))
    const wrong = await examine(bench)
    assert.deepEqual(
      wrong.map((line) => line.split(" out")[0]),
      ["reset", "sync 1", "sync 2", "sync 3", "sync 4"],
    )
    const reasons = [/come back as 1100/, /nothing heard/, /of 64 lost/, /jitter 12 us/, /late by 45 us/]
    reasons.forEach((reason, i) => assert.match(wrong[i], reason))
  })

  it("waits until a clock that was there is forgotten, and gives up on one that stays", async () => {
    const module = new SimulatedModule()
    const pulse = () => {
      module.input(levelEvent(IN_CV, 1))
      module.advance(5000)
      module.input(levelEvent(IN_CV, 0))
    }
    for (let i = 0; i < 5; i++, module.advance(120000)) pulse()
    assert.deepEqual(await examine(patient(module, readLoops("sync1:cv"))), [])
    const clocked = patient(module, readLoops("sync1:reset"))
    clocked.wait = async (milliseconds) => {
      for (let i = 0; i < milliseconds / 100; i++, module.advance(95000)) pulse()
    }
    await clocked.wait(1000)
    assert.match((await examine(clocked))[0], /^sync 1 out -> reset in: (the transport runs|outputs are busy|a clock is coming in)/)
  })

  it("tells faults of the module from what only came in, and shows what it does not know", () => {
    const judged = judgeCounters({ glitches: 4, outputsLate: 2, wakesLost: 0, latestMicros: 3, later: 9 })
    assert.deepEqual(
      judged.map(({ name, isWrong }) => [name, isWrong]),
      [
        ["outputsLate", true],
        ["wakesLost", false],
        ["glitches", false],
        ["latestMicros", false],
        ["later", false],
      ],
    )
  })

  it("gets every counter of a board in one SysEx, however large they are", async () => {
    const module = new SimulatedModule()
    module.module.board = { counters: () => ({ ...PLENTY }) }
    module.module.cvFilter.glitches = module.module.wire.dropped = module.module.bank.refusals = 4294967295
    const wrong = await examine(patient(module, []))
    assert.equal(wrong.length, 7)
    assert.match(wrong[0], /^exceptions 4294967295/)
  })

  it("reports a silent module, another instrument, and a fault that the test brings about", async () => {
    const module = new SimulatedModule()
    const silent = { send: () => undefined, receive: async () => undefined, close: () => undefined }
    assert.match((await examine({ ...patient(module, []), wire: silent }))[0], /does not answer/)
    const stranger = { ...silent, receive: async () => [0xf0, 0x7e, 0, 6, 2, 0x42, 0, 0, 0, 0, 1, 2, 3, 0, 0xf7] }
    await assert.rejects(examine({ ...patient(module, []), wire: stranger }), /no tactus; its identity is 42 /)
    let asked = 0
    module.module.board = { counters: () => ({ outputsLate: asked++ * 3 }) }
    assert.match((await examine(patient(module, readLoops("clock:run"))))[0], /^outputsLate rose by 3 during the test/)
  })

  it("has a bar for MIDI of its own", () => {
    const result = { out: "midi-din", in: "midi-din", sent: 64, caught: 64, extra: 0, delay: { least: 2, mean: 4, most: 44, deviation: 6 } }
    assert.equal(judgeTest(result), "")
    assert.match(judgeTest({ ...result, out: "clock" }), /jitter 42 us/)
  })

  it("ends with 0 for the simulator, and with 2 and one line where there is nothing to examine", function () {
    const doctor = (...words: string[]) =>
      spawnSync(process.execPath, ["--require", "tsx/cjs", "tools/doctor/main.ts", ...words], {
        cwd: ROOT,
        encoding: "utf8",
        env: { ...process.env, TACTUS_MIDI_LIBRARY: "no-such-library" },
      })
    const good = doctor("--simulator", "--loop", "sync2:run,midi-din:midi-din")
    assert.match(good.stdout, /sync 2 out -> run in +64\/64 .* ok\n/)
    assert.equal(good.status, 0)
    const bad = doctor("--simulator", "--loop", "sync2:pot-arp")
    assert.match(bad.stdout, /Wrong:\n {2}sync 2 out -> pot-arp in: expected an output and the input/)
    assert.equal(bad.status, 1)
    const none = doctor()
    assert.match(none.stderr, /^doctor: the MIDI library does not load here[^\n]*\n$/)
    assert.equal(none.status, 2)
  })
})

describe("the module among the computer's MIDI ports", () => {
  /** A library whose port `answering` leads to a module. */
  function library(
    names: readonly string[],
    answering: number,
    module = new SimulatedModule(),
  ): { library: MidiLibrary; open: () => number } {
    const listeners: EventEmitter[] = []
    let open = 0
    class Port extends EventEmitter {
      private index = -1
      getPortCount = () => names.length
      getPortName = (i: number) => names[i]
      ignoreTypes = () => undefined
      openPort(i: number): void {
        this.index = i
        open++
        listeners.push(this)
      }
      closePort = () => void open--
      sendMessage(bytes: number[]): void {
        if (this.index !== answering) return
        module.send(bytes)
        void module.receive(100).then((answer) => {
          // In two pieces, as WinMM does with what is long.
          for (const part of answer ? [answer.slice(0, 7), answer.slice(7)] : []) for (const one of listeners) one.emit("message", 0, part)
        })
      }
    }
    return { library: { Input: Port, Output: Port } as unknown as MidiLibrary, open: () => open }
  }

  it("is the port that answers, whatever the cables are called", async () => {
    const { library: midi, open } = library(["Midi Through 14:0", "tactus:tactus clock 24:0", "tactus:tactus configuration 24:1"], 2)
    const wire = await MidiWire.find(midi)
    assert.ok(typeof wire === "object", String(wire))
    wire.send([0xf0, 0x7e, 0x7f, 0x06, 0x01, 0xf7])
    assert.deepEqual((await wire.receive(1000))?.slice(3, 8), [0x06, 0x02, 0x7d, 0x74, 0x63])
    wire.close()
    assert.equal(open(), 0)
  })

  it("is missing in one line: what ports there are, or that none answers", async () => {
    const other = library(["Volca 20:0"], -1)
    assert.match(String(await MidiWire.find(other.library)), /^no MIDI port with "tactus" in its name \(there are Volca\)/)
    const mute = library(["tactus 1", "tactus 2"], -1)
    assert.match(String(await MidiWire.find(mute.library)), /^2 MIDI ports with "tactus" in their name, and none answers/)
    assert.equal(mute.open(), 0)
  })
})
