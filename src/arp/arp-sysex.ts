/**
 * The arpeggiator's SysEx, byte for byte the seed's, with what the seed left open:
 *
 *   F0 42 3c 7F 00 mm F7             mode 0, 1 or 2
 *   F0 42 3c 7F 01 pp F7             select pattern 00..12 (hex; all 19)
 *   F0 42 3c 7F 1n d0 d1 d2 F7       set pattern n (0..15): d0 steps 1-4 in bits 3..0 (step 1 highest), d1 steps 5-8, d2 length 1..8 (0 is 8)
 *   F0 42 3c 7F 20 pp d0 d1 d2 F7    set pattern 16..18
 *   F0 42 3c 7F 02 pp F7             read a pattern: answered by the message that would set it
 *   F0 42 3c 7F 03 F7                read mode, pattern, division: answered by F0 42 3c 7F 03 mm pp dd F7, dd clocks a pulse
 *
 * A write is acknowledged by F0 42 3c 7F 7F cc F7, cc its command byte. `c` is the channel nibble the setting names (0 as
 * delivered). What is malformed, out of range or too long changes nothing, is not answered, and is counted.
 */
import { SETTING_PATTERNS, type Settings } from "../settings"
import type { Arpeggiator } from "./arpeggiator"
import { nibbleOf, patternOf } from "./patterns"
import type { DivisionPot } from "./pot"
import { DIVISIONS } from "./pot"

const KORG = 0x42
const DEVICE = 0x7f
const ACKNOWLEDGE = 0x7f

export class ArpSysex {
  /** The answer to the last message; none where the length is 0. */
  readonly answer: number[] = [0xf0, KORG, 0x30, DEVICE, 0, 0, 0, 0, 0, 0, 0]
  answerLength = 0
  /** The last message changed what is played. */
  isHeard = false
  /** Messages for this device that were refused. */
  refused = 0

  constructor(
    private readonly arp: Arpeggiator,
    private readonly pot: DivisionPot,
    private readonly settings: Settings,
  ) {}

  /** Is a whole SysEx, F0 and F7 included, meant for this device? */
  isMeant(bytes: ArrayLike<number>, length: number): boolean {
    return length >= 5 && bytes[1] === KORG && bytes[2] === 0x30 + this.settings.arp.channel && bytes[3] === DEVICE
  }

  /** Takes it. True if it was meant for this device. */
  receive(bytes: ArrayLike<number>, length: number): boolean {
    this.answerLength = 0
    this.isHeard = false
    if (!this.isMeant(bytes, length)) return false
    this.answer[2] = bytes[2]
    if (!this.obey(bytes, length)) this.refused++
    return true
  }

  private obey(bytes: ArrayLike<number>, length: number): boolean {
    const command = bytes[4]
    const first = bytes[5]
    if (command >= 0x10 && command <= 0x1f) return length === 9 && this.write(command - 0x10, bytes, 5)
    if (command === 0x20) return length === 10 && first >= 16 && first < SETTING_PATTERNS && this.write(first, bytes, 6)
    if (command === 0x03) return length === 6 && this.tell()
    if (length !== 7) return false
    if (command === 0x02) return first < SETTING_PATTERNS && this.read(first)
    if (command === 0x00 && first <= 2) {
      this.settings.arp.mode = first
      this.settings.changes++
      this.arp.setMode(first)
      this.isHeard = true
    } else if (command === 0x01 && first < SETTING_PATTERNS) {
      this.settings.arp.pattern = first
      this.settings.changes++
      this.select(first)
    } else return false
    return this.acknowledge(command)
  }

  private write(pattern: number, bytes: ArrayLike<number>, at: number): boolean {
    const size = bytes[at + 2]
    if (bytes[at] > 15 || bytes[at + 1] > 15 || size > 8) return false
    this.settings.arp.patterns[pattern] = patternOf(bytes[at], bytes[at + 1], size === 0 ? 8 : size)
    this.settings.changes++
    if (pattern === this.settings.arp.pattern) this.select(pattern)
    return this.acknowledge(bytes[4])
  }

  private select(pattern: number): void {
    this.arp.select(this.settings.arp.patterns[pattern])
    this.isHeard = true
  }

  private read(pattern: number): boolean {
    const steps = this.settings.arp.patterns[pattern]
    let at = 5
    if (pattern < 16) this.answer[4] = 0x10 + pattern
    else {
      this.answer[4] = 0x20
      this.answer[at++] = pattern
    }
    this.answer[at++] = nibbleOf(steps, 0)
    this.answer[at++] = nibbleOf(steps, 4)
    this.answer[at++] = steps.length
    return this.close(at)
  }

  private tell(): boolean {
    this.answer[4] = 0x03
    this.answer[5] = this.settings.arp.mode
    this.answer[6] = this.settings.arp.pattern
    this.answer[7] = DIVISIONS[this.pot.index]
    return this.close(8)
  }

  private acknowledge(command: number): boolean {
    this.answer[4] = ACKNOWLEDGE
    this.answer[5] = command
    return this.close(6)
  }

  private close(at: number): boolean {
    this.answer[at] = 0xf7
    this.answerLength = at + 1
    return true
  }
}
