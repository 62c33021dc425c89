/**
 * Makes the one minified file a board gets. The parts are joined in the order they need each other, their `require` and `exports`
 * lines dropped: the espruino command (0.1.67) never finds local modules and asks the net for them instead. Its minifier does the rest.
 */
import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"

const PARTS = ["statistics", "train", "source", "probe", "jig"]
const COMMAND = join(__dirname, "node_modules/espruino/bin/espruino-cli.js")
const STAMP = join(__dirname, "node_modules/.installed-from")
const BUILD = join(__dirname, "../../build/espruino-jig")

/** The parts as one script, not yet minified. Throws an Error when a part needs one that does not come before it. */
export function bundle(): string {
  const seen = new Set<string>()
  const texts = PARTS.map((part) => {
    const text = readFileSync(join(__dirname, `${part}.js`), "utf8")
    for (const [, needed] of text.matchAll(/require\("\.\/(\w+)"\)/g))
      if (!seen.has(needed)) throw new Error(`${part}.js needs ${needed}.js, which comes later`)
    seen.add(part)
    return text.replace(/^var \w+ = require\(.*\n/gm, "").replace(/^exports\..*\n/gm, "")
  })
  return texts.join("\n")
}

/** Installs the espruino command beside this file, once and again when its lock file changes. Throws an Error with npm's words. */
export function install(): void {
  const wanted = createHash("sha256")
    .update(readFileSync(join(__dirname, "package-lock.json")))
    .digest("hex")
  if (existsSync(COMMAND) && existsSync(STAMP) && readFileSync(STAMP, "utf8") === wanted) return
  console.log("installing the espruino command, once: some seconds")
  const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("npm_")))
  const run = spawnSync("npm", ["ci", "--omit=optional", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: __dirname,
    env: environment,
    encoding: "utf8",
  })
  if (run.status !== 0) throw new Error(`the espruino command could not be installed: ${lastLine(run.stderr) || run.error?.message}`)
  writeFileSync(STAMP, wanted)
}

/** Writes the minified jig and gives its path. */
export function minify(): string {
  install()
  mkdirSync(BUILD, { recursive: true })
  const whole = join(BUILD, "whole.js")
  const small = join(BUILD, "jig.js")
  writeFileSync(whole, bundle())
  const said = espruino(["-q", "-n", "-m", "-o", small, whole])
  if (!existsSync(small) || readFileSync(small, "utf8").length < 1000) throw new Error(`the minifier made nothing: ${lastLine(said)}`)
  return small
}

/** Sends the minified jig to the board at `port`. The command ends with 0 even when it found no board, so its words are read. */
export function upload(port: string): void {
  const said = espruino(["-q", "-p", port, minify()])
  const complaint = /^.*(not found|unable to connect|error|timeout).*$/im.exec(said)
  if (complaint !== null) throw new Error(`${port}: ${complaint[0].trim()}; expected an Espruino board there`)
}

function espruino(words: readonly string[]): string {
  const run = spawnSync(process.execPath, [COMMAND, "--no-ble", ...words], { encoding: "utf8", timeout: 60_000 })
  if (run.error !== undefined) throw new Error(`the espruino command: ${run.error.message}`)
  return run.stdout + run.stderr
}

function lastLine(text: string): string {
  return text.trim().split("\n").pop() ?? ""
}
