/** Buttons by way of a program that stands for gpiomon: it writes down how it was called and prints what bouncing contacts make of it. */
import assert from "node:assert"
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type Button, ButtonWatch, readWiring } from "../../../host-sim/play/buttons"
import { ListControl } from "../../../host-sim/play/list-control"
import type { ListState } from "../../../host-sim/play/list-state"
import { until } from "../../support/sleep"

const folder = mkdtempSync(join(tmpdir(), "tactus-buttons-"))

/** Says `version`; as gpiomon it runs `script`. */
function gpiomon(name: string, version: string, script: string): string {
  const path = join(folder, name)
  const lines = [`if [ "$1" = --version ]; then echo "gpiomon (libgpiod) ${version}"; exit; fi`, `echo "$@" > ${path}.words`, script]
  writeFileSync(path, ["#!/bin/sh", ...lines, ""].join("\n"), { mode: 0o755 })
  return path
}

describe("buttons at GPIO lines", function () {
  // Real time on a shared machine: a stumble of the machine is not a fault of the code.
  this.retries(2)

  for (const [version, words] of [
    ["v1.6.3", "--line-buffered --bias=pull-up --falling-edge --format=%o gpiochip0 17 27"],
    ["v2.1.3", "--chip gpiochip0 --bias pull-up --edges falling --format %o 17 27"],
  ])
    it(`are pressed once each, whatever the contacts do (libgpiod ${version})`, async () => {
      const program = gpiomon(
        `mon-${version}`,
        version,
        "echo 17; echo 17; echo 17; echo 4; echo nonsense; echo 27; sleep 0.4; echo 17; sleep 60",
      )
      const pressed: Button[] = []
      const problems: string[] = []
      const watch = new ButtonWatch(
        readWiring("play=17, next=27"),
        (button) => pressed.push(button),
        (problem) => problems.push(problem),
        program,
      )
      await until("three presses", () => pressed.length >= 3)
      watch.close()
      watch.close()
      assert.deepStrictEqual(pressed, ["play", "next", "play"])
      assert.strictEqual(readFileSync(`${program}.words`, "utf8").trim(), words)
      assert.deepStrictEqual(problems, [])
    })

  it("that cannot be watched are complained of in one line, with what gpiomon said", async () => {
    const problems: string[] = []
    const program = gpiomon("broken", "v1.6.3", "echo 'gpiomon: error waiting for events: No such file or directory' >&2; exit 1")
    const watch = new ButtonWatch(readWiring("gpiochip4:stop=3"), assert.fail, (problem) => problems.push(problem), program)
    await until("the complaint", () => problems.length > 0)
    watch.close()
    assert.match(problems[0], /^the buttons are not watched: gpiomon: error waiting for events: No such file/)
    assert.throws(() => new ButtonWatch(readWiring("stop=3"), assert.fail, assert.fail, join(folder, "absent")), /Debian package gpiod/)
  })

  it("are wired in words, each line once", () => {
    assert.deepStrictEqual(readWiring("/dev/gpiochip1:up=1,down=2"), { chip: "/dev/gpiochip1", lines: new Map([[1, "up"], [2, "down"]]) }) // prettier-ignore
    for (const wrong of ["", "play", "dance=3", "play=3,stop=3", "play=-1", "; rm:play=1"])
      assert.throws(() => readWiring(wrong), /--buttons is .*expected \[CHIP:\]NAME=LINE/)
  })

  it("stop and resume, go on, and turn the volume, for all machines", () => {
    let state: ListState = { number: 0, by: "a", isPlaying: true, at: 0, track: 0, seconds: 0, volume: 97 }
    const played = {
      tracks: 2,
      state: () => state,
      set: (next: ListState) => void (state = next),
      heardAt: () => ({ track: 0, seconds: 7 }),
      status: () => assert.fail(),
    }
    const control = new ListControl(played, "b", () => 1e15)
    const after = (button: Button): unknown[] => {
      control.press(button)
      return [state.isPlaying, state.track, state.seconds, state.volume]
    }
    assert.deepStrictEqual(after("up"), [true, 0, 0, 100])
    assert.deepStrictEqual(after("down"), [true, 0, 0, 95])
    assert.deepStrictEqual(after("play"), [false, 0, 7, 95])
    assert.deepStrictEqual(after("play"), [true, 0, 7, 95])
    assert.deepStrictEqual(after("next"), [true, 1, 0, 95])
  })
})
