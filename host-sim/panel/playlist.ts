/** The list's page, see ../play/list-panel.ts: what is heard, what comes next, and the hand on it. It shows only what the host says. */
import type { ListStatus } from "../play/list-control"
import type { ListNews } from "../play/list-panel"
import { h, mark, say, svg } from "./dom"
import { connectSocket } from "./socket"

const title = h("h1", {}, "tactus")
const place = h("output", { class: "place" })
const bar = h("div", { class: "bar" })
const next = h("p", { class: "next" })
const clock = h("p", { class: "clock" })
const problem = h("p", { class: "problem", role: "alert" })
const volume = h("input", {
  type: "range",
  min: 0,
  max: 100,
  "aria-label": "Volume of all machines",
  input: () => ask("volume", Number(volume.value)),
})
const percent = h("output", {})
/** Drawn, since not every font has them: the path of each in a square of 24. */
const SHAPES = {
  previous: "M5 5h3v14h-3zM20 5v14l-11-7z",
  play: "M7 4l13 8-13 8z",
  stop: "M6 6h12v12h-12z",
  next: "M16 5h3v14h-3zM4 5v14l11-7z",
}
const button = (label: string, shape: SVGPathElement, press: () => void) =>
  h(
    "button",
    { title: label, "aria-label": label, click: press },
    svg("svg", { viewBox: "0 0 24 24", width: 28, fill: "currentColor" }, shape),
  )
const toggle = svg("path", { d: SHAPES.play })
const back = button("Previous track", svg("path", { d: SHAPES.previous }), () => ask("previous"))
const play = button("Play", toggle, () => ask(list?.state === "stopped" ? "resume" : list?.state === "played" ? "start" : "stop"))
const on = button("Next track", svg("path", { d: SHAPES.next }), () => ask("next"))
const tracks = h("ol", {})
const page = h(
  "main",
  {},
  h("section", { class: "now" }, title, h("div", { class: "way" }, bar), place, h("div", { class: "keys" }, back, play, on)),
  h("section", { class: "rest" }, h("label", { class: "volume" }, "Volume", volume, percent), next, clock, problem),
  h("section", { class: "tracks" }, tracks),
)
document.body.append(page)

let list: ListStatus | undefined
/** Host's shared time minus the page's, us. */
let ahead = 0
let number = 0

const socket = connectSocket({
  open: () => say(problem, ""),
  closed: () => away(true),
  status: (text) => say(problem, text),
  text: (text) => hear(JSON.parse(text) as ListNews),
})

function ask(action: string, value?: number): void {
  say(problem, "")
  socket.send(JSON.stringify({ id: ++number, do: action, value }))
}

function away(isAway: boolean): void {
  mark(document.body, "away", isAway)
  for (const control of [back, play, on, volume]) control.disabled = isAway
  if (isAway) say(problem, "The player does not answer.")
}

function hear(news: ListNews): void {
  if (news.problem) say(problem, news.problem)
  if (news.titles) showTracks(news.titles)
  if (!news.list || news.now === undefined) return
  away(false)
  list = news.list
  ahead = news.now - performance.now() * 1000
  if (document.activeElement !== volume || !volume.matches(":active")) volume.value = String(list.volume)
  say(percent, `${list.volume} %`)
  say(clock, `Shared clock: ${news.clock ?? ""}${list.state === "plays" ? `; sound ${list.offMicros.toFixed(0)} µs off` : ""}`)
  show()
}

function showTracks(titles: readonly string[]): void {
  tracks.replaceChildren(
    ...titles.map((text, index) => h("li", {}, h("button", { click: () => ask("start", index + 1), title: `Start with ${text}` }, text))),
  )
  show()
}

function show(): void {
  if (!list) return
  const waits = Math.max(0, (list.start - ahead) / 1e6 - performance.now() / 1000)
  const stands = list.state === "stopped" || list.state === "played"
  say(title, list.title)
  say(place, `${minutes(list.seconds)}${list.length > 0 ? ` / ${minutes(list.length)}` : ""}`)
  bar.style.width = `${list.length > 0 ? (100 * list.seconds) / list.length : 0}%`
  say(
    next,
    {
      waits: `Starts in ${waits.toFixed(1)} s, at ${new Date(list.start / 1000).toLocaleTimeString()}`,
      plays: `Track ${list.track} of ${list.tracks}, since ${new Date(list.start / 1000).toLocaleTimeString()}`,
      stopped: "Stopped; play goes on from here",
      played: "The list has been played",
    }[list.state],
  )
  toggle.setAttribute("d", stands ? SHAPES.play : SHAPES.stop)
  play.title = play.ariaLabel = stands ? "Play" : "Stop"
  Array.from(tracks.children).forEach((item, index) => mark(item, "heard", index + 1 === list?.track))
}

function minutes(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`
}

setInterval(show, 100)
away(true)
