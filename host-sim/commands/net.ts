/** `tactus net`: the core on a network: OSC in and out, a shared clock, one beat on many machines. */
import { hostname } from "node:os"
import { parseArgs } from "node:util"
import { BadInput } from "../input/bad-input"
import { readSettings, settingsChecker } from "../input/settings-file"
import { Recorder } from "../live/recorder"
import { LiveNode } from "../net/live-node"
import { localMicros } from "../net/local-clock"
import { LOOPBACK } from "../net/network-interface"
import { NodeTelling } from "../net/node-telling"
import { PRESETS } from "../net/presets"
import type { Address } from "../net/sockets"
import { clockWords, forwardWords, leaderWords, marginWords, millis, queueWords } from "../net/status-words"
import { type Command, numberOption } from "./command"
import { addressOf, network } from "./network-options"
import { tellRecording } from "./run"

const STANDARD_PORT = 8000

export const net: Command = {
  about: "plays on a network: OSC with timetags, a shared clock, leader and followers",
  help: `tactus net [--preset NAME] [--lead | --follow] [options]

Runs the core in real time without hardware and lets others play it by OSC: /tactus/play, /stop, /continue, /tempo f,
/channel/N/start|stop|pause|step, /arp/mode|pattern|set, /settings/KEY, /tick s. Timetags are kept to the microsecond.

  --preset NAME      ${Object.keys(PRESETS).join(", ")}: what the OSC workshop's examples listen to and send
  --listen PORT      where OSC comes in (${STANDARD_PORT})
  --send HOST:PORT   where beats go, each ahead of its time
  --beat ADDRESS     the address of a beat (/tick)
  --forward MS       how far ahead; auto measures it (auto)
  --immediate        beats without timetags, at their time
  --tempo BPM        (the settings', 120)
  --play             begins at once
  --source NAME      internal, or cv: beats that come in are the clock (internal)
  --lead, --follow   gives or takes the timeline
  --peer HOST:PORT   who else plays; may be given more than once
  --discover         finds others by mDNS (_osc._udp)
  --name NAME        this machine's (${hostname()})
  --priority N       less goes first when a leader is to be elected (100)
  --on-loss WHAT     hold, elect or stand, when the leader is gone (hold)
  --server WHICH     where the shared clock comes from: HOST:PORT, a time server; leader, whoever leads; or system, this
                     machine's, kept right by chrony, PTP, an RTC or a GPS (leader where it follows, else system)
  --serve PORT       be a time server there, for others than tactus (who follows asks at the port above)
  --interface NAME   by name or address; nothing outside its network is answered (${LOOPBACK})
  --late WHAT        what comes after its time: execute (at once) or drop (execute)
  --furthest SECONDS what lies farther ahead is refused (60)
  --settings FILE    SETTINGS.json, the module's settings from the start
  --status FILE      writes how it stands, four times a second, a JSON object a line
  --record DIR       writes the session down, for replay
  --for SECONDS      stops by itself
`,
  async run(words) {
    const text = { type: "string" } as const
    const flag = { type: "boolean" } as const
    const { values, positionals } = parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        ...{ preset: text, listen: text, send: text, beat: text, forward: text, immediate: flag, tempo: text, play: flag, source: text },
        ...{ lead: flag, follow: flag, peer: { type: "string", multiple: true }, discover: flag, name: text, priority: text },
        ...{ "on-loss": text, server: text, serve: text, interface: text, for: text },
        ...{ late: text, furthest: text, settings: text, record: text, status: text },
      },
    })
    if (positionals.length > 0) throw new BadInput(`${JSON.stringify(positionals[0])} is one too many; expected options only`)
    if (values.lead && values.follow) throw new BadInput("--lead and --follow exclude each other; expected one of them")
    const preset = values.preset === undefined ? undefined : PRESETS[values.preset]
    if (values.preset !== undefined && !preset)
      throw new BadInput(`--preset is ${JSON.stringify(values.preset)}; expected one of ${Object.keys(PRESETS).join(", ")}`)
    const forward =
      values.forward === "auto" ? undefined : numberOption("forward", values.forward, 0, 60000, "0..60000 milliseconds or auto")
    const onLoss = oneOf("on-loss", values["on-loss"] ?? "hold", ["hold", "elect", "stand"] as const)
    const source = oneOf("source", values.source ?? "internal", ["internal", "cv"] as const)
    const latePolicy = oneOf("late", values.late ?? "execute", ["execute", "drop"] as const)
    const furthest = numberOption("furthest", values.furthest, 1, 3600, "1..3600 seconds") ?? 60
    const tempo = numberOption("tempo", values.tempo, 20, 999.99, "20..999.99 BPM")
    const settings = { source, ...(tempo && { tempo }), ...readSettings(values.settings, settingsChecker()) }
    const on = network(values.interface ?? LOOPBACK)
    const sendTo = values.send === undefined ? preset && { address: LOOPBACK, port: preset.sendTo } : addressOf("send", values.send)
    const node = await LiveNode.open({
      on,
      listen: numberOption("listen", values.listen, 0, 65535, "a port, 0..65535") ?? preset?.listen ?? STANDARD_PORT,
      name: values.name ?? hostname(),
      settings,
      osc: {
        beatAddress: sendTo ? (values.beat ?? preset?.options.beatAddress ?? "/tick") : undefined,
        isImmediate: values.immediate,
        latePolicy,
        furthestMicros: furthest * 1e6,
        forwardMicros: forward === undefined ? (preset?.options.forwardMicros ?? "auto") : forward * 1000,
      },
      sendTo,
      peers: (values.peer ?? []).map((peer) => addressOf("peer", peer)),
      role: values.lead ? "lead" : values.follow ? "follow" : "alone",
      priority: numberOption("priority", values.priority, 0, 1e6, "0..1000000") ?? 100,
      onLoss,
      server: timeServer(values.server, values.follow ?? false),
      serve: numberOption("serve", values.serve, 1, 65535, "a port, 1..65535"),
      discover: values.discover ?? false,
    }).catch((fault: Error) => {
      throw fault.message.startsWith("UDP port") ? new BadInput(fault.message) : fault
    })
    const recorder = values.record === undefined ? undefined : new Recorder(values.record, node.settings)
    if (recorder) node.onUpdate = (update) => recorder.add(update)
    node.session.onText = (words) => console.log(`heard: ${words}`)
    console.log(
      `tactus ${node.options.name}: OSC on ${on.address}:${node.port}${sendTo ? `, beats to ${sendTo.address}:${sendTo.port}` : ""}`,
    )
    const telling = new NodeTelling(node, values.status)
    const seconds = numberOption("for", values.for, 0, 1e6, "seconds")
    let isOver = false
    const over = new Promise<void>((resolve) => {
      process.once("SIGINT", resolve)
      process.once("SIGTERM", resolve)
      if (seconds !== undefined) setTimeout(resolve, seconds * 1000)
    }).then(() => void (isOver = true))
    if (values.play) {
      while (!node.map.isSet && !isOver) await new Promise((resolve) => setTimeout(resolve, 20))
      node.station.receive(Buffer.from("/play\0\0\0,\0\0\0", "latin1"), localMicros())
    }
    await over
    telling.close()
    console.log(summaryOf(node))
    node.close()
    if (recorder) tellRecording(String(values.record), recorder)
  },
}

function summaryOf(node: LiveNode): string {
  const status = node.station.status(localMicros())
  return [
    `${clockWords(status, node.sockets.clockSource())}, round trip ${millis(status.roundTripMicros)}; ${leaderWords(status)}`,
    `beats sent ${status.beatsSent}, ${forwardWords(status)}; events out ${node.delivered}, late ${node.late}`,
    `timetags: ${queueWords(status)}; margins ${marginWords(status)}`,
  ].join("\n")
}

function timeServer(text: string | undefined, follows: boolean): Address | "leader" | undefined {
  if (text === "leader" || (text === undefined && follows)) return "leader"
  return text === undefined || text === "system" ? undefined : addressOf("server", text)
}

function oneOf<Choice extends string>(option: string, value: string, choices: readonly Choice[]): Choice {
  const found = choices.find((choice) => choice === value)
  if (!found) throw new BadInput(`--${option} is ${JSON.stringify(value)}; expected one of ${choices.join(", ")}`)
  return found
}
