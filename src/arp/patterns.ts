/**
 * The seed's 19 clock patterns of eight steps, in its order (1: the pulse is played, 0: it is skipped), and how a pattern is
 * written: in settings as a string of 1..8 digits, in the gate as a mask with step 1 in bit 0, in SysEx as two nibbles with step 1
 * highest.
 */
export const PATTERNS: readonly string[] = [
  "11111111",
  "11000000",
  "11010000",
  "11010100",
  "11001000",
  "11001100",
  "11001010",
  "11100000",
  "11101000",
  "11101010",
  "11101110",
  "11110000",
  "11110100",
  "11110010",
  "10100100",
  "11111000",
  "11111010",
  "11111100",
  "11111110",
]

/** The gate's mask of a pattern: bit 0 is step 1. */
export function maskOf(pattern: string): number {
  let mask = 0
  for (let i = 0; i < pattern.length; i++) if (pattern.charCodeAt(i) === 0x31) mask |= 1 << i
  return mask
}

/** A pattern from SysEx: `high` holds steps 1-4 in bits 3..0, `low` steps 5-8; `length` 1..8. */
export function patternOf(high: number, low: number, length: number): string {
  const bits = high * 16 + low
  let pattern = ""
  for (let i = 0; i < length; i++) pattern += (bits >> (7 - i)) & 1 ? "1" : "0"
  return pattern
}

/** The nibble of a pattern for SysEx that begins with step `first` (0 or 4). */
export function nibbleOf(pattern: string, first: number): number {
  let nibble = 0
  for (let i = 0; i < 4; i++) if (pattern.charCodeAt(first + i) === 0x31) nibble |= 8 >> i
  return nibble
}
