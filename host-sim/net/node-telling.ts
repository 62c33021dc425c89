/**
 * How a machine stands on the network, while it runs: a line on the terminal, and, where a file is wanted, a JSON object a line for whoever
 * measures. Times in the file are on the clock that all processes of a machine have in common, so that several on one machine (in network
 * namespaces, say) can be compared:
 *
 *     monotonic   now, us          shared   the same moment on the shared clock, us since 1970; null while it is not known
 *     tick        where the song is now, in ticks of 24 a beat; null while it stands      period   of a tick, us
 *     sent, heard [[shared, monotonic], ...]   beats since the last line: their timetags, and when this machine has them
 *
 * and everything else that the station and its sockets tell of themselves.
 */
import { closeSync, openSync, writeSync } from "node:fs"
import { RUNNING } from "../../src/transport"
import { fileProblem } from "../input/bad-input"
import type { LiveNode } from "./live-node"
import { localMicros, monotonicOf } from "./local-clock"
import { clockWords, forwardWords, leaderWords } from "./status-words"

const TELL_MILLIS = 250

export class NodeTelling {
  private readonly timer: NodeJS.Timeout
  private readonly file: number | undefined
  private sent: [number, number][] = []
  private heard: [number, number][] = []

  /** Throws BadInput where the file cannot be written. */
  constructor(
    private readonly node: LiveNode,
    path: string | undefined,
    private readonly terminal: NodeJS.WriteStream = process.stdout,
  ) {
    if (path !== undefined) {
      try {
        this.file = openSync(path, "w")
      } catch (fault) {
        throw fileProblem(path, fault)
      }
      node.session.onBeat = (at, shared) => this.sent.push([shared, monotonicOf(at)])
      node.session.onTick = (at, shared) => this.heard.push([shared, monotonicOf(at)])
    }
    this.timer = setInterval(() => this.tell(), TELL_MILLIS)
  }

  close(): void {
    clearInterval(this.timer)
    if (this.terminal.isTTY) this.terminal.write("\n")
    if (this.file !== undefined) closeSync(this.file)
  }

  private tell(): void {
    const { node, terminal, file } = this
    const now = localMicros()
    const status = node.station.status(now)
    if (terminal.isTTY) {
      const words = [leaderWords(status), clockWords(status, node.sockets.clockSource())]
      if (status.beatsSent > 0) words.push(forwardWords(status))
      terminal.write(`\r\x1b[K${words.join("; ").slice(0, (terminal.columns || 200) - 1)}`)
    }
    if (file === undefined) return
    const { line, transport } = node.module
    const isRunning = transport.state === RUNNING && line.isKnown()
    const { sent, heard } = this
    this.sent = []
    this.heard = []
    const song = { tick: isRunning ? line.tickAt(now) - transport.songBase : null, period: isRunning ? line.period : null }
    const all = { monotonic: monotonicOf(now), shared: status.sharedMicros, ...song, sent, heard, ...status, ...node.sockets.counters() }
    writeSync(file, JSON.stringify(all) + "\n")
  }
}
