/** `npm run hardware`: makes every drawing, list, plot and figure of boards/hardware anew from its netlists. */
import { spawnSync } from "node:child_process"
import { mkdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { drawings, HARDWARE, simulations } from "./generate"

function main(): number {
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

process.exitCode = main()
