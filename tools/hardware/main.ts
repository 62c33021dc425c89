/** `npm run hardware`: makes every drawing, list, plot and figure of boards/hardware anew from its netlists. */
import { spawnSync } from "node:child_process"
import { mkdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { drawings, HARDWARE, simulations } from "./generate"

const HELP = `Usage: npm run -s hardware
Makes every drawing, list, plot and figure of boards/hardware anew from its netlists; plots and figures need ngspice.
`

function main(words: readonly string[]): number {
  if (words.length > 0) {
    const isHelp = words[0] === "--help" || words[0] === "-h"
    ;(isHelp ? process.stdout : process.stderr).write(isHelp ? HELP : `hardware: ${words[0]} is one too many; it takes no options\n`)
    return isHelp ? 0 : 2
  }
  try {
    let count = write(drawings())
    if (spawnSync("ngspice", ["--version"]).error === undefined) count += write(simulations())
    else console.log("plots and figures are left as they were: needs ngspice: apt-get install ngspice")
    console.log(`${count} files made in ${HARDWARE}`)
    return 0
  } catch (error) {
    console.error((error as Error).message)
    return 2
  }
}

function write(files: ReadonlyMap<string, string>): number {
  for (const [name, content] of files) {
    const path = join(HARDWARE, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
  }
  return files.size
}

process.exitCode = main(process.argv.slice(2))
