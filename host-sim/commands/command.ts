/** What every command shares: its shape, its options, and what its faults are called. */
import { type ParseArgsConfig, parseArgs } from "node:util"
import { BadInput } from "../input/bad-input"

export interface Command {
  /** A line for the overview. */
  readonly about: string
  /** A page for `--help`. */
  readonly help: string
  /** Does it. Throws BadInput where the user has to change something. */
  run(words: readonly string[]): void | Promise<void>
}

type Options = NonNullable<ParseArgsConfig["options"]>

/** Options, and exactly these operands in order. All options are text; what is not there is undefined. */
export function readOptions<Name extends string>(
  words: readonly string[],
  names: readonly Name[],
  operands: readonly string[],
): { options: Partial<Record<Name, string>>; operands: string[] } {
  const options: Options = Object.fromEntries(names.map((name) => [name, { type: "string" }]))
  const { values, positionals } = parseArgs({ args: withNegatives(words), options, allowPositionals: true })
  if (positionals.length < operands.length) throw new BadInput(`${operands[positionals.length]} is missing; --help says more`)
  if (positionals.length > operands.length) {
    throw new BadInput(`${JSON.stringify(positionals[operands.length])} is one too many; expected ${["options", ...operands].join(", ")}`)
  }
  return { options: values as Partial<Record<Name, string>>, operands: positionals }
}

/** `--until -5` as `--until=-5`: Node takes a word that begins with a dash for an option, and numbers are none. */
function withNegatives(words: readonly string[]): string[] {
  const joined: string[] = []
  for (const word of words) {
    const before = joined[joined.length - 1]
    if (/^-[\d.]/.test(word) && /^--[a-z-]+$/.test(before ?? "")) joined[joined.length - 1] = `${before}=${word}`
    else joined.push(word)
  }
  return joined
}

/** The number that an option holds; undefined where the option is absent. */
export function numberOption(name: string, text: string | undefined, min: number, max: number, what: string): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (text.trim() === "" || !(value >= min && value <= max)) throw new BadInput(`--${name} is ${JSON.stringify(text)}; expected ${what}`)
  return value
}

/** One line for a fault of the user's or of the world's; undefined for one of our own. */
export function usageProblem(error: unknown): string | undefined {
  if (error instanceof BadInput) return error.message
  const code = (error as { code?: unknown } | undefined)?.code
  if (typeof code === "string" && code.startsWith("ERR_PARSE_ARGS"))
    return `${(error as Error).message.split(/\.? ?\n|\. /)[0]}; --help says more`
  return undefined
}
