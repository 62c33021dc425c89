/**
 * A run of the module and what came of it, as bytes, so that the very same request goes to the module on Node and on XS.
 *   request  length of the header (uint32), the header as JSON padded to a multiple of 8 bytes, times (float64), words (int32)
 *   answer   times (float64), words (int32): 12 bytes an event
 * A negative word n stands for a change of settings, `header.sets[-n - 1]`. Doubles travel as they are, to the bit.
 * Shared by both sides of the pipe: it uses nothing that XS does not have.
 */
export interface Header {
  /** Settings at the start, nested. */
  readonly settings: unknown
  readonly sets: readonly unknown[]
  /** Outputs before this time are asked for, microseconds. */
  readonly until: number
  /** Asks for output at least this often as well, microseconds. It must make no difference. */
  readonly renderEvery: number
}

export interface Events {
  readonly times: Float64Array
  readonly words: Int32Array
}

export function encodeRun(header: Header, events: Events): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(header))
  const start = 8 + Math.ceil(json.length / 8) * 8
  const count = events.times.length
  const bytes = new Uint8Array(start + count * 12)
  new Uint32Array(bytes.buffer, 0, 1)[0] = json.length
  bytes.set(json, 8)
  new Float64Array(bytes.buffer, start, count).set(events.times)
  new Int32Array(bytes.buffer, start + count * 8, count).set(events.words)
  return bytes
}

export function decodeRun(buffer: ArrayBuffer): { header: Header; events: Events } {
  const length = new Uint32Array(buffer, 0, 1)[0]
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length))) as Header
  const start = 8 + Math.ceil(length / 8) * 8
  return { header, events: columns(buffer, start) }
}

export function encodeEvents(times: readonly number[], words: readonly number[]): ArrayBuffer {
  const buffer = new ArrayBuffer(times.length * 12)
  new Float64Array(buffer, 0, times.length).set(times)
  new Int32Array(buffer, times.length * 8, words.length).set(words)
  return buffer
}

export function decodeEvents(buffer: ArrayBuffer): Events {
  return columns(buffer, 0)
}

function columns(buffer: ArrayBuffer, start: number): Events {
  const count = (buffer.byteLength - start) / 12
  return { times: new Float64Array(buffer, start, count), words: new Int32Array(buffer, start + count * 8, count) }
}
