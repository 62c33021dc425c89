/**
 * No rule over the moment of starting alone keeps two machines a second apart from choosing different slots. So whoever is about to
 * begin a list at a slot tells the others on its network, by multicast, and the earliest start that is told for that list holds for
 * all: one who comes later is told by those who play already, and joins in the middle.
 *
 *     /tactus/list ,sti   a name for the list and where it begins, the start, 1 if an answer is wanted
 */
import { createHash } from "node:crypto"
import { createSocket, type Socket } from "node:dgram"
import { once } from "node:events"
import { basename } from "node:path"
import { OscReader } from "../../src/osc/reader"
import { sharedOfTimetag, timetagFraction, timetagSeconds, type SharedMicros } from "../../src/osc/timetag"
import { OscWriter } from "../../src/osc/writer"
import type { NetworkInterface } from "../net/network-interface"
import type { Track } from "./playlist"

const ADDRESS = "/tactus/list"
/** Of the block for use within an organisation (RFC 2365). */
const GROUP = "239.255.84.67"
const PORT = 7384
const ASKS = 3
const ASK_MILLIS = 120

export interface Agreement {
  readonly start: SharedMicros
  close(): void
}

/** Machines agree about lists of the same files from the same place on, wherever those stand. */
export function listKey(tracks: readonly Track[], first: number, fromSeconds: number): string {
  const names = tracks.map(({ path }) => basename(path)).join("\n")
  return createHash("sha256").update(`${names}\n${first} ${fromSeconds}`).digest("hex").slice(0, 16)
}

/** Takes about a third of a second. Where multicast is not to be had, one's own proposal stands. */
export async function agreeOnStart(on: NetworkInterface, key: string, proposal: SharedMicros, port = PORT): Promise<Agreement> {
  let start = proposal
  let socket: Socket | undefined
  const writer = new OscWriter(256)
  const tell = (asks: boolean): void => {
    writer.begin()
    writer.message(ADDRESS, "sti")
    writer.string(key)
    writer.words(timetagSeconds(start), timetagFraction(start))
    writer.int(asks ? 1 : 0)
    socket?.send(writer.bytes.slice(0, writer.finish()), port, GROUP, () => undefined)
  }
  const reader = new OscReader(512)
  try {
    socket = createSocket({ type: "udp4", reuseAddr: true })
    socket.on("error", () => undefined)
    socket.bind(port, GROUP)
    await once(socket, "listening")
    socket.addMembership(GROUP, on.address)
    socket.setMulticastInterface(on.address)
    socket.setMulticastTTL(1)
  } catch {
    return { start, close: () => socket?.close() }
  }
  socket.on("message", (packet, from) => {
    if (packet.length > reader.bytes.length || !on.includes(from.address)) return
    reader.bytes.set(packet)
    reader.read(packet.length, {
      message(message) {
        if (!message.addressHas(0, ADDRESS) || !message.textIs(0, key) || message.argumentCount !== 3) return
        const theirs = sharedOfTimetag(message.word(1, 0), message.word(1, 1))
        if (theirs < start - 1) start = theirs
        else if (theirs > start + 1 && message.number(2) === 1) tell(false)
      },
    })
  })
  for (let ask = 0; ask < ASKS; ask++) {
    tell(true)
    await new Promise((resolve) => setTimeout(resolve, ASK_MILLIS))
  }
  const open = socket
  let isClosed = false
  return {
    start,
    close() {
      if (!isClosed) open.close()
      isClosed = true
    },
  }
}
