import assert from "node:assert/strict"
import { readdirSync } from "node:fs"
import { join } from "node:path"
import { readScenario, type Scenario } from "../../host-sim/input/scenario"
import { settingsChecker } from "../../host-sim/input/settings-file"
import { OUT_MIDI_DIN, lengthOf } from "../../src/event"
import { DIN_BYTE_MICROS } from "../../src/time"
import { simulate } from "../../host-sim/simulator"
import { unmet } from "../support/expectations"

const files = readdirSync(__dirname).filter((name) => name.endsWith(".yaml"))

describe("scenarios", () => {
  for (const file of files) {
    describe(file.replace(".yaml", ""), () => {
      let scenario: Scenario
      before(() => {
        scenario = readScenario(join(__dirname, file), settingsChecker())
      })

      it("goes as expected", () => {
        const recording = simulate(scenario.inputs, scenario.settings, scenario.until)
        assert.ok(Array.isArray(scenario.expect) && scenario.expect.length > 0, "a scenario without expectations shows nothing")
        assert.deepEqual(unmet(scenario, recording), [])
      })

      it("never has two bytes on the wire at once", () => {
        const { times, words } = simulate(scenario.inputs, scenario.settings, scenario.until).outputs.ofPort(OUT_MIDI_DIN)
        for (let index = 1; index < times.length; index++) {
          const free = times[index - 1] + lengthOf(words[index - 1]) * DIN_BYTE_MICROS
          assert.ok(times[index] >= free, `at ${times[index]} us, ${free - times[index]} us too early`)
        }
      })
    })
  }

  it("are numbered without a gap", () => {
    assert.deepEqual(
      files.map((name) => Number(name.slice(0, 2))),
      files.map((_, index) => index + 1),
    )
  })
})
