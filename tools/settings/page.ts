/** The settings as a page: one table, the four sync channels and the patterns told once. */
import { SETTING_ROWS, type SettingRow } from "../../src/settings-table"

const HEAD = `# Settings

SETTINGS.json is a nested object; what is absent keeps its default:

    { "source": "cv", "cv": { "ppqn": 24 }, "sync": [{ "ppqn": 4 }, { "name": "Keys" }] }

A bad value is refused with its name, the value and its range, and nothing is changed. In an editor, \`"$schema"\` can point to
[settings.schema.json](settings.schema.json). Made from src/settings-table.ts by \`npm run settings\`; do not edit.

| key | default | range | what it does |
|---|---|---|---|
`

function range(row: SettingRow): string {
  if (row.kind === "flag") return "true, false"
  if (row.kind === "choice") return (row.choices ?? []).join(", ")
  if (row.kind === "text") return row.formAbout ?? ""
  return `${row.min}..${row.max}${row.unit ? " " + row.unit : ""}${row.step && row.step < 1 ? `, steps of ${row.step}` : ""}`
}

function line(row: SettingRow): string {
  const key = row.key.replace(/^sync\.0/, "sync[0..3]").replace(/^arp\.patterns\.0/, "arp.patterns[0..18]")
  const standard =
    row.key === "sync.0.name" ? '"Volca 1".."Volca 4"' : row.key === "arp.patterns.0" ? "the seed's 19" : JSON.stringify(row.standard)
  const about = row.key === "arp.patterns.0" ? "The patterns, step by step." : row.about
  return `| \`${key}\` | ${standard} | ${range(row)} | ${about} |`
}

export function settingsPage(): string {
  const told = SETTING_ROWS.filter((row) => !/^(sync|arp\.patterns)\.[1-9]/.test(row.key))
  return HEAD + told.map(line).join("\n") + "\n"
}
