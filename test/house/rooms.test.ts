/** Who may know whom: `src` only itself; `boards` and `host-sim` know `src`, never each other; nothing knows `test` or `tools`. */
import assert from "node:assert/strict"
import { houseFiles, importsOf, sources } from "./files"

/** The rooms into which each may reach by a relative import. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  src: ["src"],
  boards: ["boards", "src"],
  // package.json for the version alone
  "host-sim": ["host-sim", "src", "package.json"],
  tools: ["tools", "src", "host-sim", "boards", "test", "package.json"],
  test: ["test", "tools", "src", "host-sim", "boards", "package.json"],
}

function relativeImports(...rooms: string[]) {
  return sources(...rooms).flatMap((name) => importsOf(name).filter((one) => one.target !== undefined))
}

describe("the house: rooms", () => {
  for (const [room, allowed] of Object.entries(MAY_IMPORT)) {
    it(`${room} imports only ${allowed.join(", ")}`, () => {
      const wrong = relativeImports(room).filter((one) => !allowed.includes(one.target?.split("/")[0] ?? ""))
      assert.deepEqual(
        wrong.map((one) => `${one.place} imports ${one.specifier}`),
        [],
      )
    })
  }

  it("src imports by relative path only, without extension, and what it names is there", () => {
    const files = new Set(houseFiles())
    const wrong = sources("src")
      .flatMap((name) => importsOf(name))
      .filter((one) => one.target === undefined || !files.has(one.target + ".ts"))
    assert.deepEqual(
      wrong.map((one) => `${one.place} imports ${one.specifier}`),
      [],
    )
  })

  it("a board does not import another board, but for the network, which is all boards'", () => {
    const wrong = relativeImports("boards").filter((one) => {
      const [from, to] = [one.place.split("/")[1], one.target?.split("/")]
      return to?.[0] === "boards" && to[1] !== from && to[1] !== "network" && to.length > 2
    })
    assert.deepEqual(
      wrong.map((one) => `${one.place} imports ${one.specifier}`),
      [],
    )
  })

  it("a main.ts composes, so nothing imports one", () => {
    const wrong = relativeImports("src", "boards", "host-sim", "tools").filter((one) => one.target?.endsWith("/main"))
    assert.deepEqual(
      wrong.map((one) => `${one.place} imports ${one.specifier}`),
      [],
    )
  })
})
