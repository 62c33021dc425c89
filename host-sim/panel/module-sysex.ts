/** The module's SysEx as the page writes and reads it: the other end of src/config/config-port.ts and identity.ts. Pure. */

const HEAD: readonly number[] = [0xf0, 0x7d, 0x74, 0x63]
const IDENTITY_HEAD: readonly number[] = [0xf0, 0x7e, -1, 0x06, 0x02, 0x7d, 0x74, 0x63]

export const IDENTITY_REQUEST: readonly number[] = [0xf0, 0x7e, 0x7f, 0x06, 0x01, 0xf7]
export const READ = 0x01
export const DUMP = 0x03
export const WRITE = 0x05
export const FACTORY = 0x07
export const COUNTERS = 0x08

/** What a module says. */
export type ModuleMessage =
  | { readonly kind: "identity"; readonly version: string }
  | { readonly kind: "value"; readonly key: string; readonly value: unknown }
  /** One of a dump: number `number` of `count`. */
  | { readonly kind: "row"; readonly number: number; readonly count: number; readonly key: string; readonly value: unknown }
  /** A write's acknowledgement; empty: taken. */
  | { readonly kind: "done"; readonly problem: string }
  | { readonly kind: "counters"; readonly counters: Record<string, number> }

/** `text` may hold anything: what is not ASCII travels as JSON's \u escapes, so it must then be JSON. */
export function question(command: number, text = ""): number[] {
  const plain = Array.from(text, (character) =>
    character.charCodeAt(0) < 0x7f ? character : Array.from(character).map(escape).join(""),
  ).join("")
  return [...HEAD, command, ...Array.from(plain, (character) => character.charCodeAt(0)), 0xf7]
}

/** undefined: it is no message of a module's, or not whole. */
export function readMessage(bytes: ArrayLike<number>): ModuleMessage | undefined {
  const isLike = (head: readonly number[]) => head.every((byte, i) => byte < 0 || bytes[i] === byte)
  if (bytes[bytes.length - 1] !== 0xf7) return undefined
  if (isLike(IDENTITY_HEAD) && bytes.length === 15) return { kind: "identity", version: `${bytes[10]}.${bytes[11]}.${bytes[12]}` }
  if (!isLike(HEAD)) return undefined
  const text = (from: number) => String.fromCharCode(...Array.from(bytes).slice(from, -1))
  const command = bytes[4]
  if (command === 0x02) return valueOf(text(5), (key, value) => ({ kind: "value", key, value }))
  if (command === 0x04) {
    const [number, count] = [bytes[5] + bytes[6] * 128, bytes[7] + bytes[8] * 128]
    return valueOf(text(9), (key, value) => ({ kind: "row", number, count, key, value }))
  }
  if (command === 0x06) return { kind: "done", problem: bytes[5] === 0 ? "" : text(6) || "refused" }
  if (command === 0x09) return parsed(text(5), (counters) => ({ kind: "counters", counters: counters as Record<string, number> }))
  return undefined
}

function valueOf(line: string, take: (key: string, value: unknown) => ModuleMessage): ModuleMessage | undefined {
  const at = line.indexOf("=")
  return at < 0 ? undefined : parsed(line.slice(at + 1), (value) => take(line.slice(0, at), value))
}

function parsed(json: string, take: (value: unknown) => ModuleMessage): ModuleMessage | undefined {
  try {
    return take(JSON.parse(json))
  } catch {
    return undefined
  }
}

function escape(character: string): string {
  return Array.from({ length: character.length }, (_, i) => "\\u" + character.charCodeAt(i).toString(16).padStart(4, "0")).join("")
}
