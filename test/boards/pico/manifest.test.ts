/**
 * Preload is decisive on the chip (72 KB of RAM and 73 ms of boot against 1.6 KB and 0.8 ms), a wildcard there skips TypeScript,
 * and a module left out is found only on the hardware. So the manifests are held against the imports.
 */
import assert from "node:assert/strict"
import { existsSync, readFileSync } from "node:fs"
import { join, normalize } from "node:path"
import { describe, it } from "mocha"

const ROOT = join(__dirname, "../../..")

interface Manifest {
  readonly include?: string | string[]
  readonly modules: Record<string, string | string[]>
  readonly preload: readonly string[]
}

function manifest(path: string): Manifest {
  return JSON.parse(readFileSync(join(ROOT, path), "utf8")) as Manifest
}

/** Modules reached from `entry` by relative imports that last into JavaScript. */
function reachable(entry: string, seen = new Set<string>()): Set<string> {
  if (seen.has(entry)) return seen
  seen.add(entry)
  const text = readFileSync(join(ROOT, `${entry}.ts`), "utf8")
  for (const [, names, from] of text.matchAll(/^(?:import|export) ([^;]*?)from "(\.[^"]+)"/gms)) {
    const onlyTypes = /^type /.test(names) || /^\{(\s*type \w+,?)+\s*\}/.test(names)
    if (!onlyTypes) reachable(normalize(join(entry, "..", from)), seen)
  }
  return seen
}

/** Boards with a radio: their own network.ts stands in the place of the Pico's. */
for (const board of ["pico_w", "esp32"]) {
  describe(`the network in the manifest of ${board}`, () => {
    const shared = manifest("boards/network/manifest.json")
    const own = manifest(`boards/${board}/manifest.json`)
    const withoutIt = reachable("boards/pico/main")
    const used = [...reachable(`boards/${board}/network`)].filter((name) => name !== `boards/${board}/network` && !withoutIt.has(name))

    it("takes the board's own file, and what all boards share", () => {
      assert.equal(own.modules["boards/pico/network"], "./network")
      // Whoever includes the Pico's manifest gets the Pico's file, unless it is left out by name.
      const isPicos = [own.include].flat().includes("../pico/manifest.json")
      assert.equal(isPicos, [own.modules["~"] ?? []].flat().includes("../pico/network"))
      assert.ok([own.include].flat().includes("../network/manifest.json"))
    })

    it("preloads every module it uses, and no other but Moddable's", () => {
      const ours = shared.preload.filter((name) => !name.startsWith("embedded:"))
      assert.deepEqual([...used].sort(), [...ours].sort())
    })

    it("has every folder and every file that is used", () => {
      for (const name of used.filter((one) => one.startsWith("src/"))) {
        const folder = name.slice(0, name.lastIndexOf("/") + 1)
        assert.equal(
          shared.modules[`${folder}*`] ?? manifest("manifest.json").modules[`${folder}*`]?.toString().replace("./", "../../"),
          `../../${folder}*`,
        )
      }
      const files = used.filter((name) => name.startsWith("boards/network/")).map((name) => name.replace("boards/network/", "./"))
      assert.deepEqual([...shared.modules["boards/network/*"]].sort(), files.sort())
    })
  })
}

describe("the Moddable manifests", () => {
  const app = manifest("manifest.json")
  const used = [...reachable("boards/pico/main")]

  it("preload every module the firmware uses but the one that runs", () => {
    const preloaded = new Set([...app.preload, ...manifest("boards/pico/manifest.json").preload])
    assert.deepEqual(
      used.filter((name) => !preloaded.has(name)),
      ["boards/pico/main"],
    )
  })

  it("preload nothing that is not used", () => {
    for (const name of [...app.preload, ...manifest("boards/pico/manifest.json").preload]) assert.ok(used.includes(name), name)
  })

  it("have every folder of src that is used as a module folder", () => {
    const folders = new Set(used.filter((name) => name.startsWith("src/")).map((name) => name.slice(0, name.lastIndexOf("/") + 1)))
    for (const folder of folders) assert.equal(app.modules[`${folder}*`], `./${folder}*`)
  })

  it("list every module of the board", () => {
    const listed = manifest("boards/pico/manifest.json").modules["boards/pico/*"]
    const board = used.filter((name) => name.startsWith("boards/pico/")).map((name) => name.replace("boards/pico/", "./"))
    assert.deepEqual([...listed].sort(), board.sort())
  })

  it("name files that exist", () => {
    for (const [key, paths] of Object.entries(manifest("boards/pico/manifest.json").modules))
      for (const path of [paths].flat())
        if (!path.startsWith("$"))
          assert.ok(
            [".c", ".ts"].some((end) => existsSync(join(ROOT, "boards/pico", path + end))),
            `${key}: ${path}`,
          )
  })
})
