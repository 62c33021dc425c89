/** Plays a recorded run through the module: the reference for every engine. It runs on Node and, bundled, on XS. */
import { LEAD_MICROS } from "../../src/backend"
import { Module } from "../../src/module"
import type { EventSink } from "../../src/processor"
import { decodeRun, encodeEvents } from "./codec"

class Tape implements EventSink {
  readonly times: number[] = []
  readonly words: number[] = []

  schedule(time: number, event: number): boolean {
    this.times.push(time)
    this.words.push(event)
    return true
  }
}

/** Takes a request and gives an answer as in codec.ts. Throws where the module refuses a setting. */
export function play(request: ArrayBuffer): ArrayBuffer {
  const { header, events } = decodeRun(request)
  const module = new Module(header.settings)
  const tape = new Tape()
  let now = 0
  const passTo = (time: number) => {
    for (now += header.renderEvery; now < time; now += header.renderEvery) module.render(now + LEAD_MICROS, tape)
    now = time
    module.render(time + LEAD_MICROS, tape)
  }
  for (let index = 0; index < events.times.length; index++) {
    const time = events.times[index]
    const word = events.words[index]
    passTo(time)
    if (word >= 0) module.input(time, word)
    else {
      const problems = module.change(time, header.sets[-word - 1])
      if (problems.length > 0) throw new RangeError(problems.join("; "))
    }
  }
  passTo(header.until - LEAD_MICROS)
  return encodeEvents(tape.times, tape.words)
}
