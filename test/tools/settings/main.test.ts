/** The settings' page and schema say what the table says. */
import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { settingsPage } from "../../../tools/settings/page"
import { settingsSchema } from "../../../tools/settings/schema"

const folder = join(__dirname, "../../../host-sim")

describe("the settings' documents", () => {
  it("are what `npm run settings` makes of the table", () => {
    assert.equal(readFileSync(join(folder, "settings.md"), "utf8"), settingsPage(), "settings.md")
    assert.equal(readFileSync(join(folder, "settings.schema.json"), "utf8"), settingsSchema(), "settings.schema.json")
  })
})
