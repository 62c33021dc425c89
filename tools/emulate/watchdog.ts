/**
 * What the watchdog does when it has run out (RP2040 datasheet 4.7, 2.13, 2.14). The counter itself is the stock emulator's, which
 * counts two down a microsecond as silicon does (erratum RP2040-E1); the stock emulator then does nothing.
 *
 * It resets what WDSEL of the power-on state machine selects, and everything that is powered up after it; firmware that forgot to
 * select has no watchdog, and that is told. RAM and the scratch registers keep what they hold; the flash does not notice. A chip that has
 * been reset is over: whoever owns it powers another one up with the `Remains` (circuit.ts).
 */
import type { Chip } from "./chip"

const WATCHDOG_BASE = 0x40058000
const REASON = 0x08
const SCRATCH = 0x0c
const SCRATCHES = 8
const PSM_WDSEL = 0x40010008
/** Bits of the power-on state machine from the reset controller on to both processors: a module that is to start anew needs them all. */
const PSM_FROM_RESETS = 0x1fffc

interface Watchdog {
  onWatchdogTrigger: () => void
  /** The stock one rings again at once, for ever. */
  readonly alarm: { enable: boolean }
  reason: number
  readUint32(offset: number): number
  writeUint32(offset: number, value: number): void
}

/** What a reset by the watchdog leaves as it was. */
export interface Remains {
  readonly ram: Uint8Array
  readonly flash: Uint8Array
  readonly scratch: readonly number[]
  /** 1: it ran out; 2: software asked for it. */
  readonly reason: number
}

/** `isOver` is called when the chip has been reset; it has stopped by then. */
export function attachWatchdog(chip: Chip, isOver: (remains: Remains) => void): void {
  const watchdog = chip.findPeripheral(WATCHDOG_BASE) as unknown as Watchdog
  watchdog.onWatchdogTrigger = () => {
    watchdog.alarm.enable = false
    if (chip.isOver) return
    const selected = chip.readUint32(PSM_WDSEL)
    if ((selected & PSM_FROM_RESETS) !== PSM_FROM_RESETS) {
      chip.logger.error("watchdog", `ran out, but WDSEL 0x${selected.toString(16)} selects no reset of the whole chip`)
      return
    }
    chip.isOver = true
    const scratch = Array.from({ length: SCRATCHES }, (_, index) => watchdog.readUint32(SCRATCH + 4 * index))
    isOver({ ram: chip.sram, flash: chip.flash, scratch, reason: watchdog.readUint32(REASON) })
  }
}

/** Gives a chip that has not started yet what the one before left. */
export function resume(chip: Chip, { ram, flash, scratch, reason }: Remains): void {
  chip.sram.set(ram)
  chip.flash.set(flash)
  const watchdog = chip.findPeripheral(WATCHDOG_BASE) as unknown as Watchdog
  watchdog.reason = reason
  scratch.forEach((word, index) => watchdog.writeUint32(SCRATCH + 4 * index, word))
}
