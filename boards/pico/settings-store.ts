/**
 * Settings that survive: JSON in the native two-slot record. They are written only while the transport does not run, since an
 * erase keeps core 0 for 45 ms (core 1 goes on delivering what it has). What cannot be read, or is refused, is as if it were absent.
 */
import type { Module } from "../../src/module"
import { RUNNING } from "../../src/transport"
import { store, stored, storeStep } from "./native"

const LOOK_EVERY_TURNS = 64

export class SettingsStore {
  private text = ""
  private turns = 0
  private isWriting = false

  /** The settings stored last, for a new module. `forget`: a factory reset. */
  open(forget: boolean): unknown {
    const text = stored()
    if (text === undefined || forget) return {}
    this.text = text
    try {
      return JSON.parse(text) as unknown
    } catch {
      return {}
    }
  }

  /** Now and then: one step of a write under way, or a look whether there is something to write. Returns whether it writes. */
  turn(core: Module): boolean {
    if (core.transport.state === RUNNING) return this.isWriting
    if (this.isWriting) this.isWriting = storeStep()
    else if (++this.turns >= LOOK_EVERY_TURNS) {
      this.turns = 0
      const text = JSON.stringify(core.settings)
      if (text !== this.text && store(text)) {
        this.text = text
        this.isWriting = true
      }
    }
    return this.isWriting
  }
}
