/**
 * The seed's keyboard, with what it lacked. One ASCII character is one press.
 *
 *   a b c d   start/stop channel 1..4      i j k l   pause (running), resume (paused), step (stopped)
 *   9 7       tempo +20 -20                + -       tempo +1 -1              > <   tempo +0.1 -0.1
 *   6 4       wait +1 -1                   ] [       part +1 -1 step
 *   s x       start all, stop all          I J K L   realign channel 1..4     space play/stop
 *
 * ( and & (shift-9 and shift-7) are +1 and -1 as well.
 */
import type { Conductor } from "../conductor"
import type { Settings } from "../settings"
import type { SyncBank } from "../sync/bank"

export class Keys {
  /** Characters that mean nothing. */
  unknown = 0

  constructor(
    private readonly bank: SyncBank,
    private readonly conductor: Conductor,
    private readonly settings: Settings,
  ) {}

  press(key: number): void {
    const bank = this.bank
    if (key >= 0x61 && key <= 0x64) bank.toggle(key - 0x61)
    else if (key >= 0x69 && key <= 0x6c) bank.pauseOrStep(key - 0x69)
    else if (key >= 0x49 && key <= 0x4c) bank.realign(key - 0x49)
    else if (key === 0x39) this.changeTempo(20)
    else if (key === 0x37) this.changeTempo(-20)
    else if (key === 0x2b || key === 0x28) this.changeTempo(1)
    else if (key === 0x2d || key === 0x26) this.changeTempo(-1)
    else if (key === 0x3e) this.changeTempo(0.1)
    else if (key === 0x3c) this.changeTempo(-0.1)
    else if (key === 0x36) bank.askWait(bank.nextWait + 1)
    else if (key === 0x34) bank.askWait(bank.nextWait - 1)
    else if (key === 0x5d) bank.askSteps(bank.nextSteps + 1)
    else if (key === 0x5b) bank.askSteps(bank.nextSteps - 1)
    else if (key === 0x73) bank.startAll()
    else if (key === 0x78) bank.stopAll()
    else if (key === 0x20) this.conductor.pressPlay()
    else this.unknown++
  }

  private changeTempo(by: number): void {
    const bank = this.bank
    bank.askTempo((bank.targetTempo > 0 ? bank.targetTempo : this.settings.tempo) + by)
  }
}
