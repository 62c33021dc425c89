/** The settings as a JSON Schema (2020-12), for editors that complete and check while one types. */
import { SETTING_ROWS, type SettingRow } from "../../src/settings-table"

type Schema = { [key: string]: unknown }

function leaf(row: SettingRow): Schema {
  const schema: Schema = { description: row.about + (row.unit ? ` (${row.unit})` : ""), default: row.standard }
  if (row.kind === "flag") return { type: "boolean", ...schema }
  if (row.kind === "choice") return { enum: row.choices, ...schema }
  if (row.kind === "text") return { type: "string", pattern: row.form, ...schema }
  return { type: row.step === 1 ? "integer" : "number", minimum: row.min, maximum: row.max, ...schema }
}

/** The schema of everything whose key begins with `prefix`. */
function node(prefix: string): Schema {
  const own = SETTING_ROWS.find((row) => row.key === prefix)
  if (own) return leaf(own)
  const head = prefix === "" ? "" : prefix + "."
  const names = [...new Set(SETTING_ROWS.filter((row) => row.key.startsWith(head)).map((row) => row.key.slice(head.length).split(".")[0]))]
  if (names[0] === "0") return { type: "array", maxItems: names.length, items: node(head + "0") }
  return { type: "object", additionalProperties: false, properties: Object.fromEntries(names.map((name) => [name, node(head + name)])) }
}

export function settingsSchema(): string {
  const root = node("") as { properties: Schema }
  root.properties = { $schema: { type: "string" }, ...root.properties }
  return JSON.stringify({ $schema: "https://json-schema.org/draft/2020-12/schema", title: "tactus settings", ...root }, undefined, 2) + "\n"
}
