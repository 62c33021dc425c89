/**
 * The command line: finds the command by its name and runs it. Here, and only here, an error becomes an exit code: 2 with one
 * line for bad usage or input, 1 with one line for a fault of our own (TACTUS_STACK=1 shows where it happened).
 */
import { BadInput } from "./input/bad-input"
import { type Command, usageProblem } from "./commands/command"

/** Each is loaded when it is asked for, so that none waits for another's libraries. */
const COMMANDS: Record<string, () => Promise<Command>> = {
  demo: async () => (await import("./commands/demo")).demo,
  sim: async () => (await import("./commands/sim")).sim,
  replay: async () => (await import("./commands/replay")).replay,
  convert: async () => (await import("./commands/convert")).convert,
}

async function main(words: readonly string[]): Promise<void> {
  const [name, ...rest] = words
  if (name === undefined || name === "help" || name === "--help" || name === "-h") {
    if (rest.length === 0 || name !== "help") return void process.stdout.write(await overview())
  }
  const wanted = name === "help" ? rest[0] : name
  const load = Object.hasOwn(COMMANDS, wanted) ? COMMANDS[wanted] : undefined
  if (!load) throw new BadInput(`${JSON.stringify(wanted)} is no command; expected one of ${Object.keys(COMMANDS).join(", ")}, help`)
  const command = await load()
  if (name === "help" || rest.includes("--help") || rest.includes("-h")) return void process.stdout.write(command.help)
  await command.run(rest)
}

async function overview(): Promise<string> {
  const lines = ["tactus: one clock for the rack", ""]
  for (const [name, load] of Object.entries(COMMANDS)) lines.push(`  ${name.padEnd(10)}${(await load()).about}`)
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
