/**
 * `npm run firmware [BOARD]`: builds for pico, pico_w, esp32s3 or esp32 with the Moddable SDK, into build/, and tells the image's sizes.
 * Looks first whether everything is there. Exit code 2: something is missing; 1: the build failed.
 */
import { spawnSync } from "node:child_process"
import { mkdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { imageSizes } from "./image"
import { boardsOf } from "./boards"
import { HERE } from "./toolchain"

const ROOT = join(__dirname, "../..")
const FLASH_BAR = 512 * 1024
const RAM_BAR = 200 * 1024

function build(name: string): number {
  const boards = boardsOf(ROOT)
  if (!Object.hasOwn(boards, name)) {
    process.stderr.write(`firmware: ${name} is no board; expected ${Object.keys(boards).join(", ")}\n`)
    return 2
  }
  const board = boards[name]
  const problems = board.missing(HERE)
  if (problems.length > 0) {
    process.stderr.write(problems.map((line) => `firmware: ${line}\n`).join(""))
    return 2
  }
  const out = join(ROOT, "build")
  mkdirSync(out, { recursive: true })
  // The SDK's makefile asks with [[ ]], which Debian's sh does not know.
  const environment = { ...process.env, MAKEFLAGS: process.platform === "linux" ? "SHELL=/bin/bash" : process.env.MAKEFLAGS }
  const words = ["-m", "-t", "build", "-o", out, ...board.words]
  const { status, error } = spawnSync("mcconfig", words, { cwd: ROOT, stdio: "inherit", env: environment })
  if (status !== 0) {
    process.stderr.write(`firmware: mcconfig ${error ? error.message : `ended with ${status}`}\n`)
    return 1
  }
  const folder = join(out, board.folder)
  process.stdout.write(`${join(folder, board.images[board.images.length - 1].path)}\n`)
  if (name !== "pico") return 0 // the bars, and the addresses counted, are the RP2040's
  const { flashBytes, ramBytes } = imageSizes(readFileSync(join(folder, board.elf)))
  process.stdout.write(`${size("flash", flashBytes, FLASH_BAR)}\n${size("RAM, XS machine not counted", ramBytes, RAM_BAR)}\n`)
  return 0
}

function size(what: string, bytes: number, bar: number): string {
  return `${what}: ${bytes} bytes of ${bar}${bytes > bar ? ": TOO MUCH" : ""}`
}

const words = process.argv.slice(2).filter((word) => word !== "--board")
const [board = "pico"] = words
if (board === "--help" || board === "-h")
  process.stdout.write(
    "Usage: npm run firmware -- [--board] pico|pico_w|esp32s3|esp32\nBuilds the firmware with the Moddable SDK into build/.\n",
  )
else process.exitCode = build(board)
