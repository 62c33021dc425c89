/** Real time, for tests over real sockets and processes. They wait for what is to happen, not for a while in which it should. */
import { createSocket } from "node:dgram"
import { once } from "node:events"

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}

/** Waits until `isSo`; throws after `seconds`, saying what was awaited. Long, as it only ends what hangs: the machine may be busy. */
export async function until(what: string, isSo: () => boolean, seconds = 60): Promise<void> {
  for (const end = Date.now() + seconds * 1000; !isSo(); await sleep(5))
    if (Date.now() > end) throw new Error(`waited ${seconds} s for ${what}`)
}

/** A UDP port on loopback that nobody has at this moment, for programs that want to be told one. */
export async function freePort(): Promise<number> {
  const socket = createSocket("udp4").bind(0, "127.0.0.1")
  await once(socket, "listening")
  const { port } = socket.address()
  socket.close()
  await once(socket, "close")
  return port
}
