/**
 * What one can ask a module over its configuration port, and what it answers (the bytes are those of src/config/config-port.ts,
 * written down here once more: whoever talks to a module from elsewhere has only that page too).
 */

/** A port that carries SysEx both ways. */
export interface ModuleWire {
  send(bytes: readonly number[]): void
  /** The next whole SysEx; undefined where none comes in time. */
  receive(milliseconds: number): Promise<number[] | undefined>
  close(): void
}

/** Delays in µs: of rises, or of start bits; `width` of pulses sent 1000 µs wide. */
export interface TestResult {
  readonly out: string
  readonly in: string
  readonly sent: number
  readonly caught: number
  readonly extra: number
  readonly delay?: { readonly least: number; readonly mean: number; readonly most: number; readonly deviation: number }
  readonly width?: number
}

const HEAD = [0xf0, 0x7d, 0x74, 0x63]
const IDENTITY_REQUEST = [0xf0, 0x7e, 0x7f, 0x06, 0x01, 0xf7]
const DONE = 0x06
const COUNTERS = 0x08
const COUNTED = 0x09
const TEST = 0x0a
const TESTED = 0x0b
const ANSWER_MILLISECONDS = 500
const TEST_MILLISECONDS = 2000

export class Conversation {
  constructor(private readonly wire: ModuleWire) {}

  /** "0.1.0"; undefined where nobody answers. Throws where somebody else does. */
  async version(): Promise<string | undefined> {
    const answer = await this.ask(IDENTITY_REQUEST, (bytes) => bytes[1] === 0x7e && bytes[3] === 0x06 && bytes[4] === 0x02)
    if (answer === undefined) return undefined
    if (answer[5] !== 0x7d || answer[6] !== 0x74 || answer[7] !== 0x63) {
      throw new RangeError(`what answers is no tactus; its identity is ${answer.slice(5, -1).map(hex).join(" ")}, expected 7d 74 63`)
    }
    return answer.slice(10, 13).join(".")
  }

  async counters(): Promise<Record<string, number> | undefined> {
    const answer = await this.ask([...HEAD, COUNTERS, 0xf7], (bytes) => bytes[4] === COUNTED)
    return answer && (JSON.parse(text(answer, 5)) as Record<string, number>)
  }

  /** What the module found, or why it refuses. Undefined where it knows no self-test, or has gone. */
  async test(output: string, input: string): Promise<TestResult | string | undefined> {
    const question = [...HEAD, TEST, ...Buffer.from(`${output} ${input}`, "ascii"), 0xf7]
    const answer = await this.ask(question, (bytes) => bytes[4] === TESTED || bytes[4] === DONE, TEST_MILLISECONDS)
    if (answer === undefined) return undefined
    return answer[4] === DONE ? text(answer, 6) : (JSON.parse(text(answer, 5)) as TestResult)
  }

  private async ask(question: readonly number[], isAnswer: (bytes: number[]) => boolean, milliseconds = ANSWER_MILLISECONDS) {
    this.wire.send(question)
    for (;;) {
      const bytes = await this.wire.receive(milliseconds)
      if (bytes === undefined || isAnswer(bytes)) return bytes
    }
  }
}

function text(bytes: readonly number[], from: number): string {
  return Buffer.from(bytes.slice(from, -1)).toString("ascii")
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, "0")
}
