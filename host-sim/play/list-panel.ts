/**
 * The list's page: what is heard and what comes next, and the hand on it, for all machines that play it. The page and the host say:
 *
 *   page -> host   {"id": 3, "do": "next"}   {"id": 4, "do": "volume", "value": 80}   {"id": 5, "do": "start", "value": 2}
 *   host -> page   {"titles": ["...", ...]}                 once, and again when tags have been read
 *                  {"list": {...}, "now": ..., "clock": "..."}   four times a second: see ListStatus; times in microseconds
 *                  {"answer": 3, "problem": "..."}          one for each request; no problem: done
 */
import { buildPage } from "../live/page"
import { type Access, PanelServer } from "../live/server"
import { ACTIONS, type ListControl, type ListStatus } from "./list-control"
import type { Track } from "./playlist"
import { withTags } from "./tags"

const SAY_MILLIS = 250

/** What the page is told. */
export interface ListNews {
  readonly titles?: readonly string[]
  readonly list?: ListStatus
  /** The shared clock, us. */
  readonly now?: number
  readonly clock?: string
  readonly answer?: number
  readonly problem?: string
}

export interface Shown {
  readonly tracks: readonly Track[]
  readonly control: ListControl
  status(): ListStatus
  now(): number
  clock(): string
}

export interface ListPanel {
  readonly address: string
  close(): void
}

export async function openListPanel(access: Access, shown: Shown): Promise<ListPanel> {
  const titles = shown.tracks.map(({ title }) => title)
  const news = (): string => JSON.stringify({ list: shown.status(), now: shown.now(), clock: shown.clock() } satisfies ListNews)
  const server = new PanelServer(access, await buildPage("playlist"), {
    joined: () => [JSON.stringify({ titles } satisfies ListNews), news()],
    heard: (text, answer) => answer(JSON.stringify(answerTo(shown.control, text))),
  })
  const address = await server.open()
  const timer = setInterval(() => server.broadcast(news()), SAY_MILLIS)
  let isOpen = true
  void (async () => {
    for (let index = 0; index < titles.length && isOpen; index++) titles[index] = (await withTags(shown.tracks[index])).title
    server.broadcast(JSON.stringify({ titles } satisfies ListNews))
  })()
  return {
    address,
    close() {
      isOpen = false
      clearInterval(timer)
      void server.close()
    },
  }
}

/** Obeys a request; what is none is answered with what was expected. */
export function answerTo(control: ListControl, text: string): ListNews {
  let request: { id?: unknown; do?: unknown; value?: unknown } | null
  try {
    request = JSON.parse(text) as typeof request
  } catch {
    request = null
  }
  const answer = typeof request?.id === "number" ? request.id : 0
  const action = ACTIONS.find((each) => each === request?.do)
  const value = request?.value
  if (!action || (value !== undefined && typeof value !== "number"))
    return { answer, problem: `expected {"id": 1, "do": one of ${ACTIONS.join(", ")}, "value": a number or nothing}` }
  const problem = control.do(action, value)
  return problem === undefined ? { answer } : { answer, problem }
}
