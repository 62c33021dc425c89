/** The four channels: what the seed's screen showed, and its keys. */
import type { ChannelState, ModuleState } from "../../src/state"
import type { Device } from "./device"
import { h, mark, say } from "./dom"
import { onLevel } from "./header"

const CHANNELS = 4
const PENDING: Record<ChannelState["pending"], string> = {
  nothing: "",
  start: "starts with the part",
  stop: "stops with the part",
  pause: "pauses with the part",
  resume: "resumes with the part",
}
const FLASH_MILLISECONDS = 90

export function strips(device: Device): HTMLElement {
  return h("section", { class: "strips", "aria-label": "channels" }, ...Array.from({ length: CHANNELS }, (_, i) => strip(device, i)))
}

function strip(device: Device, index: number): HTMLElement {
  const letter = "abcd"[index]
  const stepLetter = "ijkl"[index]
  const light = h("i", { class: "light" })
  const name = h("b")
  const state = h("span", { class: "state" })
  const pending = h("span", { class: "pending" })
  const steps = h("div", { class: "steps" })
  const step = h("span", {})
  const tempo = h("span", {})
  const waited = h("span", {})
  const start = h("button", { class: "main", click: () => device.press(letter) })
  const pause = h("button", { click: () => device.press(stepLetter) })
  const realign = h("button", {
    class: "realign",
    title: "sends the pulses that bring the instrument back in step",
    click: () => device.press("IJKL"[index]),
  })

  const show = () => {
    const now = device.state
    const held = device.settings?.sync[index]
    say(name, held?.name ?? `channel ${index + 1}`)
    if (!now) return
    const channel = now.channels[index]
    card.dataset.state = channel.state
    say(state, channel.state)
    say(pending, PENDING[channel.pending])
    mark(card, "pending", channel.pending !== "nothing")
    showSteps(steps, now)
    say(step, `${now.step}/${now.steps}`)
    say(tempo, tempoText(now))
    say(
      waited,
      `${channel.state === "paused" ? channel.partsWaited : 0}/${now.wait}${now.waitNext === now.wait ? "" : ` → ${now.waitNext}`}`,
    )
    label(start, channel.state === "stopped" ? "start" : "stop", letter)
    label(pause, channel.state === "stopped" ? "step" : channel.state === "paused" ? "resume" : "pause", stepLetter)
    realign.hidden = channel.pulsesOff === 0
    if (!realign.hidden) say(realign, `realign: ${channel.pulsesOff} off`)
  }
  device.onUpdate.push(show)
  device.onChange.push(show)
  let off: ReturnType<typeof setTimeout> | undefined
  onLevel(device, `sync${index + 1}`, (level) => {
    if (level !== (device.settings?.sync[index].polarity === "negative" ? 0 : 1)) return
    mark(light, "on", true)
    clearTimeout(off)
    off = setTimeout(() => mark(light, "on", false), FLASH_MILLISECONDS)
  })
  const card = h(
    "article",
    { class: "strip" },
    h("div", { class: "top" }, light, name, state),
    steps,
    h("dl", {}, h("dt", {}, "step"), h("dd", {}, step), h("dt", {}, "tempo"), h("dd", {}, tempo), h("dt", {}, "wait"), h("dd", {}, waited)),
    h("div", { class: "note" }, pending, realign),
    h("div", { class: "keys" }, start, pause),
  )
  return card
}

function tempoText(state: ModuleState): string {
  const now = state.tempo === null ? "–" : state.tempo.toFixed(1)
  return state.tempoTarget === null ? now : `${now} → ${state.tempoTarget.toFixed(1)}`
}

function label(button: HTMLElement, text: string, key: string): void {
  if (button.dataset.text === text) return
  button.dataset.text = text
  button.replaceChildren(text, h("kbd", {}, key))
}

function showSteps(row: HTMLElement, state: ModuleState): void {
  if (row.children.length !== state.steps) row.replaceChildren(...Array.from({ length: state.steps }, () => h("i")))
  const isMoving = state.transport === "running"
  for (let i = 0; i < row.children.length; i++) {
    mark(row.children[i], "now", isMoving && i === state.step - 1)
    mark(row.children[i], "past", isMoving && i < state.step - 1)
    mark(row.children[i], "quarter", i % 4 === 0)
  }
}
