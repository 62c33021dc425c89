/**
 * Who keeps the system's clock right, and how wrong it may be by his own word: chrony, ntpd, systemd-timesyncd, PTP, or, whoever it is, the
 * kernel, to which all of them report. Asked by their own programs, one after the other, until one says that the clock is kept. A program that
 * is not there is asked once.
 *
 * PTP's word is on its own clock; that the system's clock follows it (phc2sys) is the kernel's, so it takes both.
 */
import { execFile } from "node:child_process"
import { promisify } from "node:util"
import { parseTracking } from "./chrony"

export interface Discipline {
  /** In words. */
  readonly keeper: string
  /** The clock that it is kept by: its stratum. */
  readonly stratum: number
  readonly errorMicros: number
}

/** The kernel lets its bound grow by 500 ppm, and some (PTP, timesyncd) pull it to nothing at each correction: a second's worth is always reckoned. */
const KERNEL_GROWTH_MICROS = 500

/** An ordinary crystal, left alone for so long between two corrections, wanders off by 1 ppm of it. */
const WANDER = 1e-6

const STA_UNSYNC = 0x40

/** `ntpq -c rv`: milliseconds. */
export function parseNtpq(text: string): Discipline | undefined {
  const field = (name: string): number => Number(new RegExp(`\\b${name}=(-?[\\d.]+)`).exec(text)?.[1] ?? NaN)
  const error = Math.abs(field("offset")) + field("rootdelay") / 2 + field("rootdisp")
  const stratum = field("stratum")
  if (!Number.isFinite(error) || !(stratum > 0 && stratum < 16) || field("leap") === 11) return undefined
  return { keeper: `ntpd (${/\brefid=([^,\s]+)/.exec(text)?.[1] ?? "?"})`, stratum, errorMicros: error * 1000 }
}

/** `timedatectl timesync-status`. */
export function parseTimesync(text: string): Discipline | undefined {
  const field = (name: string): string => new RegExp(`^\\s*${name}: ([^(\\n]*)`, "m").exec(text)?.[1].trim() ?? ""
  const [offset, delay, jitter] = ["Offset", "Delay", "Jitter"].map((name) => Math.abs(spanMicros(field(name))))
  const error = offset + delay / 2 + jitter + spanMicros(field("Root distance")) + WANDER * spanMicros(field("Poll interval"))
  const stratum = Number(field("Stratum"))
  if (!Number.isFinite(error) || !(stratum > 0 && stratum < 16) || field("Leap") === "not synchronized") return undefined
  return { keeper: `systemd-timesyncd (${field("Server")})`, stratum, errorMicros: error }
}

/** `pmc "GET TIME_STATUS_NP" "GET CURRENT_DATA_SET"`: nanoseconds, of the clock that PTP keeps. */
export function parsePmc(text: string): Discipline | undefined {
  const field = (name: string): string => new RegExp(`\\b${name}\\s+(\\S+)`).exec(text)?.[1] ?? ""
  const error = (Math.abs(Number(field("master_offset") || NaN)) + Number(field("meanPathDelay") || NaN) / 2) / 1000
  if (field("gmPresent") !== "true" || !Number.isFinite(error)) return undefined
  return { keeper: `PTP (${field("gmIdentity")})`, stratum: 1, errorMicros: error + 1 }
}

/** `adjtimex --print`, `busybox adjtimex` or `ntptime`. */
export function parseKernel(text: string): Discipline | undefined {
  const bound = Number(/\bmaxerror:\s*(\d+)|maximum error (\d+) us/.exec(text)?.slice(1).find(Boolean) ?? NaN)
  const status = Number(/\bstatus:?\s+(0x[\da-f]+|\d+)/i.exec(text)?.[1] ?? NaN)
  if (!Number.isFinite(bound + status) || (status & STA_UNSYNC) !== 0) return undefined
  return { keeper: "one who tells the kernel how well", stratum: 9, errorMicros: bound + KERNEL_GROWTH_MICROS }
}

/** `1min 4s`, `-1.5ms`, `34us`; NaN for what is none. */
function spanMicros(text: string): number {
  const UNITS: Record<string, number> = { us: 1, ms: 1e3, s: 1e6, min: 6e7, h: 3.6e9, d: 8.64e10 }
  let sum = text === "0" ? 0 : NaN
  for (const [, number, unit] of text.matchAll(/([\d.]+)\s*([a-zμ]+)/g))
    sum = (Number.isNaN(sum) ? 0 : sum) + Number(number) * (UNITS[unit] ?? NaN)
  return sum
}

export class Disciplines {
  private readonly missing = new Set<string>()

  /** `run` runs a program and resolves with what it prints; it is there for tests. */
  constructor(private readonly run: (program: string, words: readonly string[]) => Promise<string> = runProgram) {}

  /** Undefined where nobody says that he keeps it. */
  async read(): Promise<Discipline | undefined> {
    return (await this.chrony()) ?? (await this.ntpd()) ?? (await this.timesyncd()) ?? (await this.kernelOrPtp())
  }

  private chrony(): Promise<Discipline | undefined> {
    return this.ask("chronyc", ["-c", "tracking"], (line) => {
      const tracking = parseTracking(line)
      if (!tracking.isSynchronised) return undefined
      return { keeper: `chrony (${tracking.source || "its own"})`, stratum: tracking.stratum, errorMicros: tracking.errorMicros }
    })
  }

  private ntpd(): Promise<Discipline | undefined> {
    return this.ask("ntpq", ["-n", "-c", "rv"], parseNtpq)
  }

  private timesyncd(): Promise<Discipline | undefined> {
    return this.ask("timedatectl", ["timesync-status", "--no-pager"], parseTimesync)
  }

  private async kernelOrPtp(): Promise<Discipline | undefined> {
    const kernel =
      (await this.ask("adjtimex", ["--print"], parseKernel)) ??
      (await this.ask("busybox", ["adjtimex"], parseKernel)) ??
      (await this.ask("ntptime", [], parseKernel))
    if (!kernel) return undefined
    return (await this.ask("pmc", ["-u", "-b", "0", "GET TIME_STATUS_NP", "GET CURRENT_DATA_SET"], parsePmc)) ?? kernel
  }

  /** What is read in what it prints; undefined where there is no such program, it does not answer, or says something else. */
  private async ask(
    program: string,
    words: readonly string[],
    parse: (text: string) => Discipline | undefined,
  ): Promise<Discipline | undefined> {
    if (this.missing.has(program)) return undefined
    try {
      return parse(await this.run(program, words))
    } catch (fault) {
      if ((fault as NodeJS.ErrnoException).code === "ENOENT") this.missing.add(program)
      return undefined
    }
  }
}

async function runProgram(program: string, words: readonly string[]): Promise<string> {
  // Some stand where only root's shell looks.
  const env = { ...process.env, LC_ALL: "C", PATH: `${process.env.PATH ?? ""}:/usr/sbin:/sbin` }
  return (await promisify(execFile)(program, words, { timeout: 2000, env })).stdout
}
