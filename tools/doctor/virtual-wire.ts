/** The wire to a module that is no object: its time goes on only while somebody waits for an answer. */
import { SysexCollector } from "../emulate/sysex-collector"
import type { Micros } from "../../src/time"
import type { ModuleWire } from "./conversation"

export abstract class VirtualWire implements ModuleWire {
  now: Micros = 0
  protected readonly answers = new SysexCollector()

  /** How far time goes on between two looks for an answer is `stepMicros`. */
  constructor(private readonly stepMicros: Micros) {}

  abstract send(bytes: readonly number[]): void
  abstract advance(micros: Micros): void

  async receive(milliseconds: number): Promise<number[] | undefined> {
    const { messages } = this.answers
    const end = this.now + milliseconds * 1000
    while (messages.length === 0 && this.now < end) this.advance(this.stepMicros)
    return messages.shift()
  }

  close(): void {}
}
