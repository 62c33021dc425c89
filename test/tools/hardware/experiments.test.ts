/**
 * Every circuit of the module on the simulated bench, and the bench itself put to the proof: a wrong value anywhere it matters must
 * be reported.
 */
import { strict as assert } from "node:assert"
import { EXPERIMENTS, measured } from "../../../tools/hardware/experiments/all"
import { describe as describeFinding, holds } from "../../../tools/hardware/measure"
import { loadSheets, withValue } from "../../../tools/hardware/netlist"
import { needs } from "../../support/needs"

const FOLDERS = ["boards/hardware/netlists", "boards/hardware/netlists/options"]
const sheets = new Map(FOLDERS.flatMap(loadSheets).map((sheet) => [sheet.name, sheet]))

function broken(name: string, part?: string, value?: string): string[] {
  const sheet = sheets.get(name)!
  const result = measured(part === undefined ? sheet : withValue(sheet, part, value!))
  assert.ok(result.findings.length > 10, `${name}: next to nothing was measured`)
  return result.findings.filter((finding) => !holds(finding)).map(describeFinding)
}

/** Circuit, part, a wrong value for it, and a finding that must complain. */
const MISTAKES: [string, string, string, RegExp][] = [
  ["cv-in", "R1", "470", /comparator input, -12 V held/],
  ["cv-in", "R4", "3k3", /threshold, rising/],
  ["cv-in", "R3", "1M", /noise|threshold/],
  ["sync-out", "R1", "150", /R1 power|output current per gate/],
  ["sync-out", "R1", "10k", /high level, 10 kOhm/],
  ["shaped-sync", "R2", "1k", /high level, open/],
  ["shaped-sync", "C1", "22n", /rising edge/],
  ["shaped-sync", "C1", "47p", /steepest/],
  ["shaped-sync", "R4", "470", /output current/],
  ["clock-out", "R1", "470", /output current per gate, jack held at -12 V/],
  ["arp-out", "R1", "10k", /S-trigger/],
  ["arp-disable", "R3", "47", /R3 power/],
  ["midi-in", "R1", "22", /LED current/],
  ["midi-in", "R2", "220k", /rise time at the pin/],
  ["midi-out", "R1", "220", /loop current for a 0/],
  ["midi-out", "R1", "10", /taken from VSYS, pin 4 held at -12 V/],
  ["midi-out", "R6", "1M", /Q3 power, pin 5 held at \+12 V/],
  ["midi-out", "R7", "1M", /loop current for a 1/],
  ["pots", "R1", "1M", /converter's input/],
  ["keys", "R1", "10", /R1 power/],
  ["lights", "R1", "33", /light's current/],
]

describe("the module's circuits, simulated from their netlists", function () {
  beforeEach(function () {
    needs(this, "ngspice")
  })

  for (const name of Object.keys(EXPERIMENTS))
    it(`${name}: every level, time and rating within its bounds`, () => assert.deepEqual(broken(name), []))

  it("leaves no circuit out but wiring and decoupling", () => {
    assert.deepEqual(
      [...sheets.keys()].filter((name) => !(name in EXPERIMENTS)),
      ["decoupling", "mcu"],
    )
  })

  for (const [name, part, value, expected] of MISTAKES)
    it(`${name}: notices ${part} of ${value}`, () => assert.match(broken(name, part, value).join("\n"), expected))
})
