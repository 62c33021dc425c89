/**
 * Writes what is said of the settings elsewhere, from the one table in src: the page host-sim/settings.md and the JSON Schema
 * host-sim/settings.schema.json. A test holds the committed files against this.
 */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { settingsPage } from "./page"
import { settingsSchema } from "./schema"

const HELP = `Usage: npm run -s settings
Writes host-sim/settings.md and host-sim/settings.schema.json anew from src/settings-table.ts.
`

function main(words: readonly string[]): number {
  if (words.length > 0) {
    const isHelp = words[0] === "--help" || words[0] === "-h"
    ;(isHelp ? process.stdout : process.stderr).write(isHelp ? HELP : `settings: ${words[0]} is one too many; it takes no options\n`)
    return isHelp ? 0 : 2
  }
  const folder = join(__dirname, "../../host-sim")
  writeFileSync(join(folder, "settings.md"), settingsPage())
  writeFileSync(join(folder, "settings.schema.json"), settingsSchema())
  console.log("written: host-sim/settings.md, host-sim/settings.schema.json")
  return 0
}

process.exitCode = main(process.argv.slice(2))
