import assert from "node:assert/strict"
import { Progress } from "../../../host-sim/commands/progress"

describe("progress", () => {
  const watched = (isTTY: boolean) => {
    const written: string[] = []
    let now = 0
    const progress = new Progress({ isTTY, write: (text) => written.push(text) }, () => now)
    return { written, progress, at: (time: number, share: number) => ((now = time), progress.update(share, "work")) }
  }

  it("shows nothing for what is done in a moment, and leaves nothing behind", () => {
    const { written, progress, at } = watched(true)
    at(100, 0.5)
    at(499, 0.99)
    progress.end()
    assert.deepEqual(written, [])
  })

  it("draws a bar for what takes longer, ten times a second at most, and takes it away once", () => {
    const { written, progress, at } = watched(true)
    at(600, 0.5)
    at(650, 0.6)
    at(700, 0.999)
    assert.deepEqual(written, [`\r${"█".repeat(15)}${"░".repeat(15)}  50 %  work\x1b[K`, `\r${"█".repeat(30)}  99 %  work\x1b[K`])
    progress.end()
    progress.end()
    assert.deepEqual(written.slice(2), ["\r\x1b[K"])
  })

  it("is silent where nobody looks", () => {
    const { written, at } = watched(false)
    at(60_000, 0.5)
    assert.deepEqual(written, [])
  })
})
