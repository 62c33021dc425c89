/** The world around fake-midi.cjs: which ports there are, what comes in by them, and what has gone out. */
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { BroadcastChannel } from "node:worker_threads"

export interface FakePorts {
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  /** Names that do not open. */
  readonly refused?: readonly string[]
  readonly isDown?: boolean
}

export interface SentMidi {
  readonly from: string
  readonly bytes: readonly number[]
  /** hrtime, ns. */
  readonly at: bigint
}

export class FakeMidi {
  readonly sent: SentMidi[] = []
  private readonly folder = mkdtempSync(join(tmpdir(), "tactus-fake-midi-"))
  private readonly file = join(this.folder, "ports.json")
  private readonly channel = new BroadcastChannel(this.file)

  /** Threads and programs that start from now on have this library. */
  constructor(ports: FakePorts) {
    this.have(ports)
    process.env.TACTUS_MIDI_LIBRARY = join(__dirname, "fake-midi.cjs")
    process.env.FAKE_MIDI_PORTS = this.file
    this.channel.onmessage = (event) => {
      const data = (event as { data: SentMidi }).data
      if ("from" in data) this.sent.push(data)
    }
  }

  have(ports: FakePorts): void {
    writeFileSync(this.file + ".part", JSON.stringify(ports))
    renameSync(this.file + ".part", this.file)
  }

  /** A device plays into an input. */
  play(to: string, bytes: readonly number[]): void {
    this.channel.postMessage({ to, bytes })
  }

  close(): void {
    this.channel.close()
    rmSync(this.folder, { recursive: true })
    delete process.env.TACTUS_MIDI_LIBRARY
    delete process.env.FAKE_MIDI_PORTS
  }
}
