/** The version a module shows over USB is the package's, on every board. */
import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { version } from "../../../package.json"

/** 0xMMmp: a digit each for minor and patch is all there is room for. */
function bcd(text: string): number {
  const [major, minor, patch] = text.split(".").map(Number)
  assert.ok(major < 100 && minor < 10 && patch < 10, `${text} has no room in a USB descriptor`)
  return (Math.floor(major / 10) << 12) | ((major % 10) << 8) | (minor << 4) | patch
}

describe("the version in the USB descriptor", () => {
  it("is the package's", () => {
    const [, written] = /#define TACTUS_BCD_VERSION (0x[0-9a-f]{4})/.exec(readFileSync("boards/native/version.h", "utf8"))!
    assert.equal(Number(written), bcd(version))
    assert.equal(bcd("12.3.4"), 0x1234)
  })

  it("is what the descriptor shows", () =>
    assert.match(readFileSync("boards/pico/usb-descriptors.h", "utf8"), /\.bcdDevice = TACTUS_BCD_VERSION,/))
})
