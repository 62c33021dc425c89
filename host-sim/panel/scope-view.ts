/**
 * The scope: a few seconds of every jack, running. Below it the phase error of each pulse against its prediction and their
 * distribution, and how punctual the real-time loop was. Drawn only while it is in sight.
 */
import { BORDERS, histogramBorder } from "../live/histogram"
import type { Device } from "./device"
import { h, mark, say } from "./dom"
import { drawHistogram, drawLanes, drawPhases, drawWakeUps, fit } from "./scope-drawing"
import { spreadOf, Traces } from "./traces"
import { microsText as micros } from "./words"

const WINDOWS = [2, 4, 8]
/** Behind the device's time by so much, so that what is drawn has arrived. */
const BEHIND_MICROS = 70000

export function scopeView(device: Device): HTMLElement {
  const traces = new Traces()
  let seconds = 4
  let isFrozen = false
  let frozenAt = 0
  const lanes = h("canvas", { role: "img", class: "lanes", "aria-label": "the last seconds of every jack" })
  const phases = h("canvas", { role: "img", "aria-label": "phase error of the last pulses" })
  const histogram = h("canvas", { role: "img", "aria-label": "distribution of the phase error" })
  const wakeUps = h("canvas", { role: "img", "aria-label": "how late the loop woke up" })
  const numbers = h("p", { class: "numbers" })
  const punctual = h("p", { class: "numbers" })
  const freeze = h("button", { click: () => setFrozen(!isFrozen) }, "freeze")
  const setFrozen = (frozen: boolean) => {
    isFrozen = frozen
    frozenAt = device.now() - BEHIND_MICROS
    say(freeze, frozen ? "run" : "freeze")
  }
  const windows = WINDOWS.map((length) =>
    h(
      "button",
      {
        "aria-pressed": String(length === seconds),
        click: () => {
          seconds = length
          for (const [i, one] of windows.entries()) one.setAttribute("aria-pressed", String(WINDOWS[i] === length))
        },
      },
      `${length} s`,
    ),
  )
  const patch = testClock(device)

  device.onUpdate.push((update) => {
    if (!isFrozen) traces.add(update)
  })
  device.onChange.push(() => {
    if (!device.connection) traces.clear()
  })

  const under = h(
    "div",
    { class: "under" },
    h("figure", {}, h("figcaption", {}, "phase error, pulse by pulse"), phases),
    h("figure", {}, h("figcaption", {}, "its distribution"), histogram, numbers),
    h("figure", { class: "loop" }, h("figcaption", {}, "real-time loop: lateness"), wakeUps, punctual),
  )

  const draw = () => {
    requestAnimationFrame(draw)
    if (view.offsetParent === null) return
    const to = isFrozen ? frozenAt : device.now() - BEHIND_MICROS
    drawLanes(fit(lanes), traces, to - seconds * 1e6, to)
    const values = traces.phases.map((mark) => mark.value)
    const spread = spreadOf(values)
    drawPhases(fit(phases), traces.phases)
    drawHistogram(fit(histogram), values)
    drawWakeUps(fit(wakeUps), device.update?.wakeUps.counts ?? [])
    mark(under, "hushed", spread.count === 0)
    say(numbers, `${spread.count} pulses · mean ${micros(spread.mean)} · sd ${micros(spread.deviation)} · worst ${micros(spread.worst)}`)
    say(punctual, punctuality(device))
  }
  const view = h(
    "section",
    { class: "view scope" },
    h("div", { class: "tools" }, ...windows, freeze, h("span", { class: "grow" }), patch),
    lanes,
    under,
  )
  requestAnimationFrame(draw)
  return view
}

/** A button that puts a clock on the CV input, and the source onto it. */
function testClock(device: Device): HTMLElement {
  let isOn = false
  const jitter = h("select", { title: "jitter of the test clock, standard deviation" })
  for (const value of [0, 200, 1000, 3000]) jitter.append(h("option", { value }, value === 0 ? "steady" : `${value / 1000} ms jitter`))
  const toggle = h(
    "button",
    { "aria-pressed": "false", title: "a virtual cable: a clock of 120 BPM, four pulses a beat, into the CV input" },
    "test clock into CV",
  )
  const send = () => {
    toggle.setAttribute("aria-pressed", String(isOn))
    void device.ask({ clock: isOn ? { tempo: 120, ppqn: 4, jitterMicros: Number(jitter.value) } : null })
  }
  toggle.addEventListener("click", () => {
    isOn = !isOn
    if (isOn) void device.ask({ set: { source: "cv", cv: { ppqn: 4 } } })
    else void device.ask({ set: { source: "internal" } })
    send()
  })
  jitter.addEventListener("change", () => isOn && send())
  device.onChange.push(() => {
    if (!device.connection) isOn = false
    toggle.setAttribute("aria-pressed", String(isOn))
  })
  return h("span", { class: "patch" }, jitter, toggle)
}

function punctuality(device: Device): string {
  const { update } = device
  if (!update) return ""
  const border = (share: number) => {
    const value = histogramBorder(update.wakeUps, share)
    return value === Infinity ? `over ${BORDERS[BORDERS.length - 1] / 1000} ms` : `under ${value / 1000} ms`
  }
  const late = update.late === 0 ? "0 handed over late" : `${update.late} handed over late, worst ${micros(update.worstLateMicros)}`
  const loop = `half ${border(0.5)} · 99 % ${border(0.99)} · worst ${micros(update.wakeUps.worst)} · ${late}`
  if (!device.cards?.length) return loop
  const cardsLate = device.cards.reduce((sum, card) => sum + card.late, 0)
  return `${loop} · on the cards: ${cardsLate} pulses late`
}
