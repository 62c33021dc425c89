/**
 * One channel's transport: stopped, running or paused, and what is to happen at the next part boundary. Pressing again takes a
 * pending action back. The position is not the channel's: all channels share one, which runs on while a channel is silent.
 */

export const CHANNEL_STOPPED = 0
export const CHANNEL_RUNNING = 1
export const CHANNEL_PAUSED = 2

export const PENDING_NOTHING = 0
export const PENDING_START = 1
export const PENDING_STOP = 2
export const PENDING_PAUSE = 3
export const PENDING_RESUME = 4

export class Channel {
  state = CHANNEL_RUNNING
  pending = PENDING_NOTHING
  /** Parts of the pause that are over. */
  partsWaited = 0
  /** Pulses sent by hand since the instrument was last in step with the others. */
  pulsesOff = 0

  /** The start/stop key. */
  toggle(): void {
    if (this.pending === PENDING_START || this.pending === PENDING_STOP) this.pending = PENDING_NOTHING
    else this.pending = this.state === CHANNEL_STOPPED ? PENDING_START : PENDING_STOP
  }

  start(): void {
    this.pending = this.state === CHANNEL_STOPPED ? PENDING_START : this.state === CHANNEL_PAUSED ? PENDING_RESUME : PENDING_NOTHING
  }

  stop(): void {
    this.pending = this.state === CHANNEL_STOPPED ? PENDING_NOTHING : PENDING_STOP
  }

  /** The pause key of a channel that is not stopped. */
  pause(): void {
    if (this.state === CHANNEL_RUNNING) this.pending = this.pending === PENDING_PAUSE ? PENDING_NOTHING : PENDING_PAUSE
    else this.pending = this.pending === PENDING_RESUME ? PENDING_NOTHING : PENDING_RESUME
  }

  /** A part is over. `wait`: parts a pause lasts. */
  boundary(wait: number): void {
    if (this.state === CHANNEL_PAUSED) this.partsWaited++
    this.apply()
    if (this.state === CHANNEL_PAUSED && this.partsWaited >= wait) this.state = CHANNEL_RUNNING
  }

  /** Does at once what is pending. */
  apply(): void {
    const pending = this.pending
    this.pending = PENDING_NOTHING
    if (pending === PENDING_START || pending === PENDING_RESUME) this.state = CHANNEL_RUNNING
    else if (pending === PENDING_STOP) this.state = CHANNEL_STOPPED
    else if (pending === PENDING_PAUSE) {
      this.state = CHANNEL_PAUSED
      this.partsWaited = 0
    }
  }
}
