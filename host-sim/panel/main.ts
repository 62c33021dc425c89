/** The panel: composes the page from its parts and connects it to the device. */
import { arpView } from "./arp-view"
import { cardsView } from "./cards-view"
import { clockView } from "./clock-view"
import { Device } from "./device"
import { h, mark } from "./dom"
import { faceplate } from "./faceplate"
import { header } from "./header"
import { listenToKeys } from "./keyboard"
import { monitorView } from "./monitor-view"
import { rackView } from "./rack-view"
import { scopeView } from "./scope-view"
import { settingsView } from "./settings-view"
import { networkView } from "./network-view"
import { moduleView } from "./module-view"
import { strips } from "./strips"
import { chosenTransport } from "./transports"

const transport = chosenTransport()
const device = new Device(transport.connect)

const notice = h("div", { class: "notice", role: "status", hidden: true })
let fading: ReturnType<typeof setTimeout> | undefined
device.onNotice.push((text) => {
  notice.textContent = text
  notice.hidden = false
  clearTimeout(fading)
  fading = setTimeout(() => (notice.hidden = true), 6000)
})

const settingViews: readonly (readonly [string, Element])[] = [
  ["arp", arpView(device)],
  ["settings", settingsView(device)],
]
const views: readonly (readonly [string, Element])[] = transport.hasOnlySettings
  ? [["module", moduleView(device)], ...settingViews]
  : [
      ["panel", h("div", { class: "plate-view" }, faceplate(device))],
      ["scope", scopeView(device)],
      ["clock", clockView(device)],
      ...settingViews,
      ["midi", monitorView(device)],
      ["network", networkView(device)],
      ["cards", rackView(device)],
    ]

function open(wanted: string): void {
  for (const tab of tabs) {
    tab.setAttribute("aria-selected", String(tab.dataset.view === wanted))
    tab.tabIndex = tab.dataset.view === wanted ? 0 : -1
  }
  for (const [name, view] of views) mark(view, "open", name === wanted)
}

/** Left and right from tab to tab, as everywhere. */
function step(event: Event): void {
  const by = { ArrowLeft: -1, ArrowRight: 1 }[(event as KeyboardEvent).key]
  const shown = tabs.filter((tab) => tab.offsetParent !== null)
  const at = shown.findIndex((tab) => tab === document.activeElement)
  if (by === undefined || at < 0) return
  const next = shown[(at + by + shown.length) % shown.length]
  open(next.dataset.view ?? "")
  next.focus()
}

const tabs = views.map(([name, view]) => {
  view.id = `view-${name}`
  view.setAttribute("role", "tabpanel")
  view.setAttribute("aria-label", name)
  return h("button", { role: "tab", "data-view": name, "aria-controls": view.id, click: () => open(name) }, name)
})
document.body.append(
  header(device),
  h(
    "main",
    {},
    ...(transport.hasOnlySettings
      ? []
      : [h("div", { class: "wide-plate" }, faceplate(device), h("div", { class: "under-plate" }, clockView(device)))]),
    h(
      "div",
      { class: "play-side" },
      ...(transport.hasOnlySettings ? [] : [strips(device), cardsView(device)]),
      h("nav", { role: "tablist", "aria-label": "views", keydown: step }, ...tabs),
      h("div", { class: "views" }, ...views.map(([, view]) => view)),
    ),
  ),
  notice,
)
mark(document.body, "settings-only", transport.hasOnlySettings)
open(transport.hasOnlySettings ? "settings" : "scope")
if (!transport.hasOnlySettings) listenToKeys(device)
