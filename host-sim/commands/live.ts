/** `npm start`: the module in real time, with its panel in the browser. */
import { randomBytes } from "node:crypto"
import { spawn } from "node:child_process"
import { parseArgs } from "node:util"
import { Bridge } from "../bridge/bridge"
import { CardRack } from "../bridge/card-rack"
import { BadInput } from "../input/bad-input"
import { readSettings, settingsChecker } from "../input/settings-file"
import { buildPage } from "../live/page"
import { Recorder } from "../live/recorder"
import { type Access, PanelServer } from "../live/server"
import { Terminal } from "../live/terminal"
import { Session } from "../live/session"
import { openMidiSystem, portNames, shortName } from "../midi/midi-system"
import { type MidiWishes, readWish } from "../midi/wishes"
import { aheadOf, CARD_OPTIONS, plansOf } from "./card-options"
import { type Command, numberOption } from "./command"
import { NETWORK_HELP, NETWORK_OPTIONS, networkWishes, placeWords, STANDARD_PORT as OSC_PORT } from "./network-options"
import { tellRecording } from "./run"
import { line } from "./summary"

const STANDARD_PORT = 8320
const LOOPBACK = "127.0.0.1"

export const live: Command = {
  about: "the module in real time, with its panel in the browser",
  help: `npm start [-- OPTIONS]

Runs the module in real time: internal clock, virtual jacks, and a panel to play it. Ctrl-C ends it.

  --tui                      the panel in this terminal as well
  --open                     opens the panel in the browser
  --port N                   the panel's port (${STANDARD_PORT}; 0 finds a free one)
  --listen ADDRESS           lets other machines in, at this address of this one; asks for a token
  --token TOKEN              the token, 8 characters or more (else that of the environment's TACTUS_TOKEN, or a new one each time)
  --settings SETTINGS.json   settings from the start; changes of the file are heard while it runs
  --midi-in [PORT=]NAME      listens to a MIDI port of this computer; a part of its name will do. May be given several times.
                             PORT is what it feeds: usb (as if nothing is said), din or config
  --midi-out [PORT=]NAME     the same the other way
  --midi-list                which MIDI ports there are, and ends
  --no-midi                  leaves MIDI alone; else other programs see a port "tactus" where the system allows
  --card NAME, --cards FILE  plays the syncs on sound cards: npm run bridge -- --help
  --osc PORT                 is played by OSC, and by others on the network (${OSC_PORT}, where one of the options below is given)
  --tempo BPM                (the settings', 120)
  --midi-at-once             MIDI ports do not wait for the sound cards, which are heard 0.6 s later
  --record DIR               writes the session down: TRACE.jsonl and SETTINGS.json for replay, events.jsonl and pictures at the end

On a network, with --osc, --lead or --follow:

${NETWORK_HELP}`,
  async run(words) {
    const { values } = parseArgs({
      args: [...words],
      options: {
        tui: { type: "boolean" },
        open: { type: "boolean" },
        port: { type: "string" },
        listen: { type: "string" },
        token: { type: "string" },
        settings: { type: "string" },
        record: { type: "string" },
        "midi-in": { type: "string", multiple: true },
        "midi-out": { type: "string", multiple: true },
        "midi-list": { type: "boolean" },
        "no-midi": { type: "boolean" },
        osc: { type: "string" },
        tempo: { type: "string" },
        ...NETWORK_OPTIONS,
        "midi-at-once": { type: "boolean" },
        ...CARD_OPTIONS,
      },
    })
    if (values["midi-list"]) return void process.stdout.write(midiList())
    const midiWishes: MidiWishes = {
      inputs: (values["midi-in"] ?? []).map((text) => readWish("midi-in", text)),
      outputs: (values["midi-out"] ?? []).map((text) => readWish("midi-out", text)),
    }
    const hasMidi = !values["no-midi"]
    const isAtOnce = values["midi-at-once"] === true
    if (!hasMidi && midiWishes.inputs.length + midiWishes.outputs.length > 0)
      throw new BadInput("--no-midi excludes --midi-in and --midi-out; expected one or the other")
    const access = accessOf(values)
    if (values.tui && !(process.stdin.isTTY && process.stdout.isTTY)) throw new BadInput("--tui needs a terminal; this is none")
    // Without a rack nothing would move on the module's own default, the CV input.
    const oscPort = numberOption("osc", values.osc, 0, 65535, "a port, 0..65535")
    const isOnNetwork = oscPort !== undefined || values.lead || values.follow
    const onlyThere = (Object.keys(NETWORK_OPTIONS) as (keyof typeof NETWORK_OPTIONS)[]).find((name) => values[name] !== undefined)
    if (!isOnNetwork && onlyThere)
      throw new BadInput(`--${onlyThere} belongs to a network; expected --osc PORT, --lead or --follow with it`)
    const wishes = isOnNetwork ? networkWishes(values, oscPort) : undefined
    const tempo = numberOption("tempo", values.tempo, 20, 999.99, "20..999.99 BPM")
    // Where one song is everybody's, nobody begins by himself.
    const shared = wishes && wishes.station.role !== "alone" ? { transport: { start: "button" } } : {}
    const settings = { source: "internal", ...shared, ...readSettings(values.settings, settingsChecker()), ...(tempo && { tempo }) }
    const recorder = values.record === undefined ? undefined : new Recorder(values.record, settings)
    const plans = plansOf(values)
    const page = await buildPage()
    let terminal: Terminal | undefined
    let cards: CardRack | undefined
    const say = (about: string, news: string) => (terminal ? terminal.say(news) : void process.stdout.write(line(about, news)))
    const bridge = plans && new Bridge(plans, aheadOf(values), (news) => say("card", news))
    await bridge?.settled()
    const session = new Session(settings, values.settings, recorder, hasMidi)
    const failed = new Promise<never>((_, reject) => session.host.listen({ failed: reject }))
    failed.catch(() => {})
    const server = new PanelServer(access, page, {
      joined: () => session.greeting(),
      heard: (text, answer) => void session.request(text, answer),
    })
    session.broadcast = (text) => server.broadcast(text)
    try {
      await session.host.ready()
      session.cards = cards = new CardRack(
        session.host,
        aheadOf(values),
        hasMidi && !isAtOnce,
        (news) => say("card", news),
        (message) => server.broadcast(JSON.stringify(message)),
      )
      if (bridge && plans) cards.take(bridge, plans)
      const address = await server.open()
      process.stdout.write(line("panel", address) + line("clock", String(settings.source)) + line("end", "Ctrl-C"))
      if (wishes) {
        const { port } = await session.connectNetwork(wishes, (text) => say("heard", text))
        say("osc", `${placeWords(wishes.sockets.on, port)}, as ${wishes.station.name}`)
      }
      if (hasMidi) session.connectMidi(midiWishes, ({ news }) => news.forEach((text) => say("midi", text)))
      if (values.open) openBrowser(address)
      const quit = new Promise<void>((resolve) => {
        if (!values.tui) return
        const { stdin, stdout } = process
        terminal = new Terminal(session.host, address, stdin, stdout, resolve, () => session.networkReport)
      })
      await Promise.race([asked(), failed, quit])
    } finally {
      terminal?.close()
      bridge?.close()
      cards?.close()
      await session.close()
      await server.close()
    }
    if (recorder) tellRecording(String(values.record), recorder)
  },
}

function midiList(): string {
  const system = openMidiSystem()
  if (typeof system === "string") throw new BadInput(system)
  const list = (names: string[]) => names.map(shortName).join(`\n${" ".repeat(17)}`) || "none"
  return line("in", list(portNames(system.input))) + line("out", list(portNames(system.output)))
}

function accessOf(values: { port?: string; listen?: string; token?: string }): Access {
  const port = numberOption("port", values.port, 0, 65535, "a port, 0..65535") ?? STANDARD_PORT
  // In the environment nobody else on the machine sees it.
  const token = values.token ?? (values.listen === undefined ? undefined : process.env.TACTUS_TOKEN)
  if (token !== undefined && token.length < 8)
    throw new BadInput(`${values.token ? "--token" : "TACTUS_TOKEN"} is too short; expected 8 characters or more`)
  if (values.listen === undefined) return { host: LOOPBACK, port, token }
  return { host: values.listen, port, token: token ?? randomBytes(9).toString("base64url") }
}

/** The user wants it to end. */
function asked(): Promise<void> {
  return new Promise((resolve) => {
    process.once("SIGINT", () => resolve())
    process.once("SIGTERM", () => resolve())
  })
}

function openBrowser(address: string): void {
  const [program, ...words] =
    process.platform === "darwin" ? ["open"] : process.platform === "win32" ? ["cmd", "/c", "start", ""] : ["xdg-open"]
  const child = spawn(program, [...words, address], { stdio: "ignore", detached: true })
  child.on("error", () => process.stderr.write(`tactus: no browser could be opened; open ${address}\n`))
  child.unref()
}
