/**
 * A live session: the core, whoever looks at it, and what is kept of it. Requests of panels come in here, checked; updates go out
 * to all of them alike.
 */
import { changeSettings, type Settings, standardSettings } from "../../src/settings"
import { version } from "../../package.json"
import type { NestedSettings } from "../input/timed-input"
import { MidiConnection } from "../midi/midi-connection"
import type { MidiReport } from "../midi/midi-status"
import type { MidiWishes } from "../midi/wishes"
import { NetworkConnection } from "../net/network-connection"
import type { NetworkReport, NetworkWishes } from "../net/network-report"
import type { CardRack } from "../bridge/card-rack"
import { plansOfObject } from "../bridge/wiring"
import { BadInput } from "../input/bad-input"
import type { Update } from "./engine"
import { LiveHost } from "./live-host"
import { readRequest, type Request } from "./protocol"
import type { Recorder } from "./recorder"
import { SettingsKeeper } from "./settings-keeper"
import { TestClock } from "./test-clock"

const TEST_CLOCK_MILLISECONDS = 100

export class Session {
  readonly host: LiveHost
  /** Where news for all panels goes. */
  broadcast: (text: string) => void = () => {}
  /** The sound cards, where they may be chosen. */
  cards: CardRack | undefined
  private readonly keeper: SettingsKeeper | undefined
  private testClock: TestClock | undefined
  private midi: MidiConnection | undefined
  private network: NetworkConnection | undefined
  private readonly timer: NodeJS.Timeout

  /** `settings` are checked; `file` is where they came from and where they are saved; `hasMidi`: `connectMidi` will be called. */
  constructor(
    settings: NestedSettings,
    file: string | undefined,
    private readonly recorder?: Recorder,
    hasMidi = false,
  ) {
    this.host = new LiveHost(settings, hasMidi)
    this.keeper = file === undefined ? undefined : new SettingsKeeper(file, this.host, (problem) => this.say({ notice: problem }))
    this.host.listen({
      update: (update) => this.hear(update),
      settings: (held) => this.say({ settings: held }),
    })
    this.timer = setInterval(() => this.feedTestClock(), TEST_CLOCK_MILLISECONDS)
  }

  /** What a panel hears first. */
  greeting(): string[] {
    const { settings } = this.host
    if (!settings) return []
    const hello = JSON.stringify({ hello: { version, settings, file: this.keeper?.file ?? null } })
    const midi = this.midi?.status
    return [hello, ...(midi ? [JSON.stringify({ midi })] : []), ...(this.cards?.greeting() ?? [])]
  }

  /** Takes up the computer's MIDI ports; panels are told about them, and `hear`. */
  connectMidi(wishes: MidiWishes, hear: (report: MidiReport) => void): void {
    this.midi = new MidiConnection(this.host, wishes, (report) => {
      this.say({ midi: report.status })
      // That a machine has no MIDI at all stands in the view; nobody need be interrupted by it.
      if (report.status.problem === null) for (const notice of report.news) this.say({ notice })
      hear(report)
    })
  }

  /** Takes up the network; panels are told four times a second how it stands. Throws BadInput where a port is not to be had. */
  async connectNetwork(wishes: NetworkWishes, hearText: (text: string) => void): Promise<NetworkConnection> {
    this.network = await NetworkConnection.open(this.host, wishes)
    this.network.onReport = (network) => this.say({ network })
    this.network.onText = hearText
    return this.network
  }

  /** How the network stands, where it is taken up. */
  get networkReport(): NetworkReport | undefined {
    return this.network?.report
  }

  /** A panel has said `text`. */
  async request(text: string, answer: (text: string) => void): Promise<void> {
    const request = readRequest(text)
    const problems = request.kind === "refused" ? [request.problem] : await this.obey(request)
    answer(JSON.stringify({ answer: request.id, problems }))
  }

  /** Ends it: the core stops, what was recorded is written. Twice is fine. */
  async close(): Promise<void> {
    clearInterval(this.timer)
    this.keeper?.close()
    await this.midi?.close()
    await this.network?.close()
    await this.host.close()
  }

  private async obey(request: Request): Promise<readonly string[]> {
    if (request.kind === "input") return this.host.input(request.port, request.content)
    if (request.kind === "set") return this.change(request.set)
    else if (request.kind === "find-cards" || request.kind === "use-cards") return this.obeyCards(request)
    else if (request.kind === "factory") return this.host.set({ ...standardSettings() })
    else if (request.kind === "clock") {
      this.testClock = request.clock === null ? undefined : new TestClock(request.clock, this.host.now())
      this.feedTestClock()
    } else return this.keeper?.save() ?? ["there is no settings file: start with --settings SETTINGS.json"]
    return []
  }

  private async obeyCards(request: Request): Promise<readonly string[]> {
    if (!this.cards) return ["this host has no sound cards to choose"]
    try {
      if (request.kind === "use-cards") return await this.cards.use(plansOfObject(request.cards))
      await this.cards.find()
      return []
    } catch (error) {
      if (error instanceof BadInput) return [error.message]
      return [`the sound cards do not answer: ${(error as Error).message}`]
    }
  }

  /** Tried here first: what is refused, however much of it, costs the core no time. */
  private async change(set: NestedSettings): Promise<readonly string[]> {
    const { settings } = this.host
    const problems = settings ? changeSettings(structuredClone(settings) as unknown as Settings, set) : []
    return problems.length > 0 ? problems : this.host.set(set)
  }

  private hear(update: Update): void {
    this.recorder?.add(update)
    this.say({ update })
  }

  private feedTestClock(): void {
    const edges = this.testClock?.edges(this.host.now())
    if (edges !== undefined && edges.length > 0) this.host.events(edges)
  }

  private say(message: object): void {
    this.broadcast(JSON.stringify(message))
  }
}
