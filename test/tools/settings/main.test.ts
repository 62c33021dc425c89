/** The settings' page and schema say what the table says. */
import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { settingsPage } from "../../../tools/settings/page"
import { settingsSchema } from "../../../tools/settings/schema"

const ROOT = join(__dirname, "../../..")
const folder = join(ROOT, "host-sim")

describe("the settings' documents", () => {
  it("are what `npm run settings` makes of the table", () => {
    assert.equal(readFileSync(join(folder, "settings.md"), "utf8"), settingsPage(), "settings.md")
    assert.equal(readFileSync(join(folder, "settings.schema.json"), "utf8"), settingsSchema(), "settings.schema.json")
  })

  it("are left alone by whoever asks how they are made", () => {
    for (const tool of ["settings", "hardware"]) {
      const run = (...words: string[]) =>
        spawnSync(process.execPath, ["--require", "tsx/cjs", `tools/${tool}/main.ts`, ...words], { cwd: ROOT, encoding: "utf8" })
      const help = run("--help")
      assert.deepEqual([help.status, help.stderr], [0, ""])
      assert.match(help.stdout, new RegExp(`^Usage: npm run -s ${tool}\n`))
      const wrong = run("--fast")
      assert.deepEqual([wrong.status, wrong.stdout, wrong.stderr], [2, "", `${tool}: --fast is one too many; it takes no options\n`])
    }
  })
})
