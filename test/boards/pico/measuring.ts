/**
 * A long measurement in a process of its own, so that others can be tested meanwhile. It steps back for whoever is in more of a hurry.
 */
import { fork } from "node:child_process"
import { constants, setPriority } from "node:os"
import { buildImage } from "./bench"
import { measure, type Measured } from "./measure"

/** What `measure` wants, but the image. */
export interface Order {
  readonly mode: number
  readonly seconds: number
  readonly isBusy?: boolean
}

type Answer = { readonly measured: Measured } | { readonly fault: string }

/** Has it measured. Rejects with the message of what did not come out as it should, or where the process was lost. */
export function measuring(order: Order): Promise<Measured> {
  return new Promise((resolve, reject) => {
    const child = fork(__filename, [JSON.stringify(order)], { execArgv: ["-r", "ts-node/register/transpile-only"] })
    // Where nobody asks for the result, nobody waits for it.
    child.unref()
    child.channel?.unref()
    process.once("exit", () => child.kill())
    child.on("message", (answer: Answer) => ("fault" in answer ? reject(new Error(answer.fault)) : resolve(answer.measured)))
    child.on("error", reject)
    child.on("exit", (code, signal) => reject(new Error(`the measurement ended with ${signal ?? code}`)))
  })
}

function answerOf({ mode, seconds, isBusy }: Order): Answer {
  try {
    const whole = measure(buildImage(), mode, seconds, true, isBusy)
    const measured = Object.fromEntries(Object.entries(whole).filter(([name]) => name !== "bench")) as unknown as Measured
    return { measured }
  } catch (error) {
    return { fault: (error as Error).message }
  }
}

if (require.main === module) {
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
  const order = JSON.parse(process.argv[2]) as Order
  process.send?.(answerOf(order), () => process.disconnect())
}
