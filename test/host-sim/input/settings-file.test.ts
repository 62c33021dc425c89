import assert from "node:assert/strict"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import fc from "fast-check"
import { BadInput } from "../../../host-sim/input/bad-input"
import { readSettings, settingsChecker } from "../../../host-sim/input/settings-file"

describe("settings file", () => {
  let folder: string
  let file: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "tactus-"))
    file = join(folder, "settings.json")
  })
  after(() => rmSync(folder, { recursive: true }))

  const read = (text: string) => {
    writeFileSync(file, text)
    return readSettings(file, settingsChecker())
  }

  it("gives what is set, and nothing where there is no file", () => {
    assert.deepEqual(read('\uFEFF{"cv": {"ppqn": 24}}'), { cv: { ppqn: 24 } })
    assert.deepEqual(readSettings(undefined, settingsChecker()), {})
  })

  it("finds the place where JSON goes wrong", () => {
    const places: [string, string][] = [
      ['{"a": }', "1:7"],
      ['{\n  "source": "cv",\n}', "3:1"],
      ['{"tempo": 12x}', "1:13"],
      ['{"tempo": -}', "1:12"],
      ['{"source": "cv"', "1:16"],
      ['{"source": "c\n"}', "1:14"],
      ["", "1:1"],
      ["{}}", "1:3"],
    ]
    for (const [text, place] of places) {
      assert.throws(
        () => read(text),
        (error: Error) => error instanceof BadInput && error.message.startsWith(`${file}:${place}: is not JSON: `),
        `${text} at ${place}`,
      )
    }
  })

  it("says in which line a bad value stands, and lets an editor have its $schema", () => {
    assert.deepEqual(read('{"$schema": "../settings.schema.json", "cv": {"ppqn": 4}}'), { cv: { ppqn: 4 } })
    const refusals: [string, string][] = [
      ['{\n  "clock": {"ppqn": 1},\n  "cv": {\n    "policy": "follow",\n    "ppqn": 3\n  }\n}', "5: cv.ppqn is 3"],
      ['{\n  "fast": 1\n}', "2: fast is not a setting; expected one of source, tempo, "],
      ['{\n  "sync": [\n    {"ppqn": 3}\n]}', "2: sync.0.ppqn is 3"],
    ]
    for (const [text, refusal] of refusals) {
      assert.throws(
        () => read(text),
        (error: Error) => error instanceof BadInput && error.message.startsWith(`${file}:${refusal}`),
        refusal,
      )
    }
  })

  it("judges a change against those before it", () => {
    const check = settingsChecker()
    assert.equal(check({ cv: { policy: "follow" } }), undefined)
    assert.match(check({ latencyMicros: { clock: -1000 } }) ?? "", /^latencyMicros\.clock is -1000; expected 0\.\.50000/)
    assert.equal(check({ cv: { policy: "predict" }, latencyMicros: { clock: -1000 } }), undefined)
  })

  it("answers any text at all with settings or one line of refusal", () => {
    const text = fc.oneof(
      fc.json(),
      fc.string(),
      fc.tuple(fc.json(), fc.nat(80)).map(([json, length]) => json.slice(0, length)),
    )
    fc.assert(
      fc.property(text, (json) => {
        try {
          read(json)
        } catch (error) {
          assert.ok(error instanceof BadInput && !error.message.includes("\n"), error as Error)
        }
      }),
    )
  })
})
