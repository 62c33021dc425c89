/**
 * Sound cards as sync outputs: which of the computer's cards plays what, left and right. Nothing is heard of a choice until "play on these";
 * then the host opens the cards, and the line of cards above says how they are.
 */
import type { SidePlan } from "../bridge/wiring"
import type { Device } from "./device"
import { h, mark, say } from "./dom"

/** What a card can play, as the module calls it. */
const OUTPUTS = ["sync1", "sync2", "sync3", "sync4", "clock", "reset", "arp"]
const NOTHING = "–"

interface Row {
  readonly name: string
  readonly element: HTMLElement
  /** As a file for --cards has it; undefined where it plays nothing. */
  choice(): object | undefined
}

export function rackView(device: Device): HTMLElement {
  const problem = h("p", { class: "problem", role: "alert" })
  const about = h("p", { class: "about" })
  const list = h("div", { class: "rack-rows" })
  let rows: Row[] = []
  let shown = ""
  const ask = async (request: object, doing: string) => {
    say(problem, "")
    say(about, doing)
    for (const button of [find, use, none]) button.disabled = true
    const problems = await device.ask(request)
    say(problem, problems.join("; "))
    for (const button of [find, use, none]) button.disabled = false
    describe()
  }
  const find = h("button", { click: () => ask({ findCards: true }, "looking at the cards …") }, "find cards")
  const use = h(
    "button",
    {
      click: () => {
        const cards = rows.flatMap((row) => row.choice() ?? [])
        if (cards.length === 0) return say(problem, "no card plays anything yet; choose an output for its left or right side")
        void ask({ useCards: { cards } }, "opening the cards; their clocks are learned for some seconds …")
      },
    },
    "play on these",
  )
  const none = h("button", { click: () => ask({ useCards: { cards: [] } }, "letting go …") }, "on none")
  const describe = () => {
    const count = device.cardPlans?.length ?? 0
    const found = device.soundCards
    say(
      about,
      count > 0
        ? `It plays on ${count} ${count === 1 ? "card" : "cards"}.`
        : found === undefined
          ? "Each side of a sound card is a sync output: one card serves two Volcas, four cards four of them in step."
          : `${found.length === 0 ? "This computer has no sound card." : "Choose what each side plays."}`,
    )
  }
  device.onChange.push(() => {
    mark(view, "unknown", !device.cardPlans)
    const found = device.soundCards ?? []
    const key = JSON.stringify([found, device.cardPlans])
    if (key === shown) return
    shown = key
    const planned = new Map((device.cardPlans ?? []).map((plan) => [plan.card, plan]))
    const names = found.map(({ id, name }) => ({ id, name }))
    for (const { card } of planned.values()) {
      if (!names.some(({ id, name }) => id === card || name.includes(card))) names.push({ id: card, name: card })
    }
    rows = names.map(({ id, name }) => {
      const plan = [...planned.values()].find(({ card }) => card === id || name.includes(card))
      return cardRow(name, plan?.card ?? id, plan?.sides ?? [undefined, undefined], plan?.latencyMicros ?? 0)
    })
    list.replaceChildren(...rows.map(({ element }) => element))
    describe()
  })
  const view = h(
    "section",
    { class: "view rack" },
    h("div", { class: "tools" }, find, h("span", { class: "grow" }), none, use),
    about,
    problem,
    list,
  )
  describe()
  return view
}

function cardRow(name: string, card: string, sides: readonly (SidePlan | undefined)[], latencyMicros: number): Row {
  const left = sideRow("left", sides[0])
  const right = sideRow("right", sides[1])
  const latency = number(`latency of ${name}, ms`, latencyMicros / 1000)
  const element = h(
    "fieldset",
    {},
    h("legend", {}, name, h("small", {}, card === name ? "" : card)),
    left.element,
    right.element,
    h("label", {}, h("span", {}, "later than it says"), latency, h("small", {}, "ms")),
  )
  const choice = () => {
    const own = { left: left.choice(), right: right.choice() }
    return own.left || own.right ? { card, ...own, latency: Number(latency.value) || 0 } : undefined
  }
  return { name, element, choice }
}

function sideRow(side: string, plan: SidePlan | undefined): { element: HTMLElement; choice(): object | undefined } {
  const output = select(`${side}: what it plays`, [NOTHING, ...OUTPUTS], plan?.output ?? NOTHING)
  const width = number(`${side}: pulse width, ms`, plan?.widthMicros === undefined ? "" : plan.widthMicros / 1000)
  width.placeholder = "width"
  const level = number(`${side}: level, percent`, Math.round((plan?.level ?? 1) * 100))
  const polarity = select(`${side}: polarity`, ["as set", "positive", "negative"], plan?.polarity ?? "as set")
  const element = h(
    "div",
    { class: "side" },
    h("span", {}, side),
    output,
    width,
    h("small", {}, "ms"),
    level,
    h("small", {}, "%"),
    polarity,
  )
  const choice = () => {
    if (output.value === NOTHING) return undefined
    return {
      output: output.value,
      level: Number(level.value),
      ...(width.value === "" ? {} : { width: Number(width.value) }),
      ...(polarity.value === "as set" ? {} : { polarity: polarity.value }),
      ...(plan?.latencyMicros ? { latency: plan.latencyMicros / 1000 } : {}),
    }
  }
  return { element, choice }
}

function number(label: string, value: number | string): HTMLInputElement {
  return h("input", { type: "number", step: "any", inputmode: "decimal", "aria-label": label, title: label, value })
}

function select(label: string, choices: readonly string[], value: string): HTMLSelectElement {
  const control = h("select", { "aria-label": label, title: label }, ...choices.map((choice) => h("option", { value: choice }, choice)))
  control.value = value
  return control
}
