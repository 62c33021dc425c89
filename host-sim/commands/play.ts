/** `tactus play`: a playlist at an exact time, together with every other machine on the shared clock. */
import { randomBytes } from "node:crypto"
import { homedir, hostname } from "node:os"
import { basename, join, resolve } from "node:path"
import { parseArgs } from "node:util"
import { OscReader } from "../../src/osc/reader"
import { BadInput } from "../input/bad-input"
import { LOOPBACK, type NetworkInterface } from "../net/network-interface"
import { answerLimit } from "../net/rate-limit"
import { UdpPort } from "../net/udp-port"
import { ButtonWatch, readWiring } from "../play/buttons"
import { ListChannel } from "../play/list-channel"
import { ACTIONS, ListControl } from "../play/list-control"
import { openListPanel } from "../play/list-panel"
import { openListModule } from "../play/list-module"
import { ListPlayer } from "../play/list-player"
import { listKey, type ListState } from "../play/list-state"
import { openClock } from "../play/open-clock"
import { PlaySession } from "../play/play-session"
import { readPlaylist, type Playlist } from "../play/playlist"
import { loadResumePoint, saveResumePoint } from "../play/resume-point"
import { SoundCard } from "../play/sound-card"
import { clockText, durationSeconds, nextSlot, NOTICE_SECONDS, STANDARD_SLOT_SECONDS, timeToday } from "../play/start-time"
import { StatusLine } from "../play/status-line"
import { withTags } from "../play/tags"
import { type Command, numberOption } from "./command"
import { addressOf, network } from "./network-options"
import { moduleSettings, renderTo } from "./play-render"

const RESUME_FILE = join(process.env.XDG_STATE_HOME ?? join(homedir(), ".local", "state"), "tactus", "resume")
const STATUS_MILLIS = 500
const PUMP_MILLIS = 100
const SAVE_MILLIS = 1000

export const play: Command = {
  about: "plays a playlist (m3u, m3u8) at an exact time, in step with other machines",
  help: `tactus play LIST.m3u8 [--at 18:55:00 | --in 20s | --slot 15s] [--track N | --resume]

Plays mp3, wav, flac and ogg without gaps, at one moment on every machine that shares the clock, and holds them together.
A machine that comes late begins in the middle, in step. Without --at and --in it begins with the next slot of the shared clock, or with those
on this network who have begun the same list before.

  --at TIME         a time of day, today; one that has passed is refused
  --in TIME         so long from now (20s, 2m)
  --slot TIME       length of a slot (${STANDARD_SLOT_SECONDS}s)
  --clock           the list drives the module: tempo from tags or names (bpm=120), beat 1 from a cue (cue=0.35)
  --render DIR      with --clock: no sound; recording.wav and what the module plays to it (events.jsonl, sync.wav, ...)
  --settings FILE   SETTINGS.json, the module's settings
  --track N         begins with track N of the list (1 is the first)
  --resume          begins where the list was left
  --midi-out NAME   with --clock: the module's MIDI, on a port of this computer; may be given more than once
  --peer HOST:PORT  with --clock: a machine (tactus net --follow) that follows the list's song; may be given more than once
  --wait            begins when told to
  --listen PORT     OSC comes in here: /tactus/playlist/start stop resume next previous volume status, for all machines
  --panel PORT      the same on a page in the browser, on the interface; outside of this machine it asks for the token in its address
  --buttons LIST    the same with buttons at GPIO pins: play=17,next=27,up=22,down=23 (also start, stop, previous; CHIP: in front)
  --name NAME       this machine's (${hostname()} and a number)
  --volume PERCENT  0 to 100 (100)
  --card NAME       a sound card by name; none keeps time without one
  --latency MS      from this card's asking for a frame to its sound, measured: npm run calibrate -- --play (else its driver is believed)
  --calibrate MS    how much later than that it is heard
  --server HOST     the time server to follow, HOST or HOST:PORT (else the system's own clock)
  --serve PORT      be a time server for the others
  --interface NAME  the network interface to serve and ask on, by name or address (${LOOPBACK})
`,
  async run(words) {
    const { values, positionals } = parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        at: { type: "string" },
        in: { type: "string" },
        slot: { type: "string" },
        track: { type: "string" },
        resume: { type: "boolean" },
        clock: { type: "boolean" },
        render: { type: "string" },
        wait: { type: "boolean" },
        listen: { type: "string" },
        panel: { type: "string" },
        buttons: { type: "string" },
        name: { type: "string" },
        peer: { type: "string", multiple: true },
        "midi-out": { type: "string", multiple: true },
        settings: { type: "string" },
        volume: { type: "string" },
        card: { type: "string" },
        calibrate: { type: "string" },
        latency: { type: "string" },
        server: { type: "string" },
        serve: { type: "string" },
        interface: { type: "string" },
      },
    })
    if (positionals.length !== 1) throw new BadInput("expected one playlist; --help says more")
    if (values.at !== undefined && values.in !== undefined) throw new BadInput("--at and --in exclude each other; expected one of them")
    if (values.track !== undefined && values.resume) throw new BadInput("--track and --resume exclude each other; expected one of them")
    const slotSeconds = durationSeconds("slot", values.slot ?? `${STANDARD_SLOT_SECONDS}s`)
    const inSeconds = values.in === undefined ? undefined : durationSeconds("in", values.in)
    const volume = numberOption("volume", values.volume, 0, 100, "0..100 percent") ?? 100
    const calibration = numberOption("calibrate", values.calibrate, -500, 500, "-500..500 milliseconds") ?? 0
    const latency = numberOption("latency", values.latency, 0, 5000, "0..5000 milliseconds")
    const servePort = numberOption("serve", values.serve, 1, 65535, "a port, 1..65535")
    const wiring = values.buttons === undefined ? undefined : readWiring(values.buttons)
    const panelPort = numberOption("panel", values.panel, 0, 65535, "a port, 0..65535")
    const listen = numberOption("listen", values.listen, 0, 65535, "a port, 0..65535")
    const name = values.name ?? `${hostname()}-${process.pid}`
    const list = resolve(positionals[0])
    const playlist = readPlaylist(list)
    const { first, fromSeconds } = beginning(playlist, list, values.track, values.resume ?? false)

    if (values.render !== undefined) {
      if (!values.clock) throw new BadInput("--render writes down what the module plays to a list; expected --clock with it")
      return renderTo(values.render, list, playlist, { first, fromSeconds, settings: moduleSettings(values.settings) })
    }
    const on = network(values.interface ?? LOOPBACK)
    const peers = (values.peer ?? []).map((peer) => addressOf("peer", peer))
    if (!values.clock && (peers.length > 0 || values["midi-out"]))
      throw new BadInput("--peer and --midi-out belong to --clock; expected it with them")
    const clock = await openClock(on, values.server, servePort).catch(portTaken)
    const opened: { close(): void }[] = [clock]
    try {
      const now = clock.now()
      const start = values.at !== undefined ? timeToday(values.at, now, slotSeconds) : now + (inSeconds ?? 0) * 1e6
      const at = Math.round(values.at === undefined && inSeconds === undefined ? nextSlot(now, slotSeconds, NOTICE_SECONDS) : start)
      const proposal = { number: 0, by: name, isPlaying: !values.wait, at, track: first, seconds: fromSeconds, volume: Math.round(volume) }
      const card = await SoundCard.open(values.card, latency === undefined ? undefined : latency * 1000)
      opened.push(card)
      const channel = await ListChannel.open(on, listKey(playlist.tracks), proposal)
      opened.push(channel)
      for (const skipped of playlist.skipped) process.stderr.write(`tactus: ${list}: ${skipped}; skipped\n`)
      await tellStart(list, playlist, channel.state)
      console.log(`shared clock: ${clock.about()}`)

      const player = new ListPlayer(card, (local) => clock.sharedAt(local), calibration * 1000)
      opened.push(player)
      const settings = moduleSettings(values.settings)
      const module =
        values.clock &&
        (await openListModule({ on, listen: listen ?? 0, name, map: clock.map, settings, peers, midiOut: values["midi-out"] ?? [] }))
      if (module) opened.push(module)
      const session = new PlaySession(playlist.tracks, channel, player, clock, module || undefined)
      const control = new ListControl(session, name, () => clock.now())
      if (module) module.node.alsoHears = (...heard) => control.hear(...heard)
      else if (listen !== undefined) opened.push(await openControlPort(on, listen, control))
      if (listen !== undefined) console.log(`control by OSC: ${on.address}:${listen}, /tactus/playlist/${ACTIONS.join(" ")} status`)
      if (panelPort !== undefined) {
        const shown = {
          tracks: playlist.tracks,
          control,
          status: () => session.status(),
          now: () => clock.now(),
          clock: () => clock.about(),
        }
        const panel = await openListPanel({ host: on.address, port: panelPort, token: tokenFor(on.address) }, shown)
        opened.push(panel)
        console.log(`panel: ${panel.address}`)
      }
      if (wiring) {
        const complain = (problem: string): void => void process.stderr.write(`tactus: ${problem}\n`)
        opened.push(new ButtonWatch(wiring, (button) => control.press(button), complain))
      }
      player.run()
      const line = new StatusLine()
      session.onSkipped = (sentence) => {
        line.end()
        process.stderr.write(`tactus: ${list}: ${sentence}; skipped\n`)
      }
      const timers = [
        setInterval(() => session.pump(), PUMP_MILLIS),
        setInterval(() => line.show(session.status(), clock.now(), clock.about()), STATUS_MILLIS),
        setInterval(() => save(session, list), SAVE_MILLIS),
      ]
      opened.push({ close: () => timers.forEach(clearInterval) })
      const hasEnded = await new Promise<boolean>((resolve) => {
        process.once("SIGINT", () => resolve(false))
        process.once("SIGTERM", () => resolve(false))
        // Whoever can be told to begin again waits for it.
        if (listen === undefined && panelPort === undefined && !wiring) session.onEnd = () => resolve(true)
      })
      save(session, list)
      line.end()
      console.log(hasEnded ? "The list has been played." : "Stopped; --resume goes on from here.")
    } finally {
      for (const each of opened.reverse()) each.close()
    }
    // A stalled card's threads would keep the process for ever.
    process.exit(process.exitCode ?? 0)
  },
}

/** Which track comes first, and where in it. */
function beginning(playlist: Playlist, list: string, track: string | undefined, resume: boolean): { first: number; fromSeconds: number } {
  const { tracks } = playlist
  const number = numberOption("track", track, 1, tracks.length, `1..${tracks.length}`)
  if (number !== undefined) return { first: Math.floor(number) - 1, fromSeconds: 0 }
  if (!resume) return { first: 0, fromSeconds: 0 }
  const point = loadResumePoint(RESUME_FILE, list)
  const first = point ? tracks.findIndex(({ path }) => path === point.track) : -1
  if (!point || first < 0) throw new BadInput(`--resume: ${list} has not been left anywhere; expected to be run without`)
  return { first, fromSeconds: point.seconds }
}

async function tellStart(list: string, { tracks }: Playlist, state: ListState): Promise<void> {
  const { title } = await withTags(tracks[Math.min(state.track, tracks.length - 1)])
  const when = state.isPlaying ? `at ${clockText(state.at)}` : "when told to"
  console.log(`${basename(list)}: ${tracks.length} tracks, from ${state.track + 1}. ${title}, ${when}`)
}

async function openControlPort(on: NetworkInterface, port: number, control: ListControl): Promise<UdpPort> {
  const reader = new OscReader()
  const answers = answerLimit()
  const udp: UdpPort = await UdpPort.open(on, port, (packet, from, arrived) => {
    if (packet.length > reader.bytes.length) return
    reader.bytes.set(packet)
    const reply = (answer: Uint8Array): void => {
      if (answers.allows(from.address, arrived)) udp.send(answer, from.port, from.address)
    }
    reader.read(packet.length, { message: (message, seconds, fraction) => void control.hear(message, seconds, fraction, reply) })
  }).catch(portTaken)
  return udp
}

/** Ports are the user's to choose. */
function portTaken(fault: Error): never {
  throw fault.message.startsWith("UDP port") ? new BadInput(fault.message) : fault
}

/** The loopback is this machine's own; on a network the page asks for a token. */
function tokenFor(address: string): string | undefined {
  return address === LOOPBACK ? undefined : randomBytes(9).toString("base64url")
}

function save(session: PlaySession, list: string): void {
  const point = session.resumePoint()
  if (point) saveResumePoint(RESUME_FILE, { list, ...point })
}
