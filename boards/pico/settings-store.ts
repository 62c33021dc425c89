/**
 * Settings that survive: JSON in the native two-slot record. A module in a rack may never stop, so they are stored while it plays too:
 * the board erases and writes in steps of a millisecond (binding.c), and what is to be stored is looked at in small parts, a group of
 * settings a turn. It is stored once two looks in a row have found the same: a flash sector takes 100,000 erases, and whoever turns a
 * knob is not done yet. What cannot be read, or is refused, is as if it were absent.
 */
import type { Module } from "../../src/module"
import type { Settings } from "../../src/settings"
import { store, stored, storing } from "./native"

/** From one look to the next. */
const PAUSE_TURNS = 16

export class SettingsStore {
  private text = ""
  private pause = 0
  private next = 0
  private names: (keyof Settings)[] = []
  /** As the last look found them, a text a name. */
  private readonly parts: string[] = []
  private hasMoved = false
  private isSettled = true

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

  /** Now and then: looks at a group of settings, and stores what has changed. Returns whether it is being written. */
  turn(core: Module): boolean {
    if (this.pause > 0) this.pause--
    else this.look(core.settings)
    return storing()
  }

  private look(settings: Settings): void {
    if (this.names.length === 0) this.names = Object.keys(settings) as (keyof Settings)[]
    const name = this.names[this.next]
    const part = `"${name}":${JSON.stringify(settings[name])}`
    if (part !== this.parts[this.next]) {
      this.parts[this.next] = part
      this.hasMoved = true
    }
    if (++this.next < this.names.length) return
    this.next = 0
    this.pause = PAUSE_TURNS
    if (this.hasMoved) this.isSettled = false
    else if (!this.isSettled) this.keep()
    this.hasMoved = false
  }

  private keep(): void {
    const text = `{${this.parts.join(",")}}`
    if (text === this.text) this.isSettled = true
    else if (store(text)) {
      this.text = text
      this.isSettled = true
    }
  }
}
