/** `tactus net`: the core on a network: OSC in and out, a shared clock, one beat on many machines. */
import { parseArgs } from "node:util"
import { BadInput } from "../input/bad-input"
import { readSettings, settingsChecker } from "../input/settings-file"
import { Recorder } from "../live/recorder"
import { LiveNode } from "../net/live-node"
import { localMicros } from "../net/local-clock"
import { NodeTelling } from "../net/node-telling"
import { printable } from "../printable"
import { PRESETS } from "../net/presets"
import { clockWords, forwardWords, leaderWords, marginWords, millis, queueWords } from "../net/status-words"
import { type Command, numberOption } from "./command"
import { network, NETWORK_HELP, NETWORK_OPTIONS, networkWishes, oneOf, placeWords, STANDARD_PORT } from "./network-options"
import { tellRecording } from "./run"

export const net: Command = {
  about: "plays on a network: OSC with timetags, a shared clock, leader and followers",
  help: `tactus net [--preset NAME] [--lead | --follow] [options]

Runs the core in real time without hardware and lets others play it by OSC: /tactus/play, /stop, /continue, /tempo f,
/channel/N/start|stop|pause|step, /arp/mode|pattern|set, /settings/KEY, /tick s. Timetags are kept to the microsecond.

  --preset NAME      ${Object.keys(PRESETS).join(", ")}: what the OSC workshop's examples listen to and send
  --listen PORT      where OSC comes in (${STANDARD_PORT})
  --tempo BPM        (the settings', 120)
  --play             begins at once
  --source NAME      internal, or cv: beats that come in are the clock (internal)
${NETWORK_HELP}  --settings FILE    SETTINGS.json, the module's settings from the start
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
        ...NETWORK_OPTIONS,
        ...{ listen: text, tempo: text, play: flag, source: text, for: text, settings: text, record: text, status: text },
      },
    })
    if (positionals.length > 0) throw new BadInput(`${JSON.stringify(positionals[0])} is one too many; expected options only`)
    const source = oneOf("source", values.source ?? "internal", ["internal", "cv"] as const)
    const tempo = numberOption("tempo", values.tempo, 20, 999.99, "20..999.99 BPM")
    const settings = { source, ...(tempo && { tempo }), ...readSettings(values.settings, settingsChecker()) }
    const listen = numberOption("listen", values.listen, 0, 65535, "a port, 0..65535")
    const seconds = numberOption("for", values.for, 0, 1e6, "seconds")
    const { sockets, station } = networkWishes(values, listen)
    const { sendTo } = sockets
    const on = network(sockets.on)
    const node = await LiveNode.open({ ...sockets, ...station, on, settings }).catch((fault: Error) => {
      throw fault.message.startsWith("UDP port") ? new BadInput(fault.message) : fault
    })
    const { recorder, telling } = filesOf(node, values.record, values.status)
    if (recorder) node.onUpdate = (update) => recorder.add(update)
    node.session.onText = (words) => console.log(`heard: ${printable(words)}`)
    console.log(
      `tactus ${node.options.name}: OSC on ${placeWords(on.address, node.port)}${sendTo ? `, beats to ${sendTo.address}:${sendTo.port}` : ""}`,
    )
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

/** Where they cannot be written the sockets are closed: they would keep the command from ending. */
function filesOf(node: LiveNode, record: string | undefined, status: string | undefined): { recorder?: Recorder; telling: NodeTelling } {
  try {
    const recorder = record === undefined ? undefined : new Recorder(record, node.settings)
    return { recorder, telling: new NodeTelling(node, status) }
  } catch (fault) {
    node.close()
    throw fault
  }
}

function summaryOf(node: LiveNode): string {
  const status = node.station.status(localMicros())
  return [
    `${clockWords(status, node.sockets.clockSource())}, round trip ${millis(status.roundTripMicros)}; ${leaderWords(status)}`,
    `beats sent ${status.beatsSent}, ${forwardWords(status)}; events out ${node.delivered}, late ${node.late}`,
    `timetags: ${queueWords(status)}; margins ${marginWords(status)}`,
  ].join("\n")
}
