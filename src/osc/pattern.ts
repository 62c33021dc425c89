/**
 * OSC address patterns (OSC 1.0, "OSC message dispatching and pattern matching"): `?` one character, `*` any number, `[a-z]` and
 * `[!a-z]`, `{one,two}`; none of them crosses a slash. The pattern comes from the network and is read where it stands; since
 * stars invite exponential work, the matcher counts its steps and gives up (no match) beyond a budget no honest pattern needs.
 */
import type { OscMessage } from "./message"

const STAR = 0x2a
const QUESTION = 0x3f
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const COMMA = 0x2c
const SLASH = 0x2f
const BANG = 0x21
const DASH = 0x2d

const STEP_BUDGET = 2000

export class AddressMatcher {
  private steps = 0
  private pattern: Uint8Array = new Uint8Array(0)
  private end = 0
  private address = ""

  /**
   * Whether the message is meant for the method at this ASCII address. So many characters at the pattern's beginning and end are not looked
   * at: the caller has found no sign there, and what stands there in the method's address, which is left out of `address`.
   */
  matches(message: OscMessage, address: string, first = 0, last = 0): boolean {
    this.steps = 0
    this.pattern = message.bytes
    this.end = message.addressStart + message.addressLength - last
    this.address = address
    return this.from(message.addressStart + first, 0)
  }

  private from(patternAt: number, addressAt: number): boolean {
    let at = patternAt
    let where = addressAt
    for (;;) {
      if (++this.steps > STEP_BUDGET) return false
      if (at === this.end) return where === this.address.length
      const expected = this.pattern[at]
      if (expected === STAR) return this.star(at + 1, where)
      if (expected === OPEN_BRACE) return this.brace(at, where)
      const code = where < this.address.length ? this.address.charCodeAt(where) : 0
      if (code === 0) return false
      where++
      if (expected === QUESTION) {
        if (code === SLASH) return false
        at++
      } else if (expected === OPEN_BRACKET) {
        const close = this.find(at, CLOSE_BRACKET)
        if (close < 0 || code === SLASH || !this.inBracket(at + 1, close, code)) return false
        at = close + 1
      } else {
        if (expected !== code) return false
        at++
      }
    }
  }

  private star(rest: number, addressAt: number): boolean {
    for (let where = addressAt; ; where++) {
      if (this.from(rest, where)) return true
      if (this.steps > STEP_BUDGET || where === this.address.length || this.address.charCodeAt(where) === SLASH) return false
    }
  }

  private brace(at: number, addressAt: number): boolean {
    const close = this.find(at, CLOSE_BRACE)
    if (close < 0) return false
    let start = at + 1
    for (let cursor = start; cursor <= close; cursor++) {
      if (cursor < close && this.pattern[cursor] !== COMMA) continue
      if (this.literal(start, cursor, addressAt) && this.from(close + 1, addressAt + cursor - start)) return true
      start = cursor + 1
    }
    return false
  }

  private literal(start: number, end: number, addressAt: number): boolean {
    this.steps += end - start
    for (let at = start; at < end; at++) if (this.address.charCodeAt(addressAt + at - start) !== this.pattern[at]) return false
    return true
  }

  private inBracket(start: number, close: number, code: number): boolean {
    const negated = this.pattern[start] === BANG
    for (let at = negated ? start + 1 : start; at < close; at++) {
      const low = this.pattern[at]
      const isRange = at + 2 < close && this.pattern[at + 1] === DASH
      const high = isRange ? this.pattern[at + 2] : low
      if (code >= low && code <= high) return !negated
      if (isRange) at += 2
    }
    return negated
  }

  private find(from: number, wanted: number): number {
    for (let at = from; at < this.end; at++) {
      if (this.pattern[at] === wanted) return at
      if (this.pattern[at] === SLASH) return -1
    }
    return -1
  }
}
