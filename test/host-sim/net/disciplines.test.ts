/** What the keepers of a system's clock print. PTP's and the kernel's words are real ones (linuxptp 3.1.1, Debian's adjtimex, busybox 1.35). */
import assert from "node:assert"
import { execFileSync } from "node:child_process"
import { Disciplines, parseKernel, parseNtpq, parsePmc, parseTimesync } from "../../../host-sim/net/disciplines"
import { SystemClock } from "../../../host-sim/net/system-clock"
import { needs } from "../../support/needs"
import { until } from "../../support/sleep"

const CHRONY = "C0A80001,ntp.example.org,3,1795261118.8,0.0000015,-0.0000002,0.000012,-12.3,0.001,0.05,0.0008,0.0003,64.5,Normal\n"

const NTPQ = `associd=0 status=0615 leap_none, sync_ntp, 1 event, clock_sync,
version="ntpd ntpsec-1.2.2", processor="x86_64", system="Linux/6.1.0", leap=00,
stratum=3, precision=-24, rootdelay=12.5, rootdisp=3.25, refid=192.168.1.1,
reftime=e8d1a2b3.4c5d6e7f, clock=e8d1a2c0.1b2c3d4e, peer=38217, tc=6, mintc=0,
offset=-0.25, frequency=-12.345, sys_jitter=0.1, clk_jitter=0.05, clk_wander=0.01
`

const TIMESYNC = `       Server: 192.168.1.1 (ntp.example.org)
Poll interval: 34min 8s (min: 32s; max 34min 8s)
         Leap: normal
      Version: 4
      Stratum: 2
    Reference: C0A80001
    Precision: 1us (-20)
Root distance: 15.2ms (max: 5s)
       Offset: -1.5ms
        Delay: 20.4ms
       Jitter: 800us
 Packet count: 12
    Frequency: +9.113ppm
`

const PMC = `sending: GET TIME_STATUS_NP
sending: GET CURRENT_DATA_SET
\t56960a.fffe.91a866-0 seq 0 RESPONSE MANAGEMENT TIME_STATUS_NP
\t\tmaster_offset              -916
\t\tingress_time               1796008594548460430
\t\tgmPresent                  true
\t\tgmIdentity                 b6b4d1.fffe.2addfa
\t56960a.fffe.91a866-0 seq 1 RESPONSE MANAGEMENT CURRENT_DATA_SET
\t\tstepsRemoved     1
\t\toffsetFromMaster -916.0
\t\tmeanPathDelay    1950.0
`

const kernel = (maxerror: number, status: number): string =>
  `         mode: 0\n       offset: 0\n     maxerror: ${maxerror}\n     esterror: 16000000\n       status: ${status}\n return value = 0\n`
const BUSYBOX =
  "    mode:         0\n    maxerror:     8250\n    esterror:     12\n    status:       8193 (PLL)\n    return value: 0 (clock synchronized)\n"
const NTPTIME = `ntp_gettime() returns code 0 (OK)
  time e8d1.4c Mon, Nov 30 2026, (.29), maximum error 8250 us, estimated error 12 us, TAI offset 37
ntp_adjtime() returns code 0 (OK)
  modes 0x0 (), offset 12.5 us, frequency -12.3 ppm, interval 1 s, maximum error 8250 us, estimated error 12 us,
  status 0x2001 (PLL,NANO), time constant 6, precision 0.001 us, tolerance 500 ppm,
`

/** A machine that has these programs, by what they print. */
function machine(programs: Record<string, string>): { asked: string[]; disciplines: Disciplines } {
  const asked: string[] = []
  const run = (program: string): Promise<string> => {
    asked.push(program)
    if (program in programs) return Promise.resolve(programs[program])
    return Promise.reject(Object.assign(new Error("spawn"), { code: "ENOENT" }))
  }
  return { asked, disciplines: new Disciplines(run) }
}

describe("who keeps the system's clock", () => {
  it("ntpd: offset, dispersion and half the way, in milliseconds", () => {
    assert.deepStrictEqual(parseNtpq(NTPQ), { keeper: "ntpd (192.168.1.1)", stratum: 3, errorMicros: 250 + 3250 + 6250 })
    assert.strictEqual(parseNtpq(NTPQ.replace("leap=00", "leap=11")), undefined)
    assert.strictEqual(parseNtpq("ntpq: read: Connection refused"), undefined)
  })

  it("systemd-timesyncd: offset, half the way, jitter, the server's own distance, and what a crystal does between two looks", () => {
    const read = parseTimesync(TIMESYNC)
    assert.strictEqual(read?.keeper, "systemd-timesyncd (192.168.1.1)")
    assert.strictEqual(read.stratum, 2)
    assert.ok(Math.abs(read.errorMicros - (1500 + 10_200 + 800 + 15_200 + 2048)) < 0.01, `${read.errorMicros}`)
    assert.strictEqual(
      parseTimesync("       Server: (null) (ntp.example.org)\nPoll interval: 0 (min: 32s; max 34min 8s)\n Packet count: 0\n"),
      undefined,
    )
    assert.strictEqual(parseTimesync(TIMESYNC.replace("normal", "not synchronized")), undefined)
  })

  it("PTP: the offset from its master and half the way, in nanoseconds", () => {
    const read = parsePmc(PMC)
    assert.strictEqual(read?.keeper, "PTP (b6b4d1.fffe.2addfa)")
    assert.ok(Math.abs(read.errorMicros - (0.916 + 0.975 + 1)) < 1e-9)
    assert.strictEqual(parsePmc(PMC.replace("true", "false")), undefined)
    assert.strictEqual(parsePmc("sending: GET TIME_STATUS_NP\n"), undefined)
  })

  it("the kernel: its bound and a second's growth, unless it says that nobody keeps it", () => {
    assert.strictEqual(parseKernel(kernel(250, 0x2001))?.errorMicros, 750)
    assert.strictEqual(parseKernel(kernel(16_000_000, 64)), undefined)
    assert.strictEqual(parseKernel(BUSYBOX)?.errorMicros, 8750)
    assert.strictEqual(parseKernel(NTPTIME)?.errorMicros, 8750)
    assert.strictEqual(parseKernel(""), undefined)
  })

  it("the kernel's word as it is printed here", function () {
    needs(this, "busybox")
    const text = execFileSync("busybox", ["adjtimex"], { encoding: "utf8" })
    assert.match(text, /maxerror: +\d+\n[^]*status: +\d+/)
    assert.strictEqual(parseKernel(text) === undefined, (Number(/status: +(\d+)/.exec(text)?.[1]) & 0x40) !== 0)
  })

  it("is the first that says so; a program that is not there is asked once", async () => {
    const chrony = machine({ chronyc: CHRONY, ntpq: NTPQ, adjtimex: kernel(250, 1) })
    assert.deepStrictEqual(await chrony.disciplines.read(), { keeper: "chrony (ntp.example.org)", stratum: 3, errorMicros: 701.5 })
    assert.deepStrictEqual(chrony.asked, ["chronyc"])
    const ptp = machine({ chronyc: "506 Cannot talk to daemon\n", adjtimex: kernel(250, 0x2001), pmc: PMC })
    for (let time = 0; time < 2; time++) assert.match((await ptp.disciplines.read())?.keeper ?? "", /^PTP/)
    assert.deepStrictEqual(ptp.asked, ["chronyc", "ntpq", "timedatectl", "adjtimex", "pmc", "chronyc", "adjtimex", "pmc"])
    const unkept = machine({ adjtimex: kernel(16_000_000, 64), pmc: PMC })
    assert.strictEqual(await unkept.disciplines.read(), undefined)
  })

  it("is named, with its error, by the clock that takes it for the shared one", async () => {
    const { disciplines } = machine({ timedatectl: TIMESYNC })
    const clock = new SystemClock(undefined, undefined, undefined, disciplines)
    try {
      await until("the keeper's word", () => clock.source.includes("systemd-timesyncd (192.168.1.1)"))
      await until("his error", () => clock.standing(1e12).rootDispersionMicros > 0 && clock.stratum === 3)
    } finally {
      clock.close()
    }
  })
})
