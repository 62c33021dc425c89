/** `npm run flash [UF2]`: copies the firmware to a board in boot mode (hold BOOTSEL while plugging it in). */
import { copyFileSync, existsSync } from "node:fs"
import { userInfo } from "node:os"
import { basename, join } from "node:path"
import { findBoards, mountFolders } from "./volume"

const ROOT = join(__dirname, "../..")
const BUILT = join(ROOT, "build/bin/pico/tactus/release", basename(ROOT), "xs_pico.uf2")
const DRIVES = process.platform === "win32" ? [..."DEFGHIJKLMNOPQRSTUVWXYZ"].map((letter) => `${letter}:\\`) : []

function flash(uf2: string): string | undefined {
  if (!existsSync(uf2)) return `${uf2}: there is no such file; expected a UF2, made with npm run firmware`
  const boards = findBoards(mountFolders(process.platform, userInfo().username), DRIVES)
  if (boards.length === 0)
    return "no board in boot mode found; expected a disk called RPI-RP2: hold BOOTSEL while plugging the board in, and mount it"
  if (boards.length > 1) return `${boards.length} boards in boot mode (${boards.join(", ")}); expected one`
  copyFileSync(uf2, join(boards[0], "tactus.uf2"))
  process.stdout.write(`${basename(uf2)} copied to ${boards[0]}; the board starts it by itself\n`)
  return undefined
}

const [uf2 = BUILT] = process.argv.slice(2)
if (uf2 === "--help" || uf2 === "-h")
  process.stdout.write("Usage: npm run flash [UF2]\nCopies the firmware (default: what npm run firmware built) to a board in boot mode.\n")
else {
  const problem = flash(uf2)
  if (problem !== undefined) {
    process.stderr.write(`flash: ${problem}\n`)
    process.exitCode = 2
  }
}
