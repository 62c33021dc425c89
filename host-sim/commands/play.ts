/** `tactus play`: a playlist at an exact time, together with every other machine on the shared clock. */
import { lookup } from "node:dns/promises"
import { homedir } from "node:os"
import { basename, join, resolve } from "node:path"
import { parseArgs } from "node:util"
import { ClockMap } from "../../src/clock-map/clock-map"
import type { SharedMicros } from "../../src/osc/timetag"
import { BadInput } from "../input/bad-input"
import { localMicros } from "../net/local-clock"
import { findInterface, LOOPBACK, type NetworkInterface } from "../net/network-interface"
import { NtpClient, PUBLIC_PACE, RIG_PACE } from "../net/ntp-client"
import { NtpServer } from "../net/ntp-server"
import { SystemClock } from "../net/system-clock"
import { SAMPLE_RATE } from "../play/decode"
import { ListPlayer } from "../play/list-player"
import { readPlaylist, type Playlist } from "../play/playlist"
import { Program } from "../play/program"
import { loadResumePoint, saveResumePoint } from "../play/resume-point"
import { SoundCard } from "../play/sound-card"
import { agreeOnStart, listKey } from "../play/start-agreement"
import { clockText, durationSeconds, nextSlot, NOTICE_SECONDS, STANDARD_SLOT_SECONDS, timeToday } from "../play/start-time"
import { type Command, numberOption } from "./command"
import { moduleSettings, renderTo } from "./play-render"

const RESUME_FILE = join(process.env.XDG_STATE_HOME ?? join(homedir(), ".local", "state"), "tactus", "resume")
const STATUS_MILLIS = 500
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
  --volume PERCENT  0 to 100 (100)
  --card NAME       a sound card by name; none keeps time without one
  --calibrate MS    how much later this card is heard than it says
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
        settings: { type: "string" },
        volume: { type: "string" },
        card: { type: "string" },
        calibrate: { type: "string" },
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
    const servePort = numberOption("serve", values.serve, 1, 65535, "a port, 1..65535")
    const isSlot = values.at === undefined && values.in === undefined
    const list = resolve(positionals[0])
    const playlist = readPlaylist(list)
    const { first, fromSeconds } = beginning(playlist, list, values.track, values.resume ?? false)

    if (values.render !== undefined) {
      if (!values.clock) throw new BadInput("--render writes down what the module plays to a list; expected --clock with it")
      return renderTo(values.render, list, playlist, { first, fromSeconds, settings: moduleSettings(values.settings) })
    }
    const clock = await openClock(values.interface ?? LOOPBACK, values.server, servePort)
    const now = clock.sharedAt(localMicros())
    const agreement = isSlot
      ? await agreeOnStart(clock.on, listKey(playlist.tracks, first, fromSeconds), nextSlot(now, slotSeconds, NOTICE_SECONDS))
      : undefined
    const start = agreement?.start ?? (values.at !== undefined ? timeToday(values.at, now, slotSeconds) : now + (inSeconds ?? 0) * 1e6)
    for (const skipped of playlist.skipped) process.stderr.write(`tactus: ${list}: ${skipped}; skipped\n`)
    console.log(
      `${basename(list)}: ${playlist.tracks.length} tracks, from ${first + 1}. ${playlist.tracks[first].title}, at ${clockText(start)}`,
    )
    console.log(`shared clock: ${clock.about()}`)

    const card = await SoundCard.open(values.card)
    const program = new Program(playlist.tracks, first, fromSeconds)
    const player = new ListPlayer(program, card, (local) => clock.sharedAt(local), start, {
      fromSeconds,
      calibrationMicros: calibration * 1000,
      gain: volume / 100,
    })
    const timers = [
      setInterval(() => showStatus(player, program, clock), STATUS_MILLIS),
      setInterval(() => save(player, program, list), SAVE_MILLIS),
    ]
    process.once("SIGINT", () => player.stop())
    process.once("SIGTERM", () => player.stop())
    try {
      await player.run()
      save(player, program, list)
    } finally {
      timers.forEach(clearInterval)
      card.close()
      agreement?.close()
      clock.close()
    }
    for (const skipped of program.skipped) process.stderr.write(`tactus: ${list}: ${skipped}; skipped\n`)
    console.log(
      `${process.stdout.isTTY ? "\n" : ""}${player.place >= program.end ? "The list has been played." : "Stopped; --resume goes on from here."}`,
    )
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

interface OpenClock {
  readonly on: NetworkInterface
  sharedAt(local: number): SharedMicros
  about(): string
  close(): void
}

async function openClock(interfaceName: string, server: string | undefined, servePort: number | undefined): Promise<OpenClock> {
  const on = network(interfaceName)
  if (server === undefined) {
    const system = new SystemClock()
    const serving = servePort === undefined ? undefined : await NtpServer.open(on, servePort, system)
    return {
      on,
      sharedAt: (local) => system.sharedAt(local),
      about: () => `${system.source}, within ${(system.map.errorMicros(localMicros()) / 1000).toFixed(2)} ms`,
      close: () => [system, serving].forEach((each) => each?.close()),
    }
  }
  if (servePort !== undefined) throw new BadInput("--server and --serve exclude each other; expected one of them")
  const [host, port = "123"] = server.split(":")
  const map = new ClockMap()
  const { address } = await lookup(host, 4).catch(() => {
    throw new BadInput(`--server ${server}: no such host, expected an address or a name, and :PORT`)
  })
  // The well-known port is a stranger's: asked as rarely as its operator expects, which takes longer to begin with.
  const isPublic = port === "123"
  const client = await NtpClient.open(on, { address, port: Number(port) }, map, isPublic ? PUBLIC_PACE : RIG_PACE)
  const patience = isPublic ? 25_000 : 5000
  for (let waited = 0; !map.isSet && waited < patience; waited += 20) await new Promise((done) => setTimeout(done, 20))
  if (!map.isSet)
    throw new BadInput(`--server ${server}: no answer in ${patience / 1000} s, expected a time server (tactus play --serve PORT is one)`)
  return {
    on,
    sharedAt: (local) => map.sharedAt(local),
    about: () => `${server} (stratum ${client.stratum}), within ${(map.errorMicros(localMicros()) / 1000).toFixed(2)} ms`,
    close: () => client.close(),
  }
}

function network(name: string): NetworkInterface {
  try {
    return findInterface(name)
  } catch (fault) {
    throw new BadInput((fault as Error).message)
  }
}

let announced: unknown

function showStatus(player: ListPlayer, program: Program, clock: OpenClock): void {
  const place = player.place
  const now = program.at(Math.max(0, place))
  if (process.stdout.isTTY) {
    const waiting =
      place < 0 ? `starts in ${(-place / SAMPLE_RATE).toFixed(1)} s` : now ? `${minutes(now.seconds)} of ${minutes(now.length)}` : ""
    process.stdout.write(
      `\r\x1b[K${now?.track.title ?? ""}  ${waiting}  ${clock.about()}  off by ${(player.renderer.errorSeconds * 1e6).toFixed(0)} us`,
    )
  } else if (place >= 0 && now && now.track !== announced) {
    announced = now.track
    console.log(`Playing: ${now.track.title}`)
  }
}

function save(player: ListPlayer, program: Program, list: string): void {
  const now = program.at(player.place)
  if (now) saveResumePoint(RESUME_FILE, { list, track: now.track.path, seconds: now.seconds })
}

function minutes(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`
}
