/** The asking side of NTP, in virtual time: pairs of questions, and which address of a machine is asked. */
import assert from "node:assert/strict"
import { ClockMap } from "../../src/clock-map/clock-map"
import { writeNtpDeparture, writeNtpReply } from "../../src/clock-map/ntp"
import { NtpExchange, type NtpPace } from "../../src/net/ntp-exchange"

const EPOCH = 1_790_000_000_000_000
const PACE: NtpPace = { burst: 0, burstMicros: 0, micros: 500_000, isPaired: true }

/** Asks once and hears the answer, which was `out` and `back` on its way. Returns when it came. */
function exchange(asker: NtpExchange, now: number, out: number, back: number, isSecond = false): number {
  asker.ask(now, isSecond)
  const packet = asker.request.slice()
  const view = new DataView(packet.buffer)
  writeNtpReply(view, { stratum: 10, rootDelayMicros: 0, rootDispersionMicros: 0, referenceId: 1 }, EPOCH + now + out)
  writeNtpDeparture(view, EPOCH + now + out)
  assert.ok(asker.hear(view, packet.length, now + out + back, true) >= 0)
  return now + out + back
}

describe("asking for the time", () => {
  for (const [isPaired, wrong] of [
    [true, 0],
    [false, 100],
  ] as const)
    it(`where the way there is asleep: ${wrong} us wrong ${isPaired ? "in pairs" : "one by one"}`, () => {
      const map = new ClockMap()
      const asker = new NtpExchange(map, { ...PACE, isPaired }, () => 0.5)
      let now = 0
      while (now < 20_000_000) {
        const came = exchange(asker, now, 300, 100)
        assert.equal(asker.wantsSecond, isPaired)
        if (asker.wantsSecond) exchange(asker, came, 100, 100, true)
        assert.ok(!isPaired || !asker.wantsSecond)
        now = asker.nextAsk
      }
      assert.ok(Math.abs(map.sharedAt(now) - EPOCH - now - wrong) < 1, `${map.sharedAt(now) - EPOCH - now}`)
    })

  it("goes on at its pace where the first of a pair is lost, and pairs again", () => {
    const asker = new NtpExchange(new ClockMap(), PACE, () => 0.5)
    asker.ask(0)
    assert.ok(!asker.wantsSecond)
    const { nextAsk } = asker
    assert.ok(nextAsk > 400_000 && nextAsk <= 500_000)
    const came = exchange(asker, nextAsk, 100, 100)
    assert.ok(asker.wantsSecond)
    const next = asker.nextAsk
    asker.ask(came, true)
    assert.equal(asker.nextAsk, next)
  })

  it("is silent five seconds after the last answer, or after it was chosen", () => {
    const asker = new NtpExchange(new ClockMap(), PACE, () => 0.5)
    assert.ok(asker.isSilent(0))
    asker.begin(1_000_000)
    assert.deepEqual([asker.isSilent(6_000_000), asker.isSilent(6_000_001)], [false, true])
    const came = exchange(asker, 6_000_000, 100, 100)
    assert.deepEqual([asker.isSilent(came + 5_000_000), asker.isSilent(came + 5_000_001)], [false, true])
  })
})
