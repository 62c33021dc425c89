/** The MIDI monitor: what comes in and goes out, newest last, and a line to send bytes into an input by hand. */
import { INPUT_PORTS, lengthOf, OUTPUT_PORTS, portOf } from "../../src/event"
import type { Device, Update } from "./device"
import { h, mark, say } from "./dom"
import { bytesOf, hex, messageWords, parseHex } from "./midi-words"

const MOST_LINES = 200

interface Line {
  readonly time: number
  readonly port: string
  readonly isInput: boolean
  readonly bytes: number[]
}

export function monitorView(device: Device): HTMLElement {
  let withClock = false
  let isPaused = false
  const list = h("ol", { class: "lines", "aria-label": "MIDI messages, newest last" })
  const clock = h(
    "button",
    { "aria-pressed": "false", click: () => clock.setAttribute("aria-pressed", String((withClock = !withClock))) },
    "clocks too",
  )
  const pause = h("button", { click: () => say(pause, (isPaused = !isPaused) ? "run" : "pause") }, "pause")
  const wipe = h("button", { click: () => list.replaceChildren() }, "clear")
  const port = h(
    "select",
    { "aria-label": "input" },
    h("option", { value: "midi-usb" }, "usb in"),
    h("option", { value: "midi-din" }, "din in"),
  )
  const bytes = h("input", { type: "text", placeholder: "90 3c 64", "aria-label": "bytes to send, hexadecimal", autocomplete: "off" })
  const problem = h("span", { class: "problem" })
  const send = h(
    "form",
    {
      class: "send",
      submit: (event) => {
        event.preventDefault()
        const parsed = parseHex(bytes.value)
        say(problem, parsed ? "" : "expected bytes like 90 3c 64")
        if (parsed) device.input(port.value, { bytes: parsed })
      },
    },
    port,
    bytes,
    h("button", {}, "send"),
    problem,
  )
  device.onUpdate.push((update) => {
    if (isPaused) return
    const lines = linesOf(update).filter((line) => withClock || line.bytes[0] !== 0xf8)
    if (lines.length === 0) return
    const isAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40
    list.append(...lines.map(row))
    while (list.children.length > MOST_LINES) list.firstElementChild?.remove()
    if (isAtEnd) list.scrollTop = list.scrollHeight
  })
  return h(
    "section",
    { class: "view midi" },
    h("div", { class: "tools" }, clock, pause, wipe, h("span", { class: "grow" }), send),
    portsOf(device),
    list,
  )
}

/** Which ports of the computer are connected, and which are waited for. */
function portsOf(device: Device): HTMLElement {
  const list = h("ul", { class: "ports", "aria-label": "MIDI ports of the computer", hidden: true })
  device.onChange.push(() => {
    const { midi } = device
    list.hidden = !midi
    if (!midi) return list.replaceChildren()
    const items = midi.ports.map(({ direction, port, wanted, name }) => {
      const place = `${port.replace("midi-", "")} ${direction === "in" ? "from" : "to"}`
      const item = h("li", {}, `${place} ${name ?? `${JSON.stringify(wanted)}: waiting for it`}`)
      mark(item, "missing", name === null)
      return item
    })
    if (midi.virtualPort !== null) items.push(h("li", {}, `usb as port ${JSON.stringify(midi.virtualPort)} of this computer`))
    if (midi.problem !== null) items.push(h("li", { class: "missing" }, midi.problem))
    list.replaceChildren(...items)
  })
  return list
}

function linesOf(update: Update): Line[] {
  const lines: Line[] = []
  for (const input of update.inputs) {
    if (input.event === undefined || lengthOf(input.event) === 0) continue
    const port = INPUT_PORTS[portOf(input.event)]
    if (port !== "keys") lines.push({ time: input.time, port, isInput: true, bytes: bytesOf(input.event) })
  }
  for (let i = 0; i < update.outputs.length; i += 2) {
    const word = update.outputs[i + 1]
    if (lengthOf(word) > 0) lines.push({ time: update.outputs[i], port: OUTPUT_PORTS[portOf(word)], isInput: false, bytes: bytesOf(word) })
  }
  return lines.sort((one, other) => one.time - other.time)
}

function row(line: Line): HTMLElement {
  const item = h(
    "li",
    {},
    h("time", {}, (line.time / 1e6).toFixed(3)),
    h("span", { class: "way" }, `${line.isInput ? "→" : "←"} ${line.port.replace("midi-", "")}`),
    h("code", {}, hex(line.bytes)),
    h("span", {}, messageWords(line.bytes)),
  )
  mark(item, "in", line.isInput)
  return item
}
