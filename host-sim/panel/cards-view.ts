/** The sound cards that play the syncs: what each plays, how far its crystal is off, and what is wrong with it. */
import type { CardReport } from "../bridge/card-report"
import type { Device } from "./device"
import { h, mark, say } from "./dom"

const STATES: Record<CardReport["state"], string> = {
  opening: "is being opened",
  absent: "not there",
  listening: "its clock is being learned",
  playing: "in step",
}

export function cardsView(device: Device): HTMLElement {
  const list = h("ul", { class: "cards", "aria-label": "sound cards", hidden: true })
  device.onChange.push(() => {
    const cards = device.cards ?? []
    list.hidden = cards.length === 0
    while (list.children.length > cards.length) list.lastElementChild?.remove()
    cards.forEach((card, index) => show((list.children[index] ?? list.appendChild(row())) as HTMLElement, card))
  })
  return list
}

function row(): HTMLElement {
  return h("li", {}, h("b"), h("span", { class: "plays" }), h("span", { class: "crystal" }), h("span", { class: "how" }))
}

function show(item: HTMLElement, card: CardReport): void {
  const [name, plays, crystal, how] = Array.from(item.children)
  const [left, right] = card.outputs
  say(name, card.card)
  say(plays, left === right ? left : `${left} / ${right}`)
  say(crystal, card.ppm === null ? "" : `${card.ppm >= 0 ? "+" : "−"}${Math.abs(card.ppm).toFixed(1)} ppm`)
  say(how, [STATES[card.state], lost(card.losses), card.state === "playing" ? "" : card.problem].filter((text) => text !== "").join(", "))
  mark(item, "playing", card.state === "playing")
}

function lost(times: number): string {
  return times === 0 ? "" : times === 1 ? "lost once" : `lost ${times} times`
}
