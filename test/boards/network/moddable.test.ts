/**
 * The boards' network on Moddable's own engine and Moddable's own UDP, as a program without a screen, where Moddable's SDK is to be had (MODDABLE)
 * on Linux; elsewhere this prints that it was not run. The TypeScript goes in as one file, so the firmware's own compiler is not what is tried.
 */
import assert from "node:assert/strict"
import { spawn, spawnSync } from "node:child_process"
import { copyFileSync, existsSync, mkdtempSync, mkdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { basename, join } from "node:path"
import { buildSync } from "esbuild"
import { describe, it } from "mocha"
import { isInstalled } from "../../support/needs"
import { followSuite, type Start } from "./follow"

const SOURCES = join(__dirname, "moddable")

function reason(): string | undefined {
  if (!process.env.MODDABLE) return "no MODDABLE"
  if (process.platform !== "linux") return "Moddable's program without a screen is built on Linux only"
  if (!isInstalled("mcconfig")) return "mcconfig is not on the PATH"
  return spawnSync("pkg-config", ["--exists", "gio-2.0"]).status === 0 ? undefined : "no gio-2.0: apt-get install libglib2.0-dev"
}

/** Builds the program in `folder`; its path. */
function build(folder: string): string {
  buildSync({
    entryPoints: [join(SOURCES, "main.js")],
    outfile: join(folder, "main.js"),
    bundle: true,
    format: "esm",
    target: "es2022",
    platform: "neutral",
    external: ["timer", "embedded:*"],
    logLevel: "silent",
  })
  for (const name of ["main.c", "manifest.json"]) copyFileSync(join(SOURCES, name), join(folder, name))
  const out = join(folder, "out")
  mkdirSync(out)
  const environment = { ...process.env, MAKEFLAGS: "SHELL=/bin/bash" }
  const words = ["-m", "-p", "x-cli-lin", "-t", "build", "-o", out, "manifest.json"]
  const { status, stdout, stderr } = spawnSync("mcconfig", words, { cwd: folder, encoding: "utf8", env: environment })
  const program = join(out, "bin/lin/release", basename(folder))
  assert.ok(status === 0 && existsSync(program), `mcconfig ended with ${status}:\n${stdout}\n${stderr}`)
  return program
}

describe("a board's network, on Moddable's XS and UDP over loopback", function () {
  const why = reason()
  if (why !== undefined) {
    it("is tried where Moddable's SDK is", () => console.log(`      not run: ${why}`))
    return
  }
  // Real time on a shared machine: a stumble of the machine is not a fault of the code.
  this.retries(2)
  let folder: string
  let program: string

  before(function () {
    this.timeout(900_000)
    folder = mkdtempSync(join(tmpdir(), "tactus-xs-"))
    program = build(folder)
  })
  after(() => rmSync(folder, { recursive: true }))

  const onModdable: Start = (settings, hear) => {
    const board = spawn(program, [JSON.stringify(settings)], { stdio: ["ignore", "pipe", "inherit"] })
    board.stdout.setEncoding("utf8").on("data", hear)
    return () => board.kill()
  }
  followSuite(onModdable)
})
