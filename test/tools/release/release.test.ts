/** What a release holds, and what it refuses: the tool itself, run on built files made here. */
import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { version } from "../../../package.json"
import { boardsOf } from "../../../tools/firmware/boards"
import { mergeImages, sha256 } from "../../../tools/release/pack"

const ROOT = join(__dirname, "../../..")

function release(...words: string[]): { status: number | null; errors: string; output: string } {
  const tool = join(ROOT, "tools/release/main.ts")
  const { status, stderr, stdout } = spawnSync(process.execPath, ["--require", "tsx/cjs", tool, ...words], { cwd: ROOT, encoding: "utf8" })
  return { status, errors: stderr, output: stdout }
}

function uf2(blocks: number): Buffer {
  const bytes = Buffer.alloc(512 * blocks)
  for (let i = 0; i < blocks; i++) {
    bytes.writeUInt32LE(0x0a324655, 512 * i)
    bytes.writeUInt32LE(256, 512 * i + 16)
    bytes.writeUInt32LE(i, 512 * i + 20)
    bytes.writeUInt32LE(blocks, 512 * i + 24)
  }
  return bytes
}

describe("npm run release", function () {
  let build: string
  let out: string

  function put(board: string, file: string, bytes: Buffer): void {
    const folder = join(build, boardsOf(ROOT)[board].folder)
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, file), bytes)
  }

  beforeEach(() => {
    build = mkdtempSync(join(tmpdir(), "tactus-release-"))
    out = join(build, "release")
    for (const board of ["pico", "pico_w"]) put(board, "xs_pico.uf2", uf2(3))
    for (const board of ["esp32s3", "esp32"]) {
      put(board, "bootloader.bin", Buffer.from([0xe9, 1, 2, 3]))
      put(board, "partition-table.bin", Buffer.from([0xaa, 0x50]))
      put(board, "xs_esp32.bin", Buffer.from([0xe9, 9, 9]))
    }
  })
  afterEach(() => rmSync(build, { recursive: true, force: true }))

  it("packs an image a board, the flasher, instructions, and sums that hold", () => {
    const { status, errors } = release("--build", build)
    assert.equal(status, 0, errors)
    const names = [
      "README.txt",
      "SHA256SUMS",
      "flash.html",
      ...["esp32.bin", "esp32s3.bin", "pico.uf2", "pico_w.uf2"].map((end) => `tactus-${version}-${end}`),
    ]
    assert.deepEqual(readdirSync(out).sort(), names.sort())
    const lines = readFileSync(join(out, "SHA256SUMS"), "utf8").trim().split("\n")
    assert.equal(lines.length, names.length - 1)
    for (const line of lines) assert.equal(line, `${sha256(readFileSync(join(out, line.slice(66))))}  ${line.slice(66)}`)
  })

  it("puts an ESP32's boot loader where its ROM looks for it", () => {
    release("--build", build)
    const [s3, esp32] = ["esp32s3", "esp32"].map((board) => readFileSync(join(out, `tactus-${version}-${board}.bin`)))
    assert.deepEqual([...s3.subarray(0, 4)], [0xe9, 1, 2, 3])
    assert.deepEqual([...esp32.subarray(0xfff, 0x1004)], [0xff, 0xe9, 1, 2, 3])
    for (const image of [s3, esp32]) {
      assert.deepEqual([...image.subarray(0x7fff, 0x8003)], [0xff, 0xaa, 0x50, 0xff])
      assert.deepEqual([...image.subarray(0x10000)], [0xe9, 9, 9])
    }
  })

  it("carries the images inside the flasher's page, which asks no other machine for anything", () => {
    release("--build", build, "--board", "esp32s3")
    const page = readFileSync(join(out, "flash.html"), "utf8")
    const [, data] = new RegExp(`data-image="tactus-${version}-esp32s3.bin">([^<]*)<`).exec(page) ?? []
    assert.deepEqual(Buffer.from(data ?? "", "base64"), readFileSync(join(out, `tactus-${version}-esp32s3.bin`)))
    assert.doesNotMatch(page, /<(?:script|link|img)[^>]* (?:src|href)=/)
  })

  it("refuses with one line, and writes nothing, where a file is missing or is not what it is called", () => {
    rmSync(join(build, boardsOf(ROOT).esp32.folder, "bootloader.bin"))
    const missing = release("--build", build)
    assert.equal(missing.status, 2)
    assert.match(missing.errors, /^release: .*bootloader\.bin is missing; expected npm run firmware -- --board esp32 to have made it\n$/)
    put("pico", "xs_pico.uf2", uf2(3).subarray(0, 1024))
    const broken = release("--build", build, "--board", "pico")
    assert.equal(broken.status, 2)
    assert.match(broken.errors, /^release: xs_pico\.uf2 is no whole UF2\n$/)
    assert.match(release("--board", "atari").errors, /^release: atari is no board; expected pico, pico_w, esp32s3, esp32\n$/)
    assert.ok(!existsSync(out))
  })

  it("packs the boards that are built, and says which are not", () => {
    for (const board of ["pico_w", "esp32s3", "esp32"]) rmSync(join(build, boardsOf(ROOT)[board].folder), { recursive: true })
    const { status, errors, output } = release("--build", build)
    assert.equal(status, 0, errors)
    assert.deepEqual(readdirSync(out).sort(), ["README.txt", "SHA256SUMS", `tactus-${version}-pico.uf2`])
    assert.match(output, /^left out: pico_w, esp32s3, esp32$/m)
    rmSync(join(build, boardsOf(ROOT).pico.folder), { recursive: true })
    assert.match(release("--build", build).errors, /^release: nothing is built in .*; expected npm run firmware to have been there\n$/)
  })

  it("refuses firmware that says another version over USB, wherever in the image it says so", () => {
    const descriptor = (bcd: number) => [0x12, 1, 0, 2, 0, 0, 0, 64, 0x8a, 0x2e, 0x0a, 0, bcd & 255, bcd >> 8, 1, 2, 3, 1]
    const image = (bcd: number): Buffer => {
      const bytes = uf2(3)
      // Across the end of a block: the last seven bytes of one and the first eleven of the next.
      bytes.set(descriptor(bcd).slice(0, 7), 32 + 249)
      bytes.set(descriptor(bcd).slice(7), 512 + 32)
      return bytes
    }
    put("pico", "xs_pico.uf2", image(0x1234))
    const other = release("--build", build, "--board", "pico")
    assert.match(other.errors, /^release: tactus-.*-pico\.uf2: the image says 12\.3\.4 over USB; expected /)
    assert.ok(!existsSync(out))
    const [major, minor, patch] = version.split(".").map(Number)
    put("pico", "xs_pico.uf2", image((major << 8) | (minor << 4) | patch))
    const { status, errors } = release("--build", build, "--board", "pico")
    assert.equal(status, 0, errors)
    assert.doesNotMatch(readFileSync(join(out, "README.txt"), "utf8"), /esp/i)
  })

  it("refuses images that lie over each other", () => {
    const parts = [
      { path: "bootloader.bin", address: 0, bytes: Buffer.alloc(0x8001, 0xe9) },
      { path: "partition-table.bin", address: 0x8000, bytes: Buffer.alloc(4) },
    ]
    assert.throws(() => mergeImages(parts), /partition-table\.bin at 0x8000 lies over what ends at 0x8001/)
  })
})
