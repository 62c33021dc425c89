/**
 * A conversation with one module over SysEx: one question at a time, each with its answer or a timeout. Settings are only what the
 * module has said: a dump counts when all its rows have come, and what was written is read back.
 */
import type { NestedSettings } from "../input/timed-input"
import { COUNTERS, DUMP, FACTORY, type ModuleMessage, question, READ, readMessage, WRITE } from "./module-sysex"

const PATIENCE_MILLISECONDS = 500
/** A question without an answer is asked so often; writing the same twice does no harm. */
const TRIES = 3

export class NoAnswer extends Error {
  constructor() {
    super("the module does not answer")
  }
}

export class ModuleTalk {
  private hearing: ((message: ModuleMessage) => void) | undefined
  private last: Promise<unknown> = Promise.resolve()

  constructor(private readonly send: (bytes: number[]) => void) {}

  /** A message has come in from where the module is. */
  hear(bytes: ArrayLike<number>): void {
    const message = readMessage(bytes)
    if (message) this.hearing?.(message)
  }

  /** One setting, as the module holds it. */
  read(key: string): Promise<unknown> {
    return this.ask(question(READ, key), (message) => (message.kind === "value" && message.key === key ? [message.value] : undefined))
  }

  /** All settings, nested. Nothing less than all. */
  dump(): Promise<NestedSettings> {
    return this.inTurn(async () => {
      for (let tries = 1; ; tries++) {
        const rows = new Map<number, { key: string; value: unknown }>()
        try {
          return await this.converse(question(DUMP), (message) => {
            if (message.kind !== "row") return undefined
            rows.set(message.number, message)
            return rows.size === message.count ? [nestedOf([...rows.values()])] : undefined
          })
        } catch (error) {
          if (tries === TRIES) throw error
        }
      }
    })
  }

  /** Changes settings, all or none. Returns what is wrong; empty if taken. */
  write(set: NestedSettings): Promise<string> {
    return this.ask(question(WRITE, JSON.stringify(set)), doneOf)
  }

  /** As delivered. Returns what is wrong. */
  factory(): Promise<string> {
    return this.ask(question(FACTORY), doneOf)
  }

  /** How often each fault has happened. */
  counters(): Promise<Record<string, number>> {
    return this.ask(question(COUNTERS), (message) => (message.kind === "counters" ? [message.counters] : undefined))
  }

  private ask<Answer>(bytes: number[], answerOf: (message: ModuleMessage) => [Answer] | undefined): Promise<Answer> {
    return this.inTurn(async () => {
      for (let tries = 1; ; tries++) {
        try {
          return await this.converse(bytes, answerOf)
        } catch (error) {
          if (tries === TRIES) throw error
        }
      }
    })
  }

  private inTurn<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    const mine = this.last.then(work)
    this.last = mine.catch(() => {})
    return mine
  }

  /** Sends and waits for the answer; each message that comes starts the patience anew. */
  private converse<Answer>(bytes: number[], answerOf: (message: ModuleMessage) => [Answer] | undefined): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const giveUp = () => {
        this.hearing = undefined
        reject(new NoAnswer())
      }
      let patience = setTimeout(giveUp, PATIENCE_MILLISECONDS)
      this.hearing = (message) => {
        clearTimeout(patience)
        const answer = answerOf(message)
        if (answer === undefined) patience = setTimeout(giveUp, PATIENCE_MILLISECONDS)
        else {
          this.hearing = undefined
          resolve(answer[0])
        }
      }
      this.send(bytes)
    })
  }
}

function doneOf(message: ModuleMessage): [string] | undefined {
  return message.kind === "done" ? [message.problem] : undefined
}

type Tree = { [name: string]: unknown }

/** Rows as a tree: "sync.0.ppqn" in a list under "sync". */
function nestedOf(rows: readonly { readonly key: string; readonly value: unknown }[]): NestedSettings {
  const all: Tree = {}
  for (const { key, value } of rows) {
    const names = key.split(".")
    let node = all
    names.slice(0, -1).forEach((name, i) => (node = (node[name] ??= /^\d+$/.test(names[i + 1]) ? [] : {}) as Tree))
    node[names[names.length - 1]] = value
  }
  return all
}

/** The keys of what a nested change holds. */
export function keysOf(set: unknown, prefix = ""): string[] {
  if (typeof set !== "object" || set === null) return [prefix]
  return Object.entries(set).flatMap(([name, value]) => keysOf(value, prefix === "" ? name : `${prefix}.${name}`))
}
