/** A hardware module over MIDI: who it is, its counters of faults, and what it does not tell. */
import type { Device } from "./device"
import { h, mark, say } from "./dom"

export function moduleView(device: Device): HTMLElement {
  const name = h("h2")
  const counters = h("dl", { class: "counters", "aria-label": "faults since it was switched on" })
  const show = () => {
    const { connection } = device
    mark(view, "unknown", !connection)
    say(name, connection ? `tactus ${connection.version}` : "no module yet")
    say(
      port,
      connection
        ? `on the MIDI port ${connection.module}. What is set here it keeps: it writes it down while its transport stands still.`
        : device.status,
    )
    counters.replaceChildren(
      ...Object.entries(device.counters ?? {}).map(([fault, count]) => {
        const number = h("dd", {}, String(count))
        mark(number, "some", count > 0)
        return h("div", {}, h("dt", {}, words(fault)), number)
      }),
    )
  }
  const port = h("p")
  const view = h(
    "section",
    { class: "view module" },
    name,
    port,
    h("h3", {}, "faults since it was switched on"),
    counters,
    h(
      "p",
      { class: "about" },
      "SysEx carries settings and counters. What the module plays it cannot stream that way: channels, scope and MIDI monitor are those of a live host (npm start) or of the module simulated in this page.",
    ),
  )
  device.onChange.push(show)
  show()
  return view
}

/** "dinBytesDropped" as words. */
function words(name: string): string {
  return name.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase()
}
