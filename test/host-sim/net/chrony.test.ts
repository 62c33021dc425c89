import assert from "node:assert"
import { parseTracking } from "../../../host-sim/net/chrony"

describe("chronyc tracking", () => {
  it("is read from its comma-separated line: a clock 1.5 us slow behind a server on the LAN", () => {
    const line =
      "C0A80001,ntp.example.org,3,1795261118.812921807,0.000001500,-0.000000200,0.000012000,-12.345,0.001,0.050,0.000800000,0.000300000,64.5,Normal\n"
    assert.deepStrictEqual(parseTracking(line), {
      source: "ntp.example.org",
      stratum: 3,
      offsetMicros: -1.5,
      frequencyPpm: -12.345,
      rootDelayMicros: 800,
      rootDispersionMicros: 300,
      isSynchronised: true,
      errorMicros: 701.5,
    })
  })

  it("says when chrony itself is not synchronised, and quotes what is no tracking line", () => {
    assert.strictEqual(parseTracking("00000000,,0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,1.0,1.0,0.0,Not synchronised").isSynchronised, false)
    assert.throws(() => parseTracking("506 Cannot talk to daemon"), /expected 14 comma-separated values, got "506 Cannot talk to daemon"/)
  })
})
