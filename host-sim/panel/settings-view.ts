/**
 * Every setting of the device, made from the core's own table: control, unit, range and help. A change goes to the device at once;
 * what it says is shown beside the control, and the control always returns to what the device holds.
 */
import { readSetting } from "../../src/settings"
import { SETTING_ROWS, type SettingRow } from "../../src/settings-table"
import type { Device } from "./device"
import { h, mark, say } from "./dom"

const GROUPS: readonly (readonly [string, string])[] = [
  ["", "clock source"],
  ["cv", "CV input"],
  ["lost", "lost clock"],
  ["transport", "transport"],
  ["clock", "clock output"],
  ["reset", "reset output"],
  ["sync.0", "sync 1"],
  ["sync.1", "sync 2"],
  ["sync.2", "sync 3"],
  ["sync.3", "sync 4"],
  ["arp", "arpeggiator"],
  ["latencyMicros", "latency"],
  ["merge", "MIDI merge"],
  ["control", "MIDI control"],
  ["network", "network"],
]

const SURE_MILLISECONDS = 4000

export function settingsView(device: Device): HTMLElement {
  const find = h("input", { type: "search", placeholder: "find a setting", "aria-label": "find a setting" })
  const save = h("button", { click: async () => say(answer, (await device.ask({ save: true })).join("; ") || "saved") }, "save")
  const answer = h("span", { class: "answer" })
  const factory = factoryButton(device, answer)
  const groups = GROUPS.map(([prefix, title]) => {
    const rows = SETTING_ROWS.filter((row) => groupOf(row.key) === prefix).map((row) => ({ row, line: settingLine(device, row) }))
    const details = h("fieldset", {}, h("legend", {}, title), ...rows.map(({ line }) => line))
    return { details, rows }
  })
  find.addEventListener("input", () => {
    const wanted = find.value.trim().toLowerCase()
    for (const { details, rows } of groups) {
      for (const { row, line } of rows) line.hidden = wanted !== "" && !`${row.key} ${row.about}`.toLowerCase().includes(wanted)
      details.hidden = rows.every(({ line }) => line.hidden)
    }
  })
  device.onChange.push(() => {
    const file = device.connection?.file
    save.disabled = !file
    save.hidden = device.connection?.module !== undefined // it keeps what it is set to by itself
    save.title = file ? `writes ${file}` : "start with --settings SETTINGS.json to have a file to save into"
    factory.disabled = !device.settings
    mark(view, "unknown", !device.settings)
  })
  const view = h(
    "section",
    { class: "view settings" },
    h(
      "div",
      { class: "tools" },
      find,
      h("span", { class: "legend" }, "amber: not as delivered"),
      h("span", { class: "grow" }),
      answer,
      factory,
      save,
    ),
    h("div", { class: "groups" }, h("div", { class: "columns" }, ...groups.map(({ details }) => details))),
  )
  return view
}

/** All settings as delivered: asked twice, since there is no way back. */
function factoryButton(device: Device, answer: HTMLElement): HTMLButtonElement {
  let isSure = false
  let doubt: ReturnType<typeof setTimeout> | undefined
  const ask = (sure: boolean) => {
    clearTimeout(doubt)
    isSure = sure
    say(button, sure ? "really all of them?" : "as delivered")
    if (sure) doubt = setTimeout(() => ask(false), SURE_MILLISECONDS)
  }
  const button = h("button", {
    title: "sets every setting as delivered",
    click: async () => {
      if (!isSure) return ask(true)
      ask(false)
      say(answer, (await device.ask({ factory: true })).join("; ") || "as delivered")
    },
  })
  ask(false)
  return button
}

/** Of the arpeggiator's patterns: none, they have a view of their own. */
function groupOf(key: string): string | undefined {
  if (key.startsWith("arp.patterns.")) return undefined
  const names = key.split(".")
  if (key === "part.steps" || key === "wait") return "transport"
  if (names[0] === "sync") return `${names[0]}.${names[1]}`
  return names.length === 1 ? "" : names[0]
}

function settingLine(device: Device, row: SettingRow): HTMLElement {
  const problem = h("span", { class: "problem", role: "alert" })
  const control = controlOf(row)
  /** Changes that are not answered yet: until then the control shows what was asked for. */
  let asked = 0
  const show = () => {
    if (asked > 0 && device.settings) return
    const value = device.settings && readSetting(device.settings, row.key)
    control.disabled = value === undefined
    if (value === undefined) {
      if (control instanceof HTMLInputElement && control.type === "checkbox") control.indeterminate = true
      else control.value = ""
    } else if (control instanceof HTMLInputElement && control.type === "checkbox") {
      control.indeterminate = false
      control.checked = value === true
    } else if (document.activeElement !== control || control instanceof HTMLSelectElement) control.value = String(value)
    mark(line, "changed", value !== undefined && value !== row.standard)
  }
  control.addEventListener("change", () => {
    asked++
    void device.set(row.key, valueOf(control, row)).then((problems) => {
      asked--
      say(problem, problems.join("; "))
      mark(line, "wrong", problems.length > 0)
      if (problems.length === 0 || control instanceof HTMLSelectElement) show()
    })
  })
  control.addEventListener("blur", () => {
    say(problem, "")
    mark(line, "wrong", false)
    show()
  })
  device.onChange.push(show)
  const name = row.key.split(".").slice(-1)[0]
  const line: HTMLElement = h(
    "label",
    { class: "setting", title: `${row.key}: as delivered ${row.standard}` },
    h("span", { class: "name" }, words(name)),
    h("span", { class: "control" }, control, h("span", { class: "unit" }, row.unit ?? "")),
    h("span", { class: "about" }, `${row.about} `, h("span", { class: "range" }, rangeOf(row))),
    problem,
  )
  show()
  return line
}

function controlOf(row: SettingRow): HTMLInputElement | HTMLSelectElement {
  if (row.kind === "flag") return h("input", { type: "checkbox" })
  if (row.kind === "text") return h("input", { type: row.isSecret ? "password" : "text", autocomplete: "off" })
  if (row.kind === "number")
    return h("input", { type: "number", min: row.min, max: row.max, step: row.step ?? "any", inputmode: "decimal" })
  const select = h("select", {})
  for (const choice of row.choices ?? []) select.append(h("option", { value: choice }, String(choice)))
  return select
}

/** What is allowed, where the control does not show it. */
function rangeOf(row: SettingRow): string {
  if (row.min === undefined || row.max === undefined) return row.formAbout ?? ""
  return `${row.min}..${row.max}${row.unit === undefined ? "" : ` ${row.unit}`}, delivered as ${row.standard}`
}

/** What the user wrote, as it is: the device judges it. */
function valueOf(control: HTMLInputElement | HTMLSelectElement, row: SettingRow): unknown {
  if (control instanceof HTMLInputElement && control.type === "checkbox") return control.checked
  if (row.kind === "number") return control.value === "" ? null : Number(control.value)
  if (row.kind === "choice") return row.choices?.find((choice) => String(choice) === control.value)
  return control.value
}

/** "widthMicros" as words; the unit stands beside the control. */
function words(name: string): string {
  return name
    .replace(/Micros$/, "")
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase()
}
