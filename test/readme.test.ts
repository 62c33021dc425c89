/**
 * The commands of README.md do what they say, in a copy of the tree as git would clone it. Two words are stood in for: `npm ci`
 * finds this tree's own node_modules linked in, and `npm test` is what runs this. A block that cannot be run here (it never
 * ends, it needs a module on the bench) carries `<!-- not run here: reason -->` above it.
 */
import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { houseFiles, ROOT } from "./house/files"
import { unavailable } from "./support/needs"
import { shellBlocks } from "./support/shell-blocks"

const README = join(ROOT, "README.md")
const BLOCK_MILLISECONDS = 240_000

const STAND_INS = `
npm() {
  case "$1" in
    ci | test | t) ;;
    install | i | uninstall | update) echo "README: npm $1 would change the node_modules that are linked here" >&2; return 1 ;;
    *) command npm "$@" ;;
  esac
}
export -f npm
`

describe("README", function () {
  const blocks = existsSync(README) ? shellBlocks(readFileSync(README, "utf8")) : []
  let folder: string

  before(function () {
    if (!existsSync(README)) unavailable(this, "there is no README.md")
    folder = mkdtempSync(join(tmpdir(), "tactus-readme-"))
    for (const name of houseFiles()) cpSync(join(ROOT, name), join(folder, name), { recursive: true })
    symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"))
  })
  after(() => {
    if (folder && dirname(folder) === tmpdir()) rmSync(folder, { recursive: true })
  })

  it("shows the two commands: npm ci and npm start, npm ci and npm test", () => {
    const commands = blocks.map((block) => block.commands).join("\n")
    for (const command of ["npm ci", "npm start", "npm test"]) assert.ok(commands.includes(command), `no sh block says ${command}`)
  })

  for (const { line, commands, notRun } of blocks) {
    if (notRun !== undefined) continue
    it(`line ${line}: ${commands.trim().split("\n")[0]}`, () => {
      const shell = spawnSync("bash", ["-euo", "pipefail", "-c", STAND_INS + commands], {
        cwd: folder,
        encoding: "utf8",
        timeout: BLOCK_MILLISECONDS,
        stdio: ["ignore", "pipe", "pipe"],
        env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("npm_"))),
      })
      const said = `${shell.stdout}\n${shell.stderr}`.trim().split("\n").slice(-15).join("\n")
      assert.equal(shell.error?.message ?? shell.signal ?? shell.status, 0, `\n${commands}\n${said}`)
    })
  }
})
