/**
 * Settings that survive: JSON in the native two-slot record. A module in a rack may never stop, so they are stored while it plays too:
 * the board erases and writes in steps of a millisecond (binding.c), and what is to be stored is made into text a group a turn, once
 * nothing has been changed for three seconds: a flash sector takes 100,000 erases, and whoever turns a knob is not done yet. While nothing
 * is changed there is nothing to collect. What cannot be read, or is refused, is as if it were absent.
 */
import type { Module } from "../../src/module"
import type { Settings } from "../../src/settings"
import { store, stored, storing } from "./native"

/** Of housekeeping: three seconds. */
const PAUSE_TURNS = 48

export class SettingsStore {
  /** As stored. */
  private text = ""
  /** The changes that the text, as far as it is made, has in it. */
  private changes = -1
  private pause = 0
  private isStored = false
  private names: (keyof Settings)[] = []
  /** What is to be stored, a text a name. */
  private parts: string[] = []

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

  /** Now and then: stores what has changed. Returns whether it is being written. */
  turn(core: Module): boolean {
    const settings = core.settings
    if (settings.changes !== this.changes) this.begin(settings)
    else if (this.pause > 0) this.pause--
    else if (!this.isStored) this.goOn(settings)
    return storing()
  }

  private begin(settings: Settings): void {
    this.changes = settings.changes
    this.pause = PAUSE_TURNS
    this.isStored = false
    this.parts = []
    this.names = Object.keys(settings) as (keyof Settings)[]
  }

  /** A board that is still writing is asked again the next time. */
  private goOn(settings: Settings): void {
    const { parts, names } = this
    if (parts.length < names.length) {
      const name = names[parts.length]
      parts.push(`"${name}":${JSON.stringify(settings[name])}`)
      return
    }
    const text = `{${parts.join(",")}}`
    this.isStored = text === this.text || store(text)
    if (!this.isStored) return
    this.text = text
    this.parts = []
  }
}
