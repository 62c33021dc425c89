/** The arpeggiator: which of the 19 patterns, its steps, the mode, and how many clocks a pulse (the ARP SPEED pot). */
import { DIVISIONS } from "../../src/arp/pot"
import { PATTERNS } from "../../src/arp/patterns"
import type { Device } from "./device"
import { h, mark, say } from "./dom"

const MODES = ["whenever there is a clock", "from Start to Stop", "first clock to four missing"]
/** Pot readings in the middle of each division's range. */
const POSITIONS: readonly number[] = [0, 1.5, 3, 5, 7, 8.5, 10].map((position) => Math.round(position * 102.3))
const NAMES: Record<number, string> = { 96: "1/1", 72: "1/2.", 48: "1/2", 24: "1/4", 12: "1/8", 8: "1/8T", 6: "1/16" }
const LONGEST = 8

export function arpView(device: Device): HTMLElement {
  const problem = h("p", { class: "problem" })
  const change = async (key: string, value: unknown) => say(problem, (await device.set(key, value)).join("; "))
  const list = PATTERNS.map((_, i) =>
    h(
      "button",
      { class: "pattern", title: `pattern ${i}`, click: () => change("arp.pattern", i) },
      h("span", {}, String(i)),
      h("span", { class: "dots" }),
    ),
  )
  const steps = Array.from({ length: LONGEST }, (_, i) =>
    h("button", { class: "step", "aria-label": `step ${i + 1}`, click: () => toggle(i) }, String(i + 1)),
  )
  const shorter = h("button", { "aria-label": "shorter", click: () => resize(-1) }, "−")
  const longer = h("button", { "aria-label": "longer", click: () => resize(1) }, "+")
  const size = h("span", { class: "size" })
  const modes = MODES.map((text, i) => h("button", { title: text, click: () => change("arp.mode", i) }, h("b", {}, String(i)), ` ${text}`))
  const divisions = DIVISIONS.map((division, i) =>
    h(
      "button",
      { title: `${division} MIDI clocks a pulse`, click: () => device.input("pot-arp", { value: POSITIONS[i] }) },
      h("b", {}, NAMES[division]),
      ` ${division}`,
    ),
  )
  const heading = h("h2")

  /** What was asked for and is not answered yet: the next change goes on from there, however quick the fingers. */
  let asked: { readonly index: number; readonly pattern: string } | undefined
  const held = () => device.settings?.arp.patterns[device.settings.arp.pattern]
  const selected = () => (asked && asked.index === device.settings?.arp.pattern ? asked.pattern : held())
  const write = async (pattern: string) => {
    const index = device.settings?.arp.pattern
    if (index === undefined) return
    const mine = (asked = { index, pattern })
    await change(`arp.patterns.${index}`, pattern)
    if (asked === mine) asked = undefined
  }
  const toggle = (i: number) => {
    const pattern = selected()
    if (pattern !== undefined && i < pattern.length)
      void write(pattern.slice(0, i) + (pattern[i] === "1" ? "0" : "1") + pattern.slice(i + 1))
  }
  const resize = (by: number) => {
    const pattern = selected()
    if (pattern === undefined) return
    const length = Math.max(1, Math.min(LONGEST, pattern.length + by))
    if (length !== pattern.length) void write(pattern.padEnd(length, "0").slice(0, length))
  }

  const show = () => {
    const arp = device.settings?.arp
    mark(view, "unknown", !arp)
    if (!arp) return
    list.forEach((row, i) => {
      mark(row, "on", i === arp.pattern)
      const dots = row.lastElementChild as HTMLElement
      if (dots.dataset.pattern !== arp.patterns[i]) {
        dots.dataset.pattern = arp.patterns[i]
        dots.replaceChildren(...Array.from(arp.patterns[i], (digit) => h("i", { class: digit === "1" ? "on" : "" })))
      }
    })
    const pattern = arp.patterns[arp.pattern]
    say(heading, `pattern ${arp.pattern}`)
    say(size, `${pattern.length} step${pattern.length === 1 ? "" : "s"}`)
    steps.forEach((step, i) => {
      mark(step, "on", pattern[i] === "1")
      mark(step, "beyond", i >= pattern.length)
    })
    modes.forEach((button, i) => button.setAttribute("aria-pressed", String(i === arp.mode)))
  }
  const move = () => {
    const { state } = device
    if (!state || view.offsetParent === null) return
    const pattern = held() ?? "1"
    const at = state.arp.isClocking ? Math.floor((state.beat * 24) / state.arp.division + 1e-6) % pattern.length : -1
    steps.forEach((step, i) => mark(step, "now", i === at))
    divisions.forEach((button, i) => button.setAttribute("aria-pressed", String(DIVISIONS[i] === state.arp.division)))
  }
  device.onChange.push(show)
  device.onUpdate.push(move)
  const view = h(
    "section",
    { class: "view arp" },
    h("div", { class: "patterns" }, ...list),
    h(
      "div",
      { class: "editor" },
      h("div", { class: "row" }, heading, size, shorter, longer),
      h("div", { class: "big-steps" }, ...steps),
      h("h3", { class: "played" }, "clocks a pulse"),
      h("div", { class: "choices played" }, ...divisions),
      h("h3", {}, "mode"),
      h("div", { class: "choices modes" }, ...modes),
      problem,
    ),
  )
  return view
}
