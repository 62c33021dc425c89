/**
 * One XS engine in a child process. It speaks netstrings (`LENGTH:BODY,`) on descriptors 3 (in) and 4 (out): `e` and a source
 * evaluates it, `?` and bytes call `globalThis.handleCommand(ArrayBuffer)`. An answer begins with `.` (then its meters as JSON,
 * a byte 1 and the bytes the guest returned) or `!` (the error's text). One request at a time. Whatever ends the engine, an
 * exit, a signal, a timeout or nonsense on the pipe, rejects the request that waits, with what the engine said last.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { tmpdir } from "node:os"
import type { Readable, Writable } from "node:stream"

export interface Meters {
  /** Bytecodes run, each counted once: the engine's measure of work, the same from run to run, but not of time. */
  readonly compute: number
  /** Slots taken from the heap and not given back by a collection; one slot holds a value or a property. */
  readonly currentHeapCount: number
  /** Bytes the engine has taken from the system for heap and chunks. */
  readonly allocate: number
}

export interface Reply {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly meters: Meters
}

/** The guest threw, or the engine is gone. */
export class XsError extends Error {}

const EXITS: Record<number, string> = { 11: "out of memory", 12: "stack overflow", 15: "unhandled exception", 16: "out of keys" }

interface Waiting {
  readonly resolve: (reply: Reply) => void
  readonly reject: (error: Error) => void
  readonly timer: NodeJS.Timeout
}

export class XsWorker {
  #child: ChildProcess
  #input: Writable
  #chunks: Buffer[] = []
  #missing = 0
  #said = ""
  #waiting: Waiting | undefined
  #gone: string | undefined
  #timeout: number

  /** `path` is the worker's program; each request may take `timeoutMilliseconds`. */
  constructor(path: string, timeoutMilliseconds = 900_000) {
    this.#timeout = timeoutMilliseconds
    this.#child = spawn(path, [], { cwd: tmpdir(), stdio: ["ignore", "pipe", "pipe", "pipe", "pipe"] })
    this.#input = this.#child.stdio[3] as Writable
    this.#input.on("error", () => undefined)
    const output = this.#child.stdio[4] as Readable
    output.on("data", (chunk: Buffer) => this.#take(chunk))
    this.#child.stdout?.on("data", (text) => this.#hear(text))
    this.#child.stderr?.on("data", (text) => this.#hear(text))
    this.#child.on("error", (error) => this.#end(error.message))
    this.#child.on("close", (code, signal) => this.#end(signal ? `killed by ${signal}` : (EXITS[code ?? -1] ?? `exit ${code}`)))
  }

  /** Runs `source` as a script. */
  evaluate(source: string): Promise<Reply> {
    return this.#request("e", Buffer.from(source))
  }

  /** Hands `bytes` to the guest's `handleCommand`; what that returns comes back. */
  command(bytes: Uint8Array): Promise<Reply> {
    return this.#request("?", bytes)
  }

  /** Ends the engine. Twice is fine. */
  close(): void {
    this.#end("closed")
    this.#child.kill("SIGKILL")
  }

  #request(kind: string, body: Uint8Array): Promise<Reply> {
    if (this.#gone !== undefined) return Promise.reject(new XsError(`the XS worker is gone: ${this.#gone}`))
    if (this.#waiting) return Promise.reject(new XsError("the XS worker is busy: one request at a time"))
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#end(`no answer in ${this.#timeout} ms`)
        this.#child.kill("SIGKILL")
      }, this.#timeout)
      this.#waiting = { resolve, reject, timer }
      this.#input.write(`${body.length + 1}:${kind}`)
      this.#input.write(body)
      this.#input.write(",")
    })
  }

  #hear(text: Buffer): void {
    this.#said = (this.#said + text).slice(-2000)
  }

  #take(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#missing -= chunk.length
    if (this.#missing > 0) return
    const received = Buffer.concat(this.#chunks)
    const colon = received.indexOf(58)
    const end = colon < 0 ? Infinity : colon + 1 + Number(received.toString("latin1", 0, colon))
    if (!(received.length > end)) {
      this.#chunks = [received]
      this.#missing = colon < 0 ? 1 : end + 1 - received.length
      return
    }
    this.#chunks = []
    this.#missing = 0
    this.#answer(received.subarray(colon + 1, end))
  }

  #answer(body: Buffer): void {
    const waiting = this.#waiting
    if (!waiting) return
    this.#waiting = undefined
    clearTimeout(waiting.timer)
    const kind = String.fromCharCode(body[0])
    const rest = body.subarray(1)
    const mark = rest.indexOf(1)
    if (kind === "." && mark >= 0) {
      const meters = JSON.parse(rest.toString("utf8", 0, mark)) as Meters
      waiting.resolve({ bytes: new Uint8Array(rest.subarray(mark + 1)), meters })
    } else if (kind === "!") waiting.reject(new XsError(rest.toString("utf8")))
    else waiting.reject(new XsError(`the XS worker answered ${JSON.stringify(body.toString("utf8", 0, 60))}`))
  }

  #end(reason: string): void {
    this.#gone ??= this.#said.trim() ? `${reason}: ${this.#said.trim()}` : reason
    const waiting = this.#waiting
    this.#waiting = undefined
    if (!waiting) return
    clearTimeout(waiting.timer)
    waiting.reject(new XsError(`the XS worker is gone: ${this.#gone}`))
  }
}
