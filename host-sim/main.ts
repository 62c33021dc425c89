/**
 * The command line: finds the command by its name and runs it. Here, and only here, an error becomes an exit code: 2 with one
 * line for bad usage or input, 1 with one line for a fault of our own (TACTUS_STACK=1 shows where it happened).
 */
import { type Command, usageProblem } from "./commands/command"
import { BadInput } from "./input/bad-input"

/* eslint-disable @typescript-eslint/no-require-imports -- tsx's CommonJS loader finds no TypeScript through import() */
/** Each is loaded when it is asked for: a simulation does not wait for the network's libraries (it starts in half the time). */
const COMMANDS: Record<string, () => Command> = {
  live: () => (require("./commands/live") as typeof import("./commands/live")).live,
  panel: () => (require("./commands/panel") as typeof import("./commands/panel")).panel,
  demo: () => (require("./commands/demo") as typeof import("./commands/demo")).demo,
  sim: () => (require("./commands/sim") as typeof import("./commands/sim")).sim,
  replay: () => (require("./commands/replay") as typeof import("./commands/replay")).replay,
  convert: () => (require("./commands/convert") as typeof import("./commands/convert")).convert,
  play: () => (require("./commands/play") as typeof import("./commands/play")).play,
  net: () => (require("./commands/net") as typeof import("./commands/net")).net,
  bridge: () => (require("./commands/bridge") as typeof import("./commands/bridge")).bridge,
  calibrate: () => (require("./commands/calibrate") as typeof import("./commands/calibrate")).calibrate,
}
/* eslint-enable @typescript-eslint/no-require-imports */

async function main(words: readonly string[]): Promise<void> {
  const [name, ...rest] = words
  if (name === undefined || name === "help" || name === "--help" || name === "-h") {
    if (rest.length === 0 || name !== "help") return void process.stdout.write(overview())
  }
  const wanted = name === "help" ? rest[0] : name
  if (!Object.hasOwn(COMMANDS, wanted))
    throw new BadInput(`${JSON.stringify(wanted)} is no command; expected one of ${Object.keys(COMMANDS).join(", ")}, help`)
  const command = COMMANDS[wanted]()
  if (name === "help" || rest.includes("--help") || rest.includes("-h")) return void process.stdout.write(command.help)
  await command.run(rest)
}

function overview(): string {
  const lines = ["tactus: one clock for the rack", ""]
  for (const name of Object.keys(COMMANDS)) lines.push(`  ${name.padEnd(10)}${COMMANDS[name]().about}`)
  lines.push("", "tactus help COMMAND, or tactus COMMAND --help, says more about one of them.", "")
  return lines.join("\n")
}

function report(error: unknown): void {
  const problem = usageProblem(error)
  if (problem !== undefined) {
    process.stderr.write(`tactus: ${problem}\n`)
    process.exitCode = 2
    return
  }
  const message = error instanceof Error ? error.message : String(error)
  process.stderr.write(process.env.TACTUS_STACK ? `${(error as Error).stack}\n` : `tactus: a fault of its own: ${message.split("\n")[0]}\n`)
  process.exitCode = 1
}

process.stdout.on("error", () => process.exit()) // whoever read it has gone, like `head`
main(process.argv.slice(2)).catch(report)
