/**
 * OSC 1.0 strings are ASCII; programs of today send UTF-8 in them. XS on a module has no TextEncoder, so both directions are
 * written out here. Broken sequences read as U+FFFD, one per bad byte, and a lone surrogate writes one: nothing throws.
 */

const REPLACEMENT = 0xfffd

/** Arguments of one call: each takes a place on the stack, of which XS has 512 on a board, and who runs out of them is reset. */
const AT_ONCE = 96

/** Bytes the text takes in UTF-8, without a terminator. */
export function utf8Length(text: string): number {
  let length = 0
  for (let index = 0; index < text.length; index++) {
    const code = codeAt(text, index)
    if (code > 0xffff) index++
    length += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
  }
  return length
}

/** Writes the text and returns the position after it. The caller has made sure of the room. */
export function writeUtf8(bytes: Uint8Array, start: number, text: string): number {
  let at = start
  for (let index = 0; index < text.length; index++) {
    const code = codeAt(text, index)
    if (code > 0xffff) index++
    if (code < 0x80) {
      bytes[at++] = code
    } else if (code < 0x800) {
      bytes[at++] = 0xc0 | (code >> 6)
      bytes[at++] = 0x80 | (code & 0x3f)
    } else {
      if (code < 0x10000) {
        bytes[at++] = 0xe0 | (code >> 12)
      } else {
        bytes[at++] = 0xf0 | (code >> 18)
        bytes[at++] = 0x80 | ((code >> 12) & 0x3f)
      }
      bytes[at++] = 0x80 | ((code >> 6) & 0x3f)
      bytes[at++] = 0x80 | (code & 0x3f)
    }
  }
  return at
}

/** Reads `length` bytes as text. Allocates the string: not for the hot path, where `OscMessage.textIs` compares in place. */
export function readUtf8(bytes: Uint8Array, start: number, length: number): string {
  const end = start + length
  let plain = start
  while (plain < end && bytes[plain] < 0x80) plain++
  // ASCII, as nearly always: one call, where XS would take some forty steps a character.
  if (plain === end && length <= AT_ONCE) return plainText(bytes, start, end)
  let text = ""
  if (plain === end) {
    for (let at = start; at < end; at += AT_ONCE) text += plainText(bytes, at, Math.min(at + AT_ONCE, end))
    return text
  }
  for (let at = start; at < end;) {
    const first = bytes[at]
    const count = sequenceLength(bytes, at, end)
    if (count === 1) {
      text += String.fromCharCode(first < 0x80 ? first : REPLACEMENT)
      at++
      continue
    }
    let code = first & (0xff >> (count + 1))
    for (let index = 1; index < count; index++) code = (code << 6) | (bytes[at + index] & 0x3f)
    if (code > 0xffff) text += String.fromCharCode(0xd800 + ((code - 0x10000) >> 10), 0xdc00 + (code & 0x3ff))
    else text += String.fromCharCode(code)
    at += count
  }
  return text
}

function plainText(bytes: Uint8Array, start: number, end: number): string {
  return String.fromCharCode.apply(null, bytes.subarray(start, end) as unknown as number[])
}

/** The code point that begins at `index`: of a pair of surrogates, or a replacement for half a pair. */
function codeAt(text: string, index: number): number {
  const code = text.charCodeAt(index)
  if (code < 0xd800 || code > 0xdfff) return code
  const low = text.charCodeAt(index + 1)
  return code < 0xdc00 && low >= 0xdc00 && low <= 0xdfff ? 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00) : REPLACEMENT
}

/** Bytes of the well-formed sequence at `at`; 1 for ASCII and for anything broken (overlong, surrogate, above 10FFFF, cut). */
function sequenceLength(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at]
  const count = first < 0xc2 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 1
  if (at + count > end) return 1
  for (let index = 1; index < count; index++) if ((bytes[at + index] & 0xc0) !== 0x80) return 1
  const second = bytes[at + 1]
  if (first === 0xe0 && second < 0xa0) return 1
  if (first === 0xed && second > 0x9f) return 1
  if (first === 0xf0 && second < 0x90) return 1
  if (first === 0xf4 && second > 0x8f) return 1
  return count
}
