/**
 * Writes what is said of the settings elsewhere, from the one table in src: the page host-sim/settings.md and the JSON Schema
 * host-sim/settings.schema.json. A test holds the committed files against this.
 */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { settingsPage } from "./page"
import { settingsSchema } from "./schema"

const folder = join(__dirname, "../../host-sim")
writeFileSync(join(folder, "settings.md"), settingsPage())
writeFileSync(join(folder, "settings.schema.json"), settingsSchema())
console.log("written: host-sim/settings.md, host-sim/settings.schema.json")
