/**
 * Which of the ports that are there are those that are wanted: looked at again and again, so a port that goes is let go, and one that
 * comes (back) is taken up. A wish takes one port: the one of exactly that name, else the first whose name contains it. Pure.
 */
import { shortName } from "./midi-system"
import type { PortWish } from "./wishes"

export interface WatchedPort {
  readonly wish: PortWish
  /** Its full name now; undefined while it is not there. */
  name: string | undefined
}

export interface PortChange {
  readonly port: WatchedPort
  readonly kind: "lost" | "found"
  /** The one that was lost or found. */
  readonly name: string
}

export class PortWatch {
  readonly ports: WatchedPort[]

  constructor(wishes: readonly PortWish[]) {
    this.ports = wishes.map((wish) => ({ wish, name: undefined }))
  }

  /** What is different with these names. What was lost comes first; a port under another number is another port. */
  look(names: readonly string[]): PortChange[] {
    const changes: PortChange[] = []
    for (const port of this.ports) {
      if (port.name === undefined || names.includes(port.name)) continue
      changes.push({ port, kind: "lost", name: port.name })
      port.name = undefined
    }
    for (const port of this.ports) {
      if (port.name !== undefined) continue
      const name = choose(
        port.wish.text,
        names.filter((one) => !this.ports.some((other) => other.name === one)),
      )
      if (name === undefined) continue
      port.name = name
      changes.push({ port, kind: "found", name })
    }
    return changes
  }
}

function choose(text: string, names: readonly string[]): string | undefined {
  const wanted = text.toLowerCase()
  return (
    names.find((name) => name.toLowerCase() === wanted || shortName(name).toLowerCase() === wanted) ??
    names.find((name) => name.toLowerCase().includes(wanted))
  )
}
