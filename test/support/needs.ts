/**
 * Tests that need a program from Debian say so with `needs(this, "sigrok-cli")`. Without it the test is skipped and its
 * reason printed with the package's name; under CI a missing program is a failure.
 */
import { spawnSync } from "node:child_process"
import type { Context } from "mocha"

const found = new Map<string, boolean>()

/** Can `command` be run by its name? */
export function isInstalled(command: string): boolean {
  let known = found.get(command)
  if (known === undefined) {
    known = spawnSync("sh", ["-c", `command -v ${command}`]).status === 0
    found.set(command, known)
  }
  return known
}

/** Goes on only where `command` is installed; `debianPackage` names what to install (default: the same word). */
export function needs(context: Context, command: string, debianPackage = command): void {
  if (isInstalled(command)) return
  unavailable(context, `needs ${command}: apt-get install ${debianPackage}`)
}

/** Skips the running test with its reason; fails it under CI. */
export function unavailable(context: Context, reason: string): never {
  if (process.env.CI) throw new Error(`not run, and under CI nothing may be skipped: ${reason}`)
  console.log(`      skipped: ${reason}`)
  context.skip()
  throw new Error("unreachable")
}
