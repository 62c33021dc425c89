/**
 * All buttons of the panel, debounced, with one deadline for the whole field. Which button settled is told by number, in the order
 * of the list below.
 */
import { Debounce } from "../debounce"
import type { Micros } from "../time"

export const BUTTON_PLAY = 0
export const BUTTON_TAP = 1
export const BUTTON_CHANNEL = 2
export const BUTTON_STEP = 6
const BUTTONS = 10

export class Buttons {
  /** When the first of them has settled; Infinity while all are quiet. */
  deadline: Micros = Infinity
  private readonly buttons: Debounce[] = []

  constructor() {
    for (let i = 0; i < BUTTONS; i++) this.buttons.push(new Debounce())
  }

  input(button: number, time: Micros, level: number): void {
    this.buttons[button].input(time, level)
    this.findDeadline()
  }

  /** The number of a button that has just been pressed for good, or -1. Ask again until the deadline has moved on. */
  settle(moment: Micros): number {
    for (let i = 0; i < BUTTONS; i++) {
      const button = this.buttons[i]
      if (button.deadline > moment) continue
      const isPress = button.settle()
      this.findDeadline()
      return isPress ? i : -1
    }
    return -1
  }

  /** When the button's contact closed. */
  pressedAt(button: number): Micros {
    return this.buttons[button].changedAt
  }

  private findDeadline(): void {
    let first = Infinity
    for (let i = 0; i < BUTTONS; i++) if (this.buttons[i].deadline < first) first = this.buttons[i].deadline
    this.deadline = first
  }
}
