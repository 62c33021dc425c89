/** Which cable goes where: every output once into cv in, one output into the other inputs, and MIDI out into MIDI in. */

export interface Loop {
  readonly output: string
  readonly input: string
}

/** `arp-disable` is a switch to ground and drives nothing: it is not among them. */
const OUTPUTS = ["clock", "run", "reset", "sync1", "sync2", "sync3", "sync4", "arp"]

export const ALL_LOOPS: readonly Loop[] = [
  ...OUTPUTS.map((output) => ({ output, input: "cv" })),
  { output: "arp", input: "reset" },
  { output: "arp", input: "run" },
  { output: "midi-din", input: "midi-din" },
]

/** What stands on the panel. */
export function panelName(port: string, side: "in" | "out"): string {
  const names: Record<string, string> = { "midi-din": "midi", "arp-disable": "arp off" }
  return `${names[port] ?? port.replace(/\d/, " $&")} ${side}`
}

/** "sync1:cv,clock:reset", "all" or "none". Throws RangeError; whether such jacks are a pair the module says itself. */
export function readLoops(text: string): readonly Loop[] {
  if (text === "all") return ALL_LOOPS
  if (text === "none") return []
  return text.split(",").map((pair) => {
    const [output, input, ...more] = pair.split(":")
    if (!output || !input || more.length > 0) throw new RangeError(`--loop ${pair}: expected OUTPUT:INPUT such as sync1:cv, all or none`)
    return { output, input }
  })
}
