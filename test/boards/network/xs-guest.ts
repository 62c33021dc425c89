/**
 * The bench board inside the XS engine. A command is JSON: the true time, what came in at its port since the last one and, in the first, its
 * settings. The answer is what it says and sends. Timers run when their time has come.
 */
import type { Packet, UdpSocket } from "../../../boards/network/moddable"
import { BenchBoard } from "./bench-board"

declare const globalThis: { handleCommand: (request: ArrayBuffer) => ArrayBuffer }

export interface Command {
  readonly micros: number
  readonly settings?: object
  readonly packets: readonly { bytes: number[]; address: string; port: number }[]
}

export interface Answer {
  lines: string[]
  sends: { bytes: number[]; address: string; port: number }[]
}

let micros = 0
let board: BenchBoard | undefined
let answer: Answer = { lines: [], sends: [] }
let onReadable: (count: number) => void = () => undefined
const waiting: Packet[] = []
const timers: { every: number; next: number; run: () => void }[] = []

class GuestUdp implements UdpSocket {
  constructor(options: { port: number; onReadable: (count: number) => void }) {
    onReadable = options.onReadable
  }

  read(): Packet | undefined {
    return waiting.shift()
  }

  write(packet: Uint8Array, address: string, port: number): void {
    answer.sends.push({ bytes: [...packet], address, port })
  }

  close(): void {}
}

function every(milliseconds: number, run: () => void): void {
  timers.push({ every: milliseconds * 1000, next: micros, run })
}

globalThis.handleCommand = (request) => {
  const command = JSON.parse(new TextDecoder().decode(request)) as Command
  micros = command.micros
  answer = { lines: [], sends: [] }
  board ??= new BenchBoard(command.settings, { micros: () => micros, say: (line) => void answer.lines.push(line), every, UDP: GuestUdp })
  for (const { bytes, address, port } of command.packets) waiting.push(Object.assign(Uint8Array.from(bytes).buffer, { address, port }))
  if (waiting.length > 0) onReadable(waiting.length)
  for (const timer of timers) {
    if (micros < timer.next) continue
    timer.next = Math.max(timer.next + timer.every, micros)
    timer.run()
  }
  return new TextEncoder().encode(JSON.stringify(answer)).buffer as ArrayBuffer
}
