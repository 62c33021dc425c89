/**
 * The clock: who rules, chosen by a button, how well it is followed, and what plays on its beat. Everything in it is the device's word.
 */
import type { ModuleState } from "../../src/state"
import type { Device } from "./device"
import { h, mark, say } from "./dom"
import { beatNumber, microsText } from "./words"

const SOURCES: readonly (readonly [string, string])[] = [
  ["auto", "auto"],
  ["internal", "internal"],
  ["cv", "CV"],
  ["midi-usb", "USB MIDI"],
  ["midi-din", "DIN MIDI"],
]
const LOCKS: Record<ModuleState["lock"], string> = {
  free: "its own clock",
  silent: "no pulse yet",
  learning: "learning the tempo",
  locked: "locked",
  held: "pulses are missing",
}

export function clockView(device: Device): HTMLElement {
  const problem = h("p", { class: "problem", role: "alert" })
  const sources = SOURCES.map(([value, label]) =>
    h(
      "button",
      { "data-source": value, "aria-pressed": "false", click: async () => say(problem, (await device.set("source", value)).join("; ")) },
      h("i", { class: "lamp" }),
      label,
    ),
  )
  const numbers = ["state", "tempo", "last pulse", "jitter"].map((name) => ({ name, value: h("dd", {}, "–") }))
  const followers = h("ul", { class: "followers", "aria-label": "what plays on this clock" })
  const show = () => {
    const { settings, state } = device
    mark(view, "unknown", !settings)
    sources.forEach((button, i) => {
      const [source] = SOURCES[i]
      button.setAttribute("aria-pressed", String(settings?.source === source))
      mark(button, "rules", state?.source === source)
    })
    view.dataset.lock = state?.lock ?? ""
    const texts = state ? numbersOf(state) : ["–", "–", "–", "–"]
    numbers.forEach(({ value }, i) => say(value, texts[i]))
    const lines = settings && state ? followersOf(device) : []
    while (followers.children.length > lines.length) followers.lastElementChild?.remove()
    lines.forEach(([name, text], i) => {
      const item = followers.children[i] ?? followers.appendChild(h("li", {}, h("b"), h("span")))
      say(item.children[0], name)
      say(item.children[1], text)
    })
  }
  const view = h(
    "section",
    { class: "view clock" },
    h("div", { class: "sources", role: "group", "aria-label": "clock source" }, ...sources),
    problem,
    h("dl", { class: "lock-numbers" }, ...numbers.map(({ name, value }) => h("div", {}, h("dt", {}, name), value))),
    followers,
  )
  device.onChange.push(show)
  device.onUpdate.push(() => view.offsetParent !== null && show())
  show()
  return view
}

function numbersOf({ lock, tempo, phaseMicros, jitterMicros }: ModuleState): string[] {
  return [
    LOCKS[lock],
    tempo === null ? "–" : `${tempo.toFixed(2)} BPM`,
    phaseMicros === null ? "–" : `${microsText(Math.abs(phaseMicros))} ${phaseMicros >= 0 ? "late" : "early"}`,
    jitterMicros === null ? "–" : microsText(jitterMicros),
  ]
}

/** What is locked to the clock, and how. */
function followersOf({ settings, state, update, cards, cardsAhead, midi }: Device): [string, string][] {
  if (!settings || !state || !update) return []
  const syncs = settings.sync.map(({ ppqn }) => ppqn)
  const isAlike = syncs.every((ppqn) => ppqn === syncs[0])
  const wait = cardsAhead ? `${Math.round(cardsAhead.micros / 1000)} ms` : ""
  const { isInternal } = update
  const ports = midi?.ports.filter(({ direction, name }) => direction === "out" && name !== null).map(({ name }) => name)
  const midiWaits = cardsAhead?.midiWaits && isInternal ? `, ${wait} later, with the cards` : ""
  const lines: [string, string][] = [
    ["MIDI", `24 clocks a beat${ports?.length ? ` to ${ports.join(", ")}` : ""}${midiWaits}`],
    ["clock", beatNumber(settings.clock.ppqn)],
    ["sync", isAlike ? beatNumber(syncs[0]) : `${syncs.join(", ")} a beat`],
    ["arp", `a pulse every ${state.arp.division} clocks`],
  ]
  if (cards && cards.length > 0) {
    const playing = cards.filter((card) => card.state === "playing").length
    const how = isInternal ? `heard ${wait} later` : `decided ${wait} ahead`
    lines.push(["cards", `${playing} of ${cards.length} in step, ${how}`])
  }
  return lines
}
