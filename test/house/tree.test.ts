/** What stands where in the repository, and what no file of it may hold. */
import assert from "node:assert/strict"
import { statSync } from "node:fs"
import { join } from "node:path"
import { houseFiles, ROOT, text } from "./files"

const ROOMS = ["src", "boards", "host-sim", "test", "tools"]
const TOP_FILES = ["manifest.json", "README.md", "LICENSE", "package.json", "package-lock.json", "tsconfig.json"]
const TOOLING = [".ci", ".gitignore", ".mocharc.json", ".npmrc", ".prettierignore", ".prettierrc.json", "eslint.config.mjs", "knip.json"]

const CODE = /\.(ts|js|cjs|mjs|c|h|cpp|S|ld|pio|sh|py|css|html)$|^\.ci\/run$/
const PICTURES_AND_SOUND = /\.(png|jpg|gif|ico|woff2?|wav|mid|mp3|flac|ogg|uf2|elf|bin)$/

/** A test's `describe` says what it is about; a tool's configuration is its own explanation. */
const NEEDS_NO_OPENING = /\.test\.ts$|^eslint\.config\.mjs$/

const LONG = 150
const TOO_LONG = 400

/** Folders of the machines this was written on, and where packages came from there. */
const FORBIDDEN: readonly (readonly [RegExp, string])[] = [
  [/(?:^|[^\w.~-])[/](?:work|tmp|root|farm)[/]\w/, "a path of one machine"],
  [/https?:[/][/][\w.-]*(?:npmjs|debian|pypi|yarnpkg)[\w.-]*[.](?:org|com|net)/, "a registry host"],
]

const code = () => houseFiles().filter((name) => CODE.test(name))

describe("the house: its tree", () => {
  it("has the rooms and papers it says, and nothing else at the top", () => {
    const top = new Set(houseFiles().map((name) => name.split("/")[0]))
    const expected = new Set([...ROOMS, ...TOP_FILES, ...TOOLING])
    assert.deepEqual(
      [...top].filter((name) => !expected.has(name)),
      [],
    )
  })

  it("opens every file of code with what it is for", () => {
    const wrong = code().filter(
      (name) => !NEEDS_NO_OPENING.test(name) && !/^(#!.*\n)?\s*(<!doctype[^>]*>\s*)?(\/\*|\/\/|#|;|<!--|""")/i.test(text(name)),
    )
    assert.deepEqual(wrong, [])
  })

  it(`keeps files short: ${TOO_LONG} lines at most, ${LONG} wished for`, () => {
    const lengths = code().map((name) => ({ name, lines: text(name).split("\n").length - 1 }))
    const long = lengths.filter(({ lines }) => lines > LONG).sort((one, other) => other.lines - one.lines)
    if (long.length > 0) console.log(`      over ${LONG} lines: ${long.map(({ name, lines }) => `${name} ${lines}`).join(", ")}`)
    assert.deepEqual(
      long.filter(({ lines }) => lines > TOO_LONG),
      [],
    )
  })

  it("names no folder of one machine and no registry", () => {
    const wrong: string[] = []
    for (const name of houseFiles().filter((one) => !PICTURES_AND_SOUND.test(one))) {
      text(name)
        .split("\n")
        .forEach((line, index) => {
          for (const [pattern, what] of FORBIDDEN) if (pattern.test(line)) wrong.push(`${name}:${index + 1} holds ${what}`)
        })
    }
    assert.deepEqual(wrong, [])
  })

  it("holds no file over a megabyte", () => {
    assert.deepEqual(
      houseFiles().filter((name) => statSync(join(ROOT, name)).size > 1 << 20),
      [],
    )
  })
})
