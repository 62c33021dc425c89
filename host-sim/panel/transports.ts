/**
 * What the page talks to: the host it came from, a hardware module over MIDI, or a module simulated in the page. The choice stands in the
 * address (`#module`), so it can be kept as a bookmark; another choice loads the page anew.
 */
import type { Transport, TransportEvents } from "./device"
import { h } from "./dom"
import { connectSocket } from "./socket"
import { connectVirtual } from "./virtual"
import { connectModule } from "./web-midi"

interface Choice {
  readonly name: string
  readonly label: string
  readonly connect: (events: TransportEvents) => Transport
  /** It tells its settings, not what it plays. */
  readonly hasOnlySettings: boolean
}

const HOST: Choice = { name: "host", label: "host", connect: connectSocket, hasOnlySettings: false }
const MODULE: Choice = { name: "module", label: "MIDI module", connect: connectModule, hasOnlySettings: true }
const VIRTUAL: Choice = { name: "virtual", label: "in this page", connect: connectVirtual, hasOnlySettings: false }

/** The first is the usual one. From disk there is no host. */
function choices(): readonly Choice[] {
  return location.protocol === "file:" ? [VIRTUAL, MODULE] : [HOST, MODULE, VIRTUAL]
}

export function chosenTransport(): Choice {
  return choices().find(({ name }) => location.hash === `#${name}`) ?? choices()[0]
}

export function transportSwitch(): HTMLElement {
  const select = h("select", { class: "transport", "aria-label": "device", title: "what this page talks to" })
  for (const { name, label } of choices()) select.append(h("option", { value: name }, label))
  select.value = chosenTransport().name
  select.addEventListener("change", () => {
    location.hash = select.value
    location.reload()
  })
  return select
}
