/**
 * A page opened from disk has no host to ask: it may run the module itself. The core is the same and speaks the same protocol; only the
 * clock is the browser's, so what it sends is to be looked at, not listened to.
 */
import { standardSettings } from "../../src/settings"
import { Engine } from "../live/engine"
import { readRequest, type Request } from "../live/protocol"
import { TestClock } from "../live/test-clock"
import { InputList, type TimedEvent } from "../input/timed-input"
import type { Transport, TransportEvents } from "./device"

const TURN_MILLISECONDS = 4
const REPORT_MILLISECONDS = 25

export function connectVirtual(events: TransportEvents): Transport {
  const engine = new Engine({ source: "internal" })
  const start = performance.now()
  const now = () => Math.floor((performance.now() - start) * 1000)
  let testClock: TestClock | undefined
  let held = ""
  const say = (message: object) => events.text(JSON.stringify(message))

  const obey = (request: Request): string[] => {
    if (request.kind === "set") return engine.change(now(), request.set)
    if (request.kind === "factory") return engine.change(now(), { ...standardSettings() })
    if (request.kind === "find-cards" || request.kind === "use-cards") return ["a page without a host has no sound cards"]
    if (request.kind === "save") return ["a page without a host has no settings file"]
    if (request.kind === "clock") testClock = request.clock === null ? undefined : new TestClock(request.clock, now())
    else {
      const list = new InputList()
      const { content, port } = request
      if ("bytes" in content) list.bytes(now(), port, content.bytes)
      else list.level(now(), port, "level" in content ? content.level : content.value)
      for (const event of list.sorted()) engine.accept(event as TimedEvent)
    }
    return []
  }

  setTimeout(() => {
    events.open()
    held = JSON.stringify(engine.module.settings)
    say({ hello: { version: "in this page", file: null, settings: engine.module.settings } })
  })
  setInterval(() => engine.advance(now()), TURN_MILLISECONDS)
  const report = () => {
    say({ update: engine.report() })
    const settings = JSON.stringify(engine.module.settings)
    if (settings !== held) say({ settings: engine.module.settings })
    held = settings
  }
  setInterval(() => {
    for (const edge of testClock?.edges(now()) ?? []) engine.accept(edge)
    report()
  }, REPORT_MILLISECONDS)
  return {
    send: (text) => {
      const request = readRequest(text)
      const problems = request.kind === "refused" ? [request.problem] : obey(request)
      setTimeout(() => {
        report()
        say({ answer: request.id, problems })
      })
      return true
    },
  }
}
