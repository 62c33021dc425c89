/** `npm run panel`: the panel as one file that opens from disk and runs the module by itself. */
import { mkdirSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"
import { fileProblem } from "../input/bad-input"
import { buildPage } from "../live/page"
import { type Command, readOptions } from "./command"
import { line } from "./summary"

const STANDARD_FILE = "out/panel.html"

export const panel: Command = {
  about: "writes the panel as one file that opens from disk",
  help: `npm run panel [-- --out FILE]

Writes the panel as one HTML file. Opened from disk it needs no host and no network: the module runs in the page.

  --out FILE   where it goes (${STANDARD_FILE})
`,
  async run(words) {
    const { options } = readOptions(words, ["out"], [])
    const file = options.out ?? STANDARD_FILE
    const page = await buildPage()
    try {
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, page)
    } catch (error) {
      throw fileProblem(file, error)
    }
    process.stdout.write(line("open it", `${file}, ${Math.round(page.length / 1024)} kB`))
  },
}
