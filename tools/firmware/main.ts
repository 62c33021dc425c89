/**
 * `npm run firmware [BOARD]`: builds boards/BOARD (pico) with the Moddable SDK, into build/, and tells the image's sizes.
 * Looks first whether everything is there. Exit code 2: something is missing; 1: the build failed.
 */
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, readFileSync } from "node:fs"
import { basename, join } from "node:path"
import { imageSizes } from "./image"
import { HERE, missing } from "./toolchain"

const ROOT = join(__dirname, "../..")
const FLASH_BAR = 512 * 1024
const RAM_BAR = 200 * 1024

function build(board: string): number {
  const problems = missing(HERE)
  if (!existsSync(join(ROOT, "boards", board, "manifest.json"))) problems.unshift(`boards/${board} is no board; expected pico`)
  if (problems.length > 0) {
    process.stderr.write(problems.map((line) => `firmware: ${line}\n`).join(""))
    return 2
  }
  const out = join(ROOT, "build")
  mkdirSync(out, { recursive: true })
  // The SDK's makefile asks with [[ ]], which Debian's sh does not know.
  const environment = { ...process.env, MAKEFLAGS: process.platform === "linux" ? "SHELL=/bin/bash" : process.env.MAKEFLAGS }
  const words = ["-m", "-p", `pico:./boards/${board}`, "-t", "build", "-o", out]
  const { status, error } = spawnSync("mcconfig", words, { cwd: ROOT, stdio: "inherit", env: environment })
  if (status !== 0) {
    process.stderr.write(`firmware: mcconfig ${error ? error.message : `ended with ${status}`}\n`)
    return 1
  }
  const folder = join(out, "bin/pico/tactus/release", basename(ROOT))
  const { flashBytes, ramBytes } = imageSizes(readFileSync(join(folder, "xs_pico.elf")))
  process.stdout.write(
    `${join(folder, "xs_pico.uf2")}\n${size("flash", flashBytes, FLASH_BAR)}\n${size("RAM, XS machine not counted", ramBytes, RAM_BAR)}\n`,
  )
  return 0
}

function size(what: string, bytes: number, bar: number): string {
  return `${what}: ${bytes} bytes of ${bar}${bytes > bar ? ": TOO MUCH" : ""}`
}

const [board = "pico"] = process.argv.slice(2)
if (board === "--help" || board === "-h")
  process.stdout.write("Usage: npm run firmware [pico]\nBuilds boards/BOARD with the Moddable SDK into build/.\n")
else process.exitCode = build(board)
