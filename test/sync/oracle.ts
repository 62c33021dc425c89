/**
 * What four sync channels owe their player, written once more from the rules and from nothing else. It thinks in parts: at each
 * part's first moment the keys pressed until 8 ms before are obeyed, and the whole part's pulses are written down at once. It
 * knows neither ticks to come nor cursors, and shares no line with the module.
 *
 * Rules: a Volca's step is a quarter of a beat. Pulse n stands n half beats after beat 1. Stop, start, pause, resume, tempo, wait
 * and length act at a boundary. The same key twice is no key; the other key takes its place. Steps by hand leave 8 ms after the
 * press, two widths apart. A channel whose hand pulses are not over (two widths) at a boundary is still being stepped: it waits.
 */

const AHEAD = 8000
const BEAT_1 = 10000
const WIDTH = 15000

type State = "stopped" | "running" | "paused"
type Wish = "" | "start" | "stop" | "pause" | "resume"

class Player {
  state: State = "running"
  wish: Wish = ""
  waited = 0
  off = 0
  readonly pulses: number[] = []

  wants(wish: Wish): void {
    this.wish = this.wish === wish ? "" : wish
  }

  byHand(count: number, press: number): void {
    for (let i = 0; i < count; i++) {
      const last = this.pulses.length > 0 ? this.pulses[this.pulses.length - 1] : -Infinity
      this.pulses.push(Math.max(press + AHEAD, last + 2 * WIDTH))
    }
  }
}

export class SyncOracle {
  readonly players = [new Player(), new Player(), new Player(), new Player()]
  tempo = 120
  target = 0
  steps = 16
  nextSteps = 16
  wait = 1
  nextWait = 1
  /** Steps played before this part. */
  private done = 0
  /** When the next part begins. */
  boundary = BEAT_1

  /** All that happens up to a press at `time`. */
  advance(time: number): void {
    while (this.boundary - AHEAD <= time) this.part()
  }

  private part(): void {
    const begin = this.boundary
    if (this.target > 0) this.tempo = this.target
    this.target = 0
    this.steps = this.nextSteps
    this.wait = this.nextWait
    const step = 60e6 / this.tempo / 4
    for (const player of this.players) {
      player.off %= this.around()
      this.turn(player, begin)
      if (player.state !== "running") continue
      const first = this.done % 2
      for (let i = first; i < this.steps; i += 2) player.pulses.push(begin + i * step)
    }
    this.done += this.steps
    this.boundary = begin + this.steps * step
  }

  private turn(player: Player, begin: number): void {
    const last = player.pulses[player.pulses.length - 1] ?? -Infinity
    if (player.state === "stopped" && last + 2 * WIDTH > begin) return
    if (player.state === "paused") player.waited++
    if (player.wish === "start" || player.wish === "resume") player.state = "running"
    else if (player.wish === "stop") player.state = "stopped"
    else if (player.wish === "pause") {
      player.state = "paused"
      player.waited = 0
    }
    player.wish = ""
    if (player.state === "paused" && player.waited >= this.wait) player.state = "running"
  }

  press(time: number, key: string): void {
    this.advance(time)
    const channel = "abcd".indexOf(key) + "ijkl".indexOf(key) + "IJKL".indexOf(key) + 2
    const player = this.players[channel]
    if ("abcd".includes(key)) player.wants(player.state === "stopped" ? "start" : "stop")
    else if ("ijkl".includes(key)) {
      if (player.state === "running") player.wants("pause")
      else if (player.state === "paused") player.wants("resume")
      else {
        player.byHand(1, time)
        player.off = (player.off + 1) % this.around()
      }
    } else if ("IJKL".includes(key)) {
      if (player.state !== "stopped" || player.off === 0) return
      player.byHand(this.around() - player.off, time)
      player.off = 0
    } else if (key === "s") this.all((one) => (one.state === "stopped" ? "start" : one.state === "paused" ? "resume" : ""))
    else if (key === "x") this.all((one) => (one.state === "stopped" ? "" : "stop"))
    else if (key === "6" || key === "4") this.nextWait = within(this.nextWait + (key === "6" ? 1 : -1), 1, 99)
    else if (key === "]" || key === "[") this.nextSteps = within(this.nextSteps + (key === "]" ? 1 : -1), 1, 64)
    else {
      const by: Record<string, number> = { "9": 20, "7": -20, "+": 1, "(": 1, "-": -1, "&": -1, ">": 0.1, "<": -0.1 }
      this.target = within(Math.round(100 * ((this.target || this.tempo) + by[key])) / 100, 20, 999.99)
    }
  }

  private all(wish: (player: Player) => Wish): void {
    for (const player of this.players) player.wish = wish(player)
  }

  private around(): number {
    return Math.max(1, Math.round(this.steps / 2))
  }
}

function within(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value))
}
