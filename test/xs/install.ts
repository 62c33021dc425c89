/**
 * The real XS engine, ready to run. It is compiled from source (half a minute of gcc), so it lives in a package of its own
 * beside this file and is installed when a test first asks for it, and again when its lock file has changed. A lock keeps
 * two test runs from installing at once. Where it cannot be had the asking test is skipped with the reason, a failure under CI.
 */
import { spawn } from "node:child_process"
import { createHash } from "node:crypto"
import { accessSync, closeSync, constants, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { platform } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import type { Context } from "mocha"
import { isInstalled, unavailable } from "../support/needs"

const FOLDERS: Partial<Record<NodeJS.Platform, string>> = { linux: "lin", darwin: "mac" }
const BUILT = join(__dirname, "node_modules/@agoric/xsnap/xsnap-native/xsnap/build/bin", FOLDERS[platform()] ?? "none")
const WORKER = join(BUILT, "release/xsnap-worker")
const STAMP = join(__dirname, "node_modules/.installed-from")
const BUILD_FOLDER = join(__dirname, "../../build")
const LOCK = join(BUILD_FOLDER, "xs-install.lock")

/** Longest a whole installation may take, and how long a `before` hook that calls `engine` may wait for it. */
const INSTALL_MILLISECONDS = 900_000

/** Why the engine cannot be had, in a line or a few. */
export class NoEngine extends Error {}

/** The path of the engine's worker, installed where needed; `tell` hears of it if that takes a while. Throws NoEngine. */
export async function readyEngine(tell: (line: string) => void): Promise<string> {
  if (isCurrent()) return WORKER
  if (!FOLDERS[platform()]) throw new NoEngine(`the XS engine is not built on ${platform()}`)
  for (const program of ["cc", "make"])
    if (!isInstalled(program)) throw new NoEngine(`needs ${program}: apt-get install gcc libc6-dev make`)
  const problem = await whileLocked(() => (isCurrent() ? undefined : install(tell)))
  if (problem !== undefined) throw new NoEngine(`the XS engine could not be installed: ${problem}`)
  return WORKER
}

/** For a `before` hook: the engine's worker. Where it cannot be had the tests of the hook's suite are skipped; under CI they fail. */
export async function engine(context: Context): Promise<string> {
  context.timeout(INSTALL_MILLISECONDS)
  try {
    return await readyEngine((line) => console.log(`      ${line}`))
  } catch (error) {
    if (error instanceof NoEngine) unavailable(context, error.message)
    throw error
  }
}

/** What the engine's package calls itself, for reports: `@agoric/xsnap 0.15.0`. */
export function engineVersion(): string {
  const { name, version } = JSON.parse(readFileSync(join(__dirname, "node_modules/@agoric/xsnap/package.json"), "utf8"))
  return `${name} ${version}`
}

function wanted(): string {
  return createHash("sha256")
    .update(readFileSync(join(__dirname, "package-lock.json")))
    .digest("hex")
}

function isCurrent(): boolean {
  try {
    accessSync(WORKER, constants.X_OK)
    return readFileSync(STAMP, "utf8") === wanted()
  } catch {
    return false
  }
}

/** Runs `npm ci` here; the debug build of the engine that comes along is thrown away. Undefined when it went well. */
async function install(tell: (line: string) => void): Promise<string | undefined> {
  tell("building the XS engine from its npm package, once: about half a minute")
  const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("npm_")))
  const child = spawn("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: __dirname,
    env: { ...environment, MAKEFLAGS: "-j2" },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: INSTALL_MILLISECONDS,
  })
  let said = ""
  child.stdout.on("data", (text) => (said += text))
  child.stderr.on("data", (text) => (said += text))
  const code = await new Promise<number | string>((resolve) => {
    child.on("error", (error) => resolve(error.message))
    child.on("close", (exit, signal) => resolve(exit ?? signal ?? "?"))
  })
  if (code !== 0) return `npm ci ended with ${code}\n${said.trim().split("\n").slice(-12).join("\n")}`
  if (!existsSync(WORKER)) return "npm ci ended well, yet built no worker; are install scripts switched off (ignore-scripts)?"
  rmSync(join(BUILT, "debug"), { recursive: true, force: true })
  rmSync(join(BUILT, "../../tmp"), { recursive: true, force: true })
  writeFileSync(STAMP, wanted())
  return undefined
}

/** A file that holds the process id of whoever installs; one left behind by a process that is gone is taken over. */
async function whileLocked<T>(work: () => T | Promise<T>): Promise<T> {
  mkdirSync(BUILD_FOLDER, { recursive: true })
  while (!takeLock()) await sleep(200)
  try {
    return await work()
  } finally {
    rmSync(LOCK, { force: true })
  }
}

function takeLock(): boolean {
  try {
    const descriptor = openSync(LOCK, "wx")
    writeFileSync(descriptor, String(process.pid))
    closeSync(descriptor)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error
    if (!ownerLives()) rmSync(LOCK, { force: true })
    return false
  }
}

function ownerLives(): boolean {
  try {
    const owner = Number(readFileSync(LOCK, "utf8"))
    return owner === 0 || process.kill(owner, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"
  }
}
