/** Settings are taken whole or refused whole, and a refusal says which key, which value and which range. */
import assert from "node:assert/strict"
import fc from "fast-check"
import { changeSettings, readSetting, standardSettings } from "../src/settings"
import { SETTING_ROWS } from "../src/settings-table"

describe("settings", () => {
  it("begin with the default of every row", () => {
    const settings = standardSettings()
    for (const row of SETTING_ROWS) assert.equal(readSetting(settings, row.key), row.standard, row.key)
    assert.equal(settings.sync.length, 4)
    assert.equal(settings.arp.patterns.length, 19)
  })

  it("take a nested change, lists included, and keep what is absent", () => {
    const settings = standardSettings()
    const change = { source: "internal", cv: { ppqn: 24 }, sync: [{ ppqn: 4 }, {}, { name: "Keys" }], arp: { patterns: ["1"] } }
    assert.deepEqual(changeSettings(settings, change), [])
    assert.equal(settings.cv.ppqn, 24)
    assert.equal(settings.cv.policy, "predict")
    assert.deepEqual(
      settings.sync.map((channel) => [channel.ppqn, channel.name]),
      [
        [4, "Volca 1"],
        [2, "Volca 2"],
        [2, "Keys"],
        [2, "Volca 4"],
      ],
    )
    assert.deepEqual(settings.arp.patterns.slice(0, 2), ["1", "11000000"])
  })

  it("refuse a bad value by name, value and range, and then nothing has changed", () => {
    const bad: [unknown, RegExp][] = [
      [{ tempo: 19.99 }, /^tempo is 19\.99; expected 20\.\.999\.99 BPM$/],
      [{ tempo: 120.005 }, /^tempo is 120\.005; expected .* in steps of 0\.01$/],
      [{ tempo: "fast" }, /^tempo is "fast"; expected 20/],
      [{ tempo: NaN }, /^tempo is null; expected/],
      [{ cv: { ppqn: 3 } }, /^cv\.ppqn is 3; expected one of 1, 2, 4, 8, 12, 24, 48$/],
      [{ cv: 24 }, /^cv is 24; expected an object$/],
      [{ clock: { whileStopped: 1 } }, /^clock\.whileStopped is 1; expected true or false$/],
      [{ sync: { ppqn: 2 } }, /^sync is .*; expected a list$/],
      [{ sync: [{}, {}, {}, {}, {}] }, /^sync has 5 entries; expected 4 at most$/],
      [{ sync: [{ name: "" }] }, /^sync\.0\.name is ""; expected 1 to 16 characters$/],
      [{ arp: { patterns: ["102"] } }, /^arp\.patterns\.0 is "102"; expected 1 to 8 digits/],
      [{ cv: { polarty: 1 } }, /^cv\.polarty is not a setting; expected one of ppqn, policy, glitchMicros, catchUpMicros$/],
      [{ lost: { afterPeriods: 2.5 } }, /^lost\.afterPeriods is 2\.5; expected 2\.\.64 periods, a whole number$/],
      [{ ppqn: 24 }, /^ppqn is not a setting; did you mean cv\.ppqn or/],
      [{ __proto__: null, toString: 1 }, /^toString is not a setting; expected one of source, tempo, cv, .*network$/],
      [[], /^settings are \[\]; expected an object$/],
      [7, /^settings are 7; expected an object$/],
    ]
    for (const [change, wanted] of bad) {
      const settings = standardSettings()
      const whole = typeof change === "object" && !Array.isArray(change) ? { wait: 9, ...change } : change
      const problems = changeSettings(settings, whole)
      assert.ok(
        problems.some((problem) => wanted.test(problem)),
        `${JSON.stringify(change)}: ${problems.join(" | ")}`,
      )
      assert.deepEqual(settings, standardSettings())
    }
  })

  it("suggests no more than once in one refusal, and names no more than four problems", () => {
    const unknown = Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`a${n}`, n]))
    const problems = changeSettings(standardSettings(), unknown)
    assert.equal(problems.length, 5)
    assert.equal(problems.filter((problem) => /expected one of|did you mean/.test(problem)).length, 1)
    assert.deepEqual(problems.slice(1), ["a1 is not a setting", "a2 is not a setting", "a3 is not a setting", "the rest was not looked at"])
    const four = Object.fromEntries(Object.entries(unknown).slice(0, 4))
    assert.equal(changeSettings(standardSettings(), four).length, 4, "and there was no more")
    const early = Object.fromEntries(SETTING_ROWS.filter(({ key }) => key.includes("latency")).map(({ key }) => [key, -1]))
    const [problem, ...others] = changeSettings(standardSettings(), { "cv.policy": "follow", ...early })
    assert.match(problem, /^latencyMicros\.midi-din is -1 \(and 9 more latencies are below 0\); expected 0\.\.50000 µs: with/)
    assert.deepEqual(others, [])
  })

  it("count a list that is too long once, show the beginning of a long value, and suggest what is nearly of one name only", () => {
    const refusal = (change: unknown) => changeSettings(standardSettings(), change).join("; ")
    assert.equal(refusal({ sync: new Array(200).fill({}) }), "sync has 200 entries; expected 4 at most")
    assert.match(refusal({ tempo: "x".repeat(400) }), /^tempo is "x{47}\.\.\.; expected 20/)
    assert.match(refusal({ "": 1 }), /^ is not a setting; expected one of source, tempo, /)
    assert.match(refusal({ CV: 1 }), /^CV is not a setting; did you mean cv\.ppqn or cv\.policy or /)
  })

  it("may be named with dots, and are taken back all the same", () => {
    const settings = standardSettings()
    assert.deepEqual(changeSettings(settings, { "cv.ppqn": 4, "sync.1": { name: "Keys" } }), [])
    assert.deepEqual([settings.cv.ppqn, settings.sync[1].name], [4, "Keys"])
    assert.equal(changeSettings(settings, { "cv.ppqn": 8, sync: [{}, { ppqn: 4 }], tempo: 1 }).length, 1)
    assert.deepEqual([settings.cv.ppqn, settings.sync[1].ppqn], [4, 2])
  })

  it("tell which have another value now, and the tempo whenever it is named", () => {
    const changed: string[] = []
    const change = { tempo: 120, wait: 1, "cv.ppqn": 4, sync: [{ ppqn: 2 }, { name: "Keys" }] }
    assert.deepEqual(changeSettings(standardSettings(), change, changed), [])
    assert.deepEqual(changed, ["tempo", "cv.ppqn", "sync.1.name"])
    assert.notDeepEqual(changeSettings(standardSettings(), { wait: 9, tempo: 1 }, changed), [])
    assert.equal(changed.length, 3)
  })

  it("take exactly the texts that the schema's expressions take", () => {
    for (const row of SETTING_ROWS.filter(({ kind }) => kind === "text")) {
      const form = new RegExp(row.form as string)
      fc.assert(
        fc.property(
          fc.oneof(fc.string({ maxLength: 20 }), fc.string({ unit: "binary", maxLength: 20 }), fc.stringMatching(/^[01]{0,10}$/)),
          (text) => {
            assert.equal(changeSettings(standardSettings(), { [row.key]: text }).length === 0, form.test(text))
          },
        ),
        { numRuns: 30 },
      )
    }
  })

  it("are never half taken, whatever is offered", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (change) => {
        const settings = standardSettings()
        const problems = changeSettings(settings, change)
        if (problems.length > 0) assert.deepEqual(settings, standardSettings())
        else for (const row of SETTING_ROWS) assert.notEqual(readSetting(settings, row.key), undefined)
      }),
    )
  })
})
