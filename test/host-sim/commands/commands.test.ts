import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { cpuSecondsOf } from "../../support/cpu-time"

const ROOT = join(__dirname, "../../..")
const FILES = ["clock.mid", "events.jsonl", "report.json", "timeline.svg", "trace.vcd"]

/** The commands as their users run them: child processes, judged by exit code, output and files. */
describe("commands", function () {
  let folder: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "tactus-"))
  })
  after(() => rmSync(folder, { recursive: true }))

  const inFolder = (name: string) => join(folder, name)
  const file = (name: string, text: string) => {
    writeFileSync(inFolder(name), text)
    return inFolder(name)
  }
  const tactus = (...words: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, "host-sim/tactus.cjs"), ...words], {
      cwd: folder,
      encoding: "utf8",
    })
    return { status, stdout, stderr }
  }
  /** Succeeds, quietly, and leaves whole files behind. */
  const makes = (out: string, ...words: string[]) => {
    const { status, stdout, stderr } = tactus(...words, "--out", out)
    assert.deepEqual({ status, stderr }, { status: 0, stderr: "" })
    const made = readdirSync(inFolder(out))
    for (const name of FILES) assert.ok(made.includes(name), name)
    assert.deepEqual(
      made.filter((name) => name.endsWith(".part")),
      [],
    )
    return stdout
  }
  const refuses = (message: string, ...words: string[]) => {
    assert.deepEqual(tactus(...words), { status: 2, stdout: "", stderr: `tactus: ${message}\n` })
  }
  const events = (out: string) => readFileSync(join(inFolder(out), "events.jsonl"), "utf8")

  const PULSES = Array.from(
    { length: 9 },
    (_, index) => `{"t": ${1e6 + index * 500000}, "port": "cv", "level": 1}\n{"t": ${1.01e6 + index * 500000}, "port": "cv", "level": 0}`,
  )

  it("replay plays a trace, until 2 s after its last input or as told, the same each time", () => {
    const trace = file("trace.jsonl", PULSES.join("\n"))
    assert.match(makes("replayed", "replay", "--inputs", trace), /tempo +120\.00 BPM, steady/)
    makes("again", "replay", "--inputs", trace)
    assert.equal(events("again"), events("replayed"))
    assert.equal(JSON.parse(readFileSync(join(inFolder("replayed"), "report.json"), "utf8")).untilMicros, 7.01e6)
    makes("short", "replay", "--inputs", trace, "--until", "3000000")
    assert.ok(events("replayed").startsWith(events("short").split("\n").slice(0, 40).join("\n")))
    assert.ok(events("short").length < events("replayed").length)
  })

  it("replay takes settings from a file", () => {
    const trace = file("trace.jsonl", PULSES.join("\n"))
    const settings = file("settings.json", '{"cv": {"ppqn": 4}}')
    assert.match(makes("fast", "replay", "--inputs", trace, "--settings", settings), /tempo +30\.\d+ BPM/)
  })

  it("sim plays a scenario", () => {
    const scenario = file("scenario.yaml", "name: Four beats\nduration: 4s\ninputs: [{clock: cv, bpm: 120}]")
    assert.match(makes("simulated", "sim", scenario), /^Four beats\n +tempo +120\.00 BPM/)
  })

  it("convert turns a recording into MIDI, as does demo", () => {
    const recording = join(ROOT, "host-sim/demo/clock.wav")
    const settings = file("settings.json", '{"cv": {"ppqn": 4}}')
    const said = makes("converted", "convert", recording, "--channel", "1", "--settings", settings)
    assert.match(said, /heard +18\.0 s at 16 kHz, 131 pulses, level -5 dBFS/)
    assert.match(makes("demonstrated", "demo"), /131 pulses/)
    assert.equal(events("demonstrated"), events("converted"))
  })

  it("demo takes under 5 s, of the processor's time", () => {
    const start = cpuSecondsOf("self", true)
    tactus("demo")
    assert.ok(cpuSecondsOf("self", true) - start < 5)
    assert.ok(existsSync(inFolder("out/demo/clock.mid")))
  })

  it("help is there for all and for each", () => {
    const overview = tactus().stdout
    for (const command of ["demo", "sim", "replay", "convert"]) assert.match(overview, new RegExp(`^ +${command} +\\S`, "m"))
    for (const command of ["replay", "convert"]) {
      const help = tactus(command, "--help")
      assert.deepEqual([help.status, help.stderr], [0, ""])
      assert.match(help.stdout, /--out DIR/)
    }
    assert.equal(tactus("help", "sim").stdout, tactus("sim", "-h").stdout)
  })

  it("bad usage is refused in one line", () => {
    const listed = [...tactus().stdout.matchAll(/^ {2}(\w+) +\S/gm)].map(([, name]) => name)
    assert.ok(listed.includes("live") && listed.includes("sim"))
    refuses(`"dance" is no command; expected one of ${listed.join(", ")}, help`, "dance")
    refuses("Unknown option '--loud'; --help says more", "sim", "--loud")
    refuses('"b.yaml" is one too many; expected options, SCENARIO.yaml', "sim", "a.yaml", "b.yaml")
    refuses('--until is "-5"; expected microseconds, 1..604800000000 (a week)', "replay", "--inputs", "x", "--until", "-5")
    refuses("Option '--until' argument is ambiguous; --help says more", "replay", "--until", "--inputs", "x")
    refuses('--until is "soon"; expected microseconds, 1..604800000000 (a week)', "replay", "--inputs", "x", "--until", "soon")
  })

  it("bad input is refused in one line that says where, and nothing is written", () => {
    const trace = file("trace.jsonl", PULSES[0])
    const bad = (name: string, text: string) => (file(name, text), name)
    refuses("none.jsonl: there is no such file", "replay", "--inputs", "none.jsonl", "--out", "bad")
    refuses(
      'bad.jsonl:2: "level" is 3; expected "level": 0 or 1',
      ...["replay", "--inputs", bad("bad.jsonl", '{"t":0,"port":"cv","level":1}\n{"t":1,"port":"cv","level":3}'), "--out", "bad"],
    )
    refuses(
      "set.jsonl:1: tempo is 5; expected 20..999.99 BPM",
      ...["replay", "--inputs", bad("set.jsonl", '{"t":0,"set":{"tempo":5}}'), "--out", "bad"],
    )
    const withSettings = (text: string) => ["replay", "--inputs", trace, "--settings", bad("bad.json", text), "--out", "bad"]
    refuses("bad.json:1: cv.ppqn is 3; expected one of 1, 2, 4, 8, 12, 24, 48", ...withSettings('{"cv":{"ppqn":3}}'))
    refuses("bad.json:2:8: is not JSON: Unexpected token '}'", ...withSettings('{"cv":\n {"a": }}'))
    refuses(
      'bad.yaml:2:1: "bpm" is not known in a scenario; expected one of name, description, settings, duration, inputs, expect'.replace(
        "2:7",
        "2:1",
      ),
      "sim",
      bad("bad.yaml", "name: x\nbpm: 3"),
      "--out",
      "bad",
    )
    refuses("bad.wav: is not a WAV file; expected RIFF/WAVE", "convert", bad("bad.wav", "RIFFRAFF and so on"), "--out", "bad")
    assert.ok(!existsSync(inFolder("bad")))
  })

  it("a folder that cannot be written is refused in one line", function () {
    const trace = file("trace.jsonl", PULSES[0])
    refuses("trace.jsonl: is a file; expected a folder", "replay", "--inputs", trace, "--out", "trace.jsonl")
    if (existsSync("/proc/self"))
      refuses("/proc/none/deeper: there is no such file", "replay", "--inputs", trace, "--out", "/proc/none/deeper")
    refuses("trace.jsonl/deeper: a part of its path is not a folder", "replay", "--inputs", trace, "--out", "trace.jsonl/deeper")
    if (process.getuid?.() === 0) return // root may write anywhere
    mkdirSync(inFolder("locked"))
    chmodSync(inFolder("locked"), 0o500)
    refuses("locked: may not be read or written", "replay", "--inputs", trace, "--out", "locked")
  })
})
