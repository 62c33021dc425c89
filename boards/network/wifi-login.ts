/**
 * The login to a Wi-Fi: by itself, again when it is lost, ever more rarely where it fails. It looks at the radio instead of waiting for its
 * calls, so nothing of it comes at a moment it did not choose. A radio that is not there or does not start is counted and left alone for a
 * minute. Starting the radio and logging in keep some boards for longer than the core is ahead: `mayBlock` says when that does no harm.
 */
import type { Micros } from "../../src/time"
import type { WifiClass, WifiInterface } from "./moddable"

const UP = 500
const FIRST_RETRY_MICROS = 5_000_000
const LAST_RETRY_MICROS = 60_000_000

export class WifiLogin {
  isUp = false
  logins = 0
  lost = 0
  failed = 0
  private radio: WifiInterface | undefined
  private ssid = ""
  private password = ""
  private nextTry: Micros = -Infinity
  private retryMicros = FIRST_RETRY_MICROS

  constructor(private readonly Wifi: WifiClass) {}

  /** Call some times a second; `ssid` empty: off. */
  look(now: Micros, ssid: string, password: string, mayBlock: boolean): void {
    if (ssid !== this.ssid || password !== this.password) {
      if (!mayBlock) return
      this.leave()
      this.ssid = ssid
      this.password = password
    }
    const isUp = this.radio !== undefined && this.radio.connection >= UP
    if (isUp && !this.isUp) {
      this.logins++
      this.retryMicros = FIRST_RETRY_MICROS
    } else if (this.isUp && !isUp) {
      this.lost++
      this.nextTry = now
    }
    this.isUp = isUp
    if (!isUp && ssid !== "" && mayBlock && now >= this.nextTry) this.connect(now)
  }

  private connect(now: Micros): void {
    this.nextTry = now + this.retryMicros
    this.retryMicros = Math.min(2 * this.retryMicros, LAST_RETRY_MICROS)
    try {
      if (this.radio === undefined) {
        this.radio = new this.Wifi({})
        this.retryMicros = FIRST_RETRY_MICROS
      } else this.radio.disconnect()
      const { ssid: SSID, password } = this
      this.radio.connect(password === "" ? { SSID } : { SSID, password, secure: true })
    } catch {
      this.failed++
      if (this.radio === undefined) this.nextTry = now + LAST_RETRY_MICROS
    }
  }

  private leave(): void {
    this.isUp = false
    this.nextTry = -Infinity
    this.retryMicros = FIRST_RETRY_MICROS
    try {
      this.radio?.disconnect()
    } catch {
      this.failed++
    }
  }
}
