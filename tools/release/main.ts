/**
 * `npm run release`: packs what `npm run firmware` has built into build/release: images, checksums, the flasher's page. It builds
 * nothing, and refuses with one line where something is missing: then nothing is written. Exit code 2.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { version } from "../../package.json"
import { boardsOf } from "../firmware/boards"
import { flasherPage } from "./flasher-page"
import { checkUf2, mergeImages, payload, sums, usbVersion } from "./pack"

const ROOT = join(__dirname, "../..")
const HELP = `Usage: npm run -s release -- [--board BOARD]... [--build DIR] [--out DIR]

Packs built firmware: tactus-VERSION-BOARD.uf2 or .bin, SHA256SUMS, flash.html (writes an ESP32 from the browser), README.txt.

  --board BOARD   pico, pico_w, esp32s3, esp32; may be repeated (default: those that are built)
  --build DIR     where npm run firmware has put its files (build)
  --out DIR       folder to make; what is there is replaced (build/release)
`

/** How to write what is in the folder. */
function how(names: readonly string[]): string {
  const lines = [`tactus ${version}`, "", "Check:            sha256sum -c SHA256SUMS"]
  for (const name of names) {
    if (name.endsWith(".uf2"))
      lines.push(
        `${name.includes("pico_w") ? "Pico W            " : "Raspberry Pi Pico "}hold BOOTSEL while plugging it in, drop ${name} on the disk RPI-RP2 that appears`,
      )
    else lines.push(`${name.includes("esp32s3") ? "ESP32-S3" : "ESP32   "}          esptool write-flash 0 ${name}`)
  }
  if (names.some((name) => name.endsWith(".bin")))
    lines.push("                  or open flash.html in Chrome or Edge: it writes over USB, and nothing is sent anywhere")
  lines.push("Then:             npm run -s doctor, in the project, asks a module for its version and tests its jacks", "")
  return lines.join("\n")
}

/** The board's image, or throws a line that says what is missing. */
function image(name: string, build: string): [string, Buffer] {
  const board = boardsOf(ROOT)[name]
  const parts = board.images.map(({ path, address }) => {
    const full = join(build, board.folder, path)
    if (!existsSync(full)) throw new RangeError(`${full} is missing; expected npm run firmware -- --board ${name} to have made it`)
    return { path, address, bytes: readFileSync(full) }
  })
  const file = `tactus-${version}-${name}`
  return name.startsWith("pico") ? [`${file}.uf2`, checkUf2(parts[0].path, parts[0].bytes)] : [`${file}.bin`, mergeImages(parts)]
}

function release(boards: readonly string[], build: string, out: string): void {
  const files = new Map<string, Buffer>(boards.map((name) => image(name, build)))
  const binaries = new Map([...files].filter(([name]) => name.endsWith(".bin")))
  for (const [name, bytes] of files) {
    const inside = usbVersion(name.endsWith(".uf2") ? payload(bytes) : bytes)
    if (inside !== undefined && inside !== version)
      throw new RangeError(`${name}: the image says ${inside} over USB; expected ${version}, built anew with npm run firmware`)
  }
  files.set("README.txt", Buffer.from(how([...files.keys()])))
  if (binaries.size > 0) files.set("flash.html", Buffer.from(flasherPage(version, binaries)))
  rmSync(out, { recursive: true, force: true })
  mkdirSync(out, { recursive: true })
  for (const [name, bytes] of files) writeFileSync(join(out, name), bytes)
  writeFileSync(join(out, "SHA256SUMS"), sums(files))
  for (const [name, bytes] of files) process.stdout.write(`${join(out, name)}: ${bytes.length} bytes\n`)
}

function run(): void {
  const { values } = parseArgs({
    options: {
      board: { type: "string", multiple: true },
      build: { type: "string" },
      out: { type: "string" },
      help: { type: "boolean", short: "h" },
    },
  })
  if (values.help) return void process.stdout.write(HELP)
  const known = Object.keys(boardsOf(ROOT))
  const build = values.build ?? join(ROOT, "build")
  const boards = values.board ?? known.filter((name) => isBegun(name, build))
  const unknown = boards.find((name) => !known.includes(name))
  if (unknown !== undefined) throw new RangeError(`${unknown} is no board; expected ${known.join(", ")}`)
  if (boards.length === 0) throw new RangeError(`nothing is built in ${build}; expected npm run firmware to have been there`)
  release(boards, build, values.out ?? join(build, "release"))
  const others = known.filter((name) => !boards.includes(name))
  if (others.length > 0) process.stdout.write(`left out: ${others.join(", ")}\n`)
}

/** Any of its images is there: then all have to be. */
function isBegun(name: string, build: string): boolean {
  const { images, folder } = boardsOf(ROOT)[name]
  return images.some(({ path }) => existsSync(join(build, folder, path)))
}

try {
  run()
} catch (error) {
  process.stderr.write(`release: ${error instanceof Error ? error.message.split("\n")[0] : String(error)}\n`)
  process.exitCode = 2
}
