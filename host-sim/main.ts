/**
 * The command line: finds the command by its name and runs it. Here, and only here, an error becomes an exit code: 2 with one
 * line for bad usage or input, 1 with one line for a fault of our own (TACTUS_STACK=1 shows where it happened).
 */
import { type Command, usageProblem } from "./commands/command"
import { convert } from "./commands/convert"
import { demo } from "./commands/demo"
import { live } from "./commands/live"
import { net } from "./commands/net"
import { panel } from "./commands/panel"
import { play } from "./commands/play"
import { replay } from "./commands/replay"
import { sim } from "./commands/sim"
import { BadInput } from "./input/bad-input"

const COMMANDS: Record<string, Command> = { live, panel, demo, sim, replay, convert, play, net }

async function main(words: readonly string[]): Promise<void> {
  const [name, ...rest] = words
  if (name === undefined || name === "help" || name === "--help" || name === "-h") {
    if (rest.length === 0 || name !== "help") return void process.stdout.write(overview())
  }
  const wanted = name === "help" ? rest[0] : name
  const command = Object.hasOwn(COMMANDS, wanted) ? COMMANDS[wanted] : undefined
  if (!command) throw new BadInput(`${JSON.stringify(wanted)} is no command; expected one of ${Object.keys(COMMANDS).join(", ")}, help`)
  if (name === "help" || rest.includes("--help") || rest.includes("-h")) return void process.stdout.write(command.help)
  await command.run(rest)
}

function overview(): string {
  const lines = ["tactus: one clock for the rack", ""]
  for (const [name, { about }] of Object.entries(COMMANDS)) lines.push(`  ${name.padEnd(10)}${about}`)
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
