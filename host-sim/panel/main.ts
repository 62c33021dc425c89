/** The panel: composes the page from its parts and connects it to the device. */
import { arpView } from "./arp-view"
import { cardsView } from "./cards-view"
import { Device } from "./device"
import { h, mark } from "./dom"
import { faceplate } from "./faceplate"
import { header } from "./header"
import { listenToKeys } from "./keyboard"
import { monitorView } from "./monitor-view"
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
      ...settingViews,
      ["midi", monitorView(device)],
      ["network", networkView(device)],
    ]

function open(wanted: string): void {
  for (const tab of tabs) tab.setAttribute("aria-selected", String(tab.dataset.view === wanted))
  for (const [name, view] of views) mark(view, "open", name === wanted)
}

const tabs = views.map(([name]) => h("button", { role: "tab", "data-view": name, click: () => open(name) }, name))
document.body.append(
  header(device),
  h(
    "main",
    {},
    ...(transport.hasOnlySettings ? [] : [h("div", { class: "wide-plate" }, faceplate(device))]),
    h(
      "div",
      { class: "play-side" },
      ...(transport.hasOnlySettings ? [] : [strips(device), cardsView(device)]),
      h("nav", { role: "tablist" }, ...tabs),
      h("div", { class: "views" }, ...views.map(([, view]) => view)),
    ),
  ),
  notice,
)
mark(document.body, "settings-only", transport.hasOnlySettings)
open(transport.hasOnlySettings ? "settings" : "scope")
if (!transport.hasOnlySettings) listenToKeys(device)
