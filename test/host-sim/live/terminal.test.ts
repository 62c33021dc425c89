/** The terminal panel in a real terminal: tmux's, which can be read and resized. */
import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { needs } from "../../support/needs"
import { freePort, until } from "../../support/sleep"

const TACTUS = join(__dirname, "../../../host-sim/tactus.cjs")
const PROMPT = "prompt>"

describe("the terminal panel in tmux", function () {
  // Real time on a shared machine: a stumble of the machine is not a fault of the code.
  this.retries(2)
  let folder: string

  const tmux = (...words: string[]) =>
    execFileSync("tmux", ["-S", join(folder, "socket"), "-f", "/dev/null", ...words], { encoding: "utf8" })
  const screen = () => tmux("capture-pane", "-p").trimEnd().split("\n")
  const keys = (...names: string[]) => tmux("send-keys", ...names)
  const shows = (wanted: RegExp) => until(`${wanted} on the screen`, () => screen().some((line) => wanted.test(line)))
  const start = async (more = "") => {
    const command = `sh -c 'echo $$ >${folder}/pid; exec ${process.execPath} ${TACTUS} live --tui --port 0 --no-midi ${more}'`
    keys("-l", `clear; echo the screen before; ${command}; echo ended with $?\n`)
    await shows(/Volca 4/)
  }
  /** The screen, the cursor and the line discipline are as they were. */
  const isRestored = async () => {
    await shows(/^ended with 0$/)
    await shows(/^the screen before$/)
    assert.ok(!screen().some((line) => /Volca/.test(line)))
    assert.equal(tmux("display-message", "-p", "#{alternate_on} #{cursor_flag}").trim(), "0 1")
    keys("-l", "stty -a | tr ' ;' '\\n\\n' | grep -x -e icanon -e echo -e isig | sort | tr '\\n' '+'\n")
    await shows(/^echo\+icanon\+isig\+/)
  }

  beforeEach(async function () {
    needs(this, "tmux")
    folder = mkdtempSync(join(tmpdir(), "tactus-tmux-"))
    tmux("new-session", "-d", "-x", "100", "-y", "30", `env PS1='${PROMPT} ' sh`)
    await shows(new RegExp(`^${PROMPT}`))
  })
  afterEach(() => {
    tmux("kill-server")
    rmSync(folder, { recursive: true })
  })

  it("has a row a channel, and the seed's keys act on it", async () => {
    await start()
    for (const channel of [1, 2, 3, 4]) await shows(new RegExp(`^ +${channel} Volca ${channel} +running +\\d+/16 +120\\.0 `))
    keys("b")
    await shows(/^ +2 Volca 2 +(running .* stop$|stopped)/)
    keys("9")
    await shows(/^ +1 Volca 1 .* 120\.0 → 140\.0|^tactus .* 140\.00 BPM/)
    keys("6")
    await shows(/^ +3 Volca 3 .* \d\/2\b/)
    keys("Space")
    await shows(/^tactus +stopped/)
    keys("Up") // no key of ours, whatever letters its sequence holds
    keys("Space")
    await shows(/^tactus +running/)
    keys("q")
    await isRestored()
  })

  it("says how the network stands, where it is on one", async () => {
    await start(`--lead --name desk --osc ${await freePort()}`)
    await shows(/^network {2}desk leads; OSC at 127\.0\.0\.1:\d+$/)
    await shows(/^ {9}clock within 0\.\d\d ms/)
    await shows(/^ {9}beats 100\.\d ms ahead \(no delay measured yet\), 0 sent$/)
    keys("q")
    await isRestored()
  })

  it("survives any size", async () => {
    await start()
    for (const [columns, rows] of [
      [60, 12],
      [20, 5],
      [3, 2],
      [140, 40],
      [100, 30],
    ]) {
      tmux("resize-window", "-x", String(columns), "-y", String(rows))
      await shows(columns < 8 ? /^tac$/ : /^tactus/)
      assert.ok(screen().every((line) => [...line].length <= columns))
      if (columns >= 60) await until("no line left over", () => screen().filter((line) => /^tactus /.test(line)).length === 1)
    }
    await shows(/4 Volca 4 +running/)
    await shows(/9 7 tempo/)
    keys("C-c")
    await isRestored()
  })

  it("gives the terminal back when it is told to end", async () => {
    await start()
    process.kill(Number(readFileSync(join(folder, "pid"), "utf8")), "SIGTERM")
    await isRestored()
  })
})
