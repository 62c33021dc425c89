import assert from "node:assert/strict"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, it } from "mocha"
import { findBoards } from "../../../tools/flash/volume"

describe("finding a board in boot mode", () => {
  let media = ""
  beforeEach(() => (media = mkdtempSync(join(tmpdir(), "tactus-media-"))))
  afterEach(() => rmSync(media, { recursive: true }))

  function disk(name: string, info?: string): string {
    const path = join(media, name)
    mkdirSync(path)
    if (info !== undefined) writeFileSync(join(path, "INFO_UF2.TXT"), info)
    return path
  }

  it("takes a disk with an RP2040's card, and no other", () => {
    const board = disk("RPI-RP2", "UF2 Bootloader v3.0\r\nModel: Raspberry Pi RP2\r\nBoard-ID: RPI-RP2\r\n")
    disk("MUSIC")
    disk("FEATHERBOOT", "Board-ID: SAMD21G18A-Feather-v0\r\n")
    assert.deepEqual(findBoards([media, join(media, "absent")]), [board])
  })

  it("does not believe the name alone", () => {
    disk("RPI-RP2")
    assert.deepEqual(findBoards([media]), [])
  })
})
