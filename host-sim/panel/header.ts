/** The line that is always in sight: play, tempo, what is locked to what, the beat, and whether anything was late. */
import { OUTPUT_PORTS } from "../../src/event"
import type { Device, Update } from "./device"
import { h, mark, say } from "./dom"
import { transportSwitch } from "./transports"

const LOCKS: Record<string, string> = {
  free: "internal clock",
  silent: "waiting for",
  learning: "learning",
  locked: "locked to",
  held: "holding without",
}
const SOURCES: Record<string, string> = { cv: "CV", "midi-usb": "USB MIDI", "midi-din": "DIN MIDI", internal: "" }
const BEATS = 4

export function header(device: Device): HTMLElement {
  const play = h("button", { class: "play", title: "play / stop  [space]", click: () => device.press(" ") }, "")
  const tap = h("button", { class: "tap", title: "tap tempo", pointerdown: () => device.click("button-tap") }, "tap")
  const tempo = h("output", { class: "tempo", "aria-label": "tempo" })
  const target = h("span", { class: "target" })
  const lock = h("span", { class: "lock", role: "status" })
  const beats = Array.from({ length: BEATS }, () => h("i"))
  const late = h("span", { class: "late", title: "events the core handed over more than 1 ms after their time" })
  const bar = h("span", { class: "bar", title: "bar . beat" })
  const slower = nudge(device, "−", "-", "1 BPM slower  [-]")
  const faster = nudge(device, "+", "+", "1 BPM faster  [+]")

  const show = () => {
    const { state, update, connection } = device
    mark(document.body, "away", !state && connection?.module === undefined)
    if (!state || !update) {
      for (const element of [tempo, target, bar, late]) say(element, "")
      say(tempo, "–")
      say(lock, connection?.module === undefined ? device.status : `module ${connection.version} on ${connection.module}`)
      lock.dataset.lock = connection?.module === undefined ? "" : "free"
      return
    }
    mark(play, "on", state.transport !== "stopped")
    mark(play, "armed", state.transport === "armed")
    play.setAttribute("aria-label", state.transport === "stopped" ? "play" : "stop")
    say(tempo, state.tempo === null ? "–" : state.tempo.toFixed(state.source === "internal" ? 1 : 2))
    say(target, state.tempoTarget === null ? "" : `→ ${state.tempoTarget.toFixed(1)}`)
    say(lock, `${LOCKS[state.lock]} ${SOURCES[state.source]}`.trim())
    lock.dataset.lock = state.lock
    const beat = Math.floor(state.beat + 1e-6)
    const isRunning = state.transport === "running"
    beats.forEach((light, i) => mark(light, "on", isRunning && beat % BEATS === i))
    say(bar, `${Math.floor(beat / BEATS) + 1}.${(beat % BEATS) + 1}`)
    say(late, update.late === 0 ? "0 late" : `${update.late} late`)
    mark(late, "bad", device.isLateLately)
  }
  device.onUpdate.push(show)
  device.onChange.push(show)
  show()
  return h(
    "header",
    {},
    h("h1", {}, "tactus"),
    play,
    h("div", { class: "speed" }, slower, h("div", { class: "readout" }, tempo, h("small", {}, "BPM"), target), faster, tap),
    h("div", { class: "beats" }, ...beats, bar),
    h("div", { class: "status" }, lock, late, transportSwitch()),
  )
}

function nudge(device: Device, text: string, key: string, title: string): HTMLElement {
  return h("button", { class: "nudge", title, "aria-label": title, click: () => device.press(key) }, text)
}

/** Calls `hear` with the level of each change at the output `name`, when it sounds. */
export function onLevel(device: Device, name: string, hear: (level: number) => void): void {
  const port = OUTPUT_PORTS.indexOf(name as (typeof OUTPUT_PORTS)[number])
  device.onUpdate.push((update: Update) => {
    for (let i = 0; i < update.outputs.length; i += 2) {
      const word = update.outputs[i + 1]
      if (word >>> 26 === port) hear(word & 1)
    }
  })
}
