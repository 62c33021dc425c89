/** `npm run -s bench -- NAME [options]`: one table of benches, each a module of its own. */
import * as follower from "./follower"
import * as live from "./live"
import * as peers from "./peers"
import * as xs from "./xs"

interface Bench {
  readonly about: string
  /** Takes the options after the bench's name; returns the exit code. */
  readonly run: (options: string[]) => number | Promise<number>
}

const BENCHES: Record<string, Bench> = {
  follower: { about: "the pulse follower inside the whole core: jitter, steps, ramps, missing and spurious pulses", run: follower.run },
  live: { about: "the live loop in real time, ten minutes or more: drift and lateness of what it sends", run: live.run },
  peers: { about: "the same pulses through the seed's firmware, uClock and tactus: figures and a picture", run: peers.run },
  xs: { about: "what the core costs on the XS engine: bytecodes and heap slots by job", run: xs.run },
}

function help(): string {
  const rows = Object.entries(BENCHES).map(([name, { about }]) => `  ${name.padEnd(10)}${about}`)
  return `Usage: npm run -s bench -- NAME [options]\n${rows.join("\n")}\nJSON goes to stdout, tables and notices to stderr. NAME --help tells more.\n`
}

async function main([name, ...options]: string[]): Promise<number> {
  if (name === "--help" || name === "-h") {
    process.stdout.write(help())
    return 0
  }
  const bench = name !== undefined && Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined
  if (!bench) {
    const known = Object.keys(BENCHES).join(", ")
    process.stderr.write(`bench: ${name === undefined ? "no name given" : `unknown bench "${name}"`}; expected one of ${known}\n`)
    return 2
  }
  return bench.run(options)
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code
  },
  (error: unknown) => {
    process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  },
)
