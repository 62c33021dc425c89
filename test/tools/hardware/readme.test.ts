/** The build page names files, commands, parts and figures: all must be there, and say what the page says. */
import { strict as assert } from "node:assert"
import { existsSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { loadSheets, placeAll } from "../../../tools/hardware/netlist"

const PAGE = "boards/hardware/README.md"
const page = readFileSync(PAGE, "utf8")
const figures = readFileSync("boards/hardware/figures.md", "utf8")

describe("the build page", () => {
  it("links only to files that are there", () => {
    const links = [...page.matchAll(/\]\((?!http)([^)]+)\)/g)].map(([, link]) => link)
    assert.ok(links.length > 15)
    for (const link of links) assert.ok(existsSync(join(dirname(PAGE), link.split("#")[0])), link)
  })

  it("names only commands the package has", () => {
    const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Record<string, string> }
    const commands = [...page.matchAll(/npm run (\w+)/g)].map(([, command]) => command)
    assert.ok(commands.length > 2)
    for (const command of commands) assert.ok(command in scripts, `npm run ${command}`)
  })

  it("names only parts of the module, by the names they have on the board", () => {
    const references = new Set(placeAll(loadSheets("boards/hardware/netlists")).map(({ reference }) => reference))
    const named = [...page.matchAll(/\b(?:[CDFJQRSU]|JP|RV)\d+\b/g)].map(([name]) => name).filter((name) => !/^(D[2-9]|F8)$/.test(name))
    assert.ok(named.length > 15)
    for (const name of named) assert.ok(references.has(name), `${name} is no part of the module`)
  })

  it("says of the jacks what the simulations measured", () => {
    const said: [RegExp, RegExp][] = [
      [/above 1\.6 V is high/, /threshold, rising \| 1\.6 V/],
      [/below 1\.0 V is low/, /threshold, falling \| 0\.9[5-9]\d* V/],
      [/4\.3 V into 10 kOhm/, /high level, 10 kOhm \| 4\.3\d V/],
      [/4\.9 V open, 4\.2 V into 10 kOhm/, /high level, open \| 4\.86 V[^]*high level, 10 kOhm \| 4\.24 V/],
      [/10 kOhm from 5 V down to 0\.24 V/, /closed, 10 kOhm to 5 V \| 0\.23\d V|closed, 10 kOhm to 5 V \| 0\.24 V/],
      [/47 kOhm from 15 V to 0\.16 V/, /closed, 47 kOhm to 15 V \| 0\.1(5[5-9]|6\d?) V/],
      [/22 kOhm or more: 0\.48 V low at 5 V/, /active \(low\) level, S-trigger, 22 kOhm to 5 V \| 0\.4[78]\d* V/],
    ]
    for (const [sentence, figure] of said) {
      assert.match(page, sentence)
      assert.match(figures, figure)
    }
  })
})
