/**
 * The module's front panel at its own proportions: millimetres of the drill plan, 24 HP by 3U. Buttons press, pots turn (drag, wheel,
 * arrow keys), input jacks take a pulse while they are held, output jacks and lights show what is there. A pot points to what
 * the device holds, not to where this page last left it.
 */
import { DIVISIONS } from "../../src/arp/pot"
import { OUTPUT_PORTS } from "../../src/event"
import type { Device } from "./device"
import { mark, svg } from "./dom"
import { onLevel } from "./header"

type OutputPort = (typeof OUTPUT_PORTS)[number]

const WIDTH = 121.6
const HEIGHT = 128.5
/** The seed's positions of the seven divisions, as pot readings. */
const ARP_POSITIONS: readonly number[] = [0, 1.5, 3, 5, 7, 8.5, 10].map((position) => Math.round(position * 102.3))
const SWEEP_DEGREES = 270
const SHORTEST_PRESS_MILLISECONDS = 40
/** A pot that has just been turned stays where it was turned to until the device has had time to take it. */
const ANSWER_MILLISECONDS = 400

const OUTPUTS: readonly (readonly [string, OutputPort, number, number])[] = [
  ["sync 1", "sync1", 14, 81.5],
  ["sync 2", "sync2", 32, 81.5],
  ["sync 3", "sync3", 50, 81.5],
  ["sync 4", "sync4", 68, 81.5],
  ["arp", "arp", 68, 97],
  ["clock", "clock", 14, 112.5],
  ["reset", "reset", 32, 112.5],
  ["run", "run", 50, 112.5],
  ["arp off", "arp-disable", 68, 112.5],
]
const INPUTS: readonly (readonly [string, string, number])[] = [
  ["cv in", "cv", 14],
  ["reset in", "reset", 32],
  ["run in", "run", 50],
]
const COLUMNS = [14, 32, 50, 68]

export function faceplate(device: Device): SVGElement {
  const parts: SVGElement[] = [
    svg("rect", { width: WIDTH, height: HEIGHT, rx: 0.8, class: "plate" }),
    ...[7.5, 114.2].flatMap((x) =>
      [3, HEIGHT - 3].map((y) => svg("rect", { x: x - 2.6, y: y - 1.6, width: 5.2, height: 3.2, rx: 1.6, class: "slot" })),
    ),
    svg("text", { x: 10, y: 16, class: "title" }, "tactus"),
    svg("path", { d: "M8 43.5H76M80 43.5V120", class: "rule" }),
    ...OUTPUTS.map(([label, port, x, y]) => output(device, label, port, x, y)),
    ...INPUTS.map(([label, port, x]) => input(device, label, port, x, 97)),
    ...COLUMNS.flatMap((x, i) => [
      svg("text", { x, y: 47.4, class: "label" }, String(i + 1)),
      channelLight(device, i, x),
      button(device, `button-channel${i + 1}`, x, 56.8, `channel ${i + 1} start / stop`),
      button(device, `button-step${i + 1}`, x, 68.3, `channel ${i + 1} pause / step`),
      svg("text", { x, y: 74.7, class: "label" }, "step"),
    ]),
    pot(device, "tempo", "pot-tempo", 16, () => {
      const { state } = device
      const tempo = state?.tempoTarget ?? (state?.source === "internal" ? state.tempo : null)
      return tempo === null || tempo === undefined ? undefined : ((tempo - 40) / 200) * 1023
    }),
    pot(device, "wait", "pot-wait", 41, () => device.state && ((device.state.waitNext - 1) / 98) * 1023),
    pot(device, "arp", "pot-arp", 66, () => device.state && ARP_POSITIONS[DIVISIONS.indexOf(device.state.arp.division)]),
    button(device, "button-play", 89.5, 33.5, "play / stop", "play"),
    button(device, "button-tap", 107.5, 33.5, "tap tempo", "tap"),
    ...lights(device),
    din("midi in", 98, 57),
    din("midi out", 98, 84),
    svg("rect", { x: 92, y: 106, width: 12, height: 8, rx: 1.4, class: "usb" }),
    svg("text", { x: 98, y: 119.5, class: "label" }, "usb"),
  ]
  return svg(
    "svg",
    { viewBox: `-1 -1 ${WIDTH + 2} ${HEIGHT + 2}`, class: "faceplate", role: "group", "aria-label": "front panel" },
    ...parts,
  )
}

function lights(device: Device): SVGElement[] {
  const states: readonly (readonly [string, number, () => boolean])[] = [
    ["run", 85, () => device.state?.transport === "running"],
    ["beat", 94, () => device.state?.transport === "running" && device.state.beat % 1 < 0.2],
    ["set", 103, () => device.state?.lock === "locked" || device.state?.lock === "free"],
    ["fault", 112, () => device.isLateLately || device.state?.lock === "held"],
  ]
  return states.flatMap(([label, x, isOn]) => {
    const light = svg("circle", { cx: x, cy: 20, r: 1.6, class: `light ${label}` })
    device.onUpdate.push(() => mark(light, "on", isOn()))
    return [light, svg("text", { x, y: 25.4, class: "label" }, label)]
  })
}

function channelLight(device: Device, index: number, x: number): SVGElement {
  const light = svg("circle", { cx: x + 5, cy: 46.4, r: 1.3, class: "light channel" })
  device.onUpdate.push(() => {
    const channel = device.state?.channels[index]
    mark(light, "on", channel?.state === "running")
    mark(light, "half", channel?.state === "paused")
  })
  return light
}

function output(device: Device, label: string, port: OutputPort, x: number, y: number): SVGElement {
  const ring = svg("circle", { cx: x, cy: y, r: 4.1, class: "nut" })
  const group = svg(
    "g",
    { class: "jack out" },
    svg("rect", { x: x - 7, y: y - 5.2, width: 14, height: 13.6, rx: 1.6, class: "plate-out" }),
    ring,
    svg("circle", { cx: x, cy: y, r: 2, class: "hole" }),
    svg("text", { x, y: y + 7.2, class: "label" }, label),
  )
  const number = OUTPUT_PORTS.indexOf(port)
  device.onUpdate.push(({ levels }) => mark(group, "high", levels[number] === 1))
  onLevel(device, port, (level) => {
    if (level === 1) {
      ring.classList.remove("on")
      void ring.getBBox()
      ring.classList.add("on")
    }
  })
  return group
}

function input(device: Device, label: string, port: string, x: number, y: number): SVGElement {
  const hold = (level: number) => (event: Event) => {
    event.preventDefault()
    if (group.classList.contains("high") === (level === 1)) return
    device.input(port, { level })
    mark(group, "high", level === 1)
  }
  const group: SVGGElement = svg(
    "g",
    {
      class: "jack in",
      tabindex: 0,
      role: "button",
      "aria-label": `${label}: high while pressed`,
      pointerdown: hold(1),
      pointerup: hold(0),
      pointerleave: hold(0),
      keydown: (event) => isPress(event) && hold(1)(event),
      keyup: (event) => isPress(event) && hold(0)(event),
      blur: hold(0),
    },
    svg("circle", { cx: x, cy: y, r: 7.3, class: "reach" }),
    svg("circle", { cx: x, cy: y, r: 4.1, class: "nut" }),
    svg("circle", { cx: x, cy: y, r: 2, class: "hole" }),
    svg("text", { x, y: y + 7.2, class: "label" }, label),
  )
  return group
}

function button(device: Device, port: string, x: number, y: number, title: string, label = ""): SVGElement {
  const cap = svg("circle", { cx: x, cy: y, r: 3.1, class: "cap" })
  let pressedAt = 0
  const hold = (level: number) => (event: Event) => {
    event.preventDefault()
    if (cap.classList.contains("down") === (level === 1)) return
    mark(cap, "down", level === 1)
    if (level === 1) pressedAt = performance.now()
    // A tap on a screen may be over at once; a finger never is, and the module waits for contacts to settle.
    const wait = level === 1 ? 0 : Math.max(0, SHORTEST_PRESS_MILLISECONDS - (performance.now() - pressedAt))
    setTimeout(() => device.input(port, { level }), wait)
  }
  const group = svg(
    "g",
    { class: "button", tabindex: 0, role: "button", "aria-label": title, pointerdown: hold(1), pointerup: hold(0), pointerleave: hold(0) },
    svg("title", {}, title),
    svg("rect", { x: x - 8, y: y - 5.7, width: 16, height: 11.4, class: "reach" }),
    svg("circle", { cx: x, cy: y, r: 3.8, class: "bezel" }),
    cap,
  )
  if (label) group.append(svg("text", { x, y: y + 8.4, class: "label" }, label))
  group.addEventListener("keydown", (event) => {
    if (!isPress(event)) return
    event.preventDefault()
    if (!event.repeat) device.click(port)
  })
  return group
}

/** The keys that press what has the focus. */
function isPress(event: Event): boolean {
  const { key } = event as KeyboardEvent
  return key === "Enter" || key === " "
}

function pot(device: Device, label: string, port: string, x: number, held: () => number | undefined): SVGElement {
  const y = 33.5
  let value: number | undefined
  let turned = -Infinity
  let start: { y: number; value: number } | undefined
  const pointer = svg("path", { d: `M${x} ${y - 1.4}V${y - 5.6}`, class: "pointer" })
  const turn = (to: number) => {
    const next = Math.max(0, Math.min(1023, Math.round(to)))
    if (next === value) return
    value = next
    turned = performance.now()
    device.input(port, { value: next })
    show()
  }
  const show = () => {
    if (!start && performance.now() - turned > ANSWER_MILLISECONDS) value = held() ?? value
    mark(group, "unknown", value === undefined)
    if (value !== undefined) group.setAttribute("aria-valuenow", String(Math.round(value)))
    if (value !== undefined) pointer.setAttribute("transform", `rotate(${(value / 1023 - 0.5) * SWEEP_DEGREES} ${x} ${y})`)
  }
  const group: SVGGElement = svg(
    "g",
    { class: "pot", tabindex: 0, role: "slider", "aria-label": label, "aria-valuemin": 0, "aria-valuemax": 1023 },
    svg("circle", { cx: x, cy: y, r: 9, class: "reach" }),
    svg("path", { d: arc(x, y, 7.6), class: "scale" }),
    svg("circle", { cx: x, cy: y, r: 6.2, class: "knob" }),
    svg("circle", { cx: x, cy: y, r: 4.4, class: "knob-top" }),
    pointer,
    svg("text", { x, y: y - 9.2, class: "label" }, label),
  )
  group.addEventListener("pointerdown", (event) => {
    group.setPointerCapture(event.pointerId)
    start = { y: event.clientY, value: value ?? 512 }
    event.preventDefault()
  })
  group.addEventListener("pointermove", (event) => {
    if (start) turn(start.value + (start.y - event.clientY) * (event.shiftKey ? 1 : 5))
  })
  group.addEventListener("pointerup", () => (start = undefined))
  group.addEventListener("pointercancel", () => (start = undefined))
  group.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault()
      turn((value ?? 512) - Math.sign(event.deltaY) * 12)
    },
    { passive: false },
  )
  group.addEventListener("keydown", (event) => {
    const by = { ArrowUp: 12, ArrowRight: 12, ArrowDown: -12, ArrowLeft: -12, PageUp: 100, PageDown: -100 }[event.key]
    if (by === undefined) return
    event.preventDefault()
    turn((value ?? 512) + by)
  })
  device.onUpdate.push(show)
  return group
}

/** The scale around a knob: three quarters of a circle. */
function arc(x: number, y: number, radius: number): string {
  const at = (degrees: number) => {
    const radians = ((degrees - 90) * Math.PI) / 180
    return `${(x + radius * Math.cos(radians)).toFixed(2)} ${(y + radius * Math.sin(radians)).toFixed(2)}`
  }
  return `M${at(-SWEEP_DEGREES / 2)}A${radius} ${radius} 0 1 1 ${at(SWEEP_DEGREES / 2)}`
}

function din(label: string, x: number, y: number): SVGElement {
  const pins = [-72, -36, 0, 36, 72].map((degrees) => {
    const radians = ((degrees + 90) * Math.PI) / 180
    return svg("circle", { cx: x + 4.6 * Math.cos(radians), cy: y + 4.6 * Math.sin(radians), r: 0.75, class: "pin" })
  })
  return svg(
    "g",
    { class: "din" },
    svg("circle", { cx: x, cy: y, r: 8, class: "nut" }),
    svg("circle", { cx: x, cy: y, r: 6.8, class: "hole" }),
    ...pins,
    svg("text", { x, y: y + 12.2, class: "label" }, label),
  )
}
