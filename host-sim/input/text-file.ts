/** Reading text files of any length, with errors that name the file. */
import { closeSync, openSync, readFileSync, readSync } from "node:fs"
import { StringDecoder } from "node:string_decoder"
import { BadInput, fileProblem } from "./bad-input"

const CHUNK_BYTES = 1 << 20
const LONGEST_LINE = 1 << 24

/** The whole file as text, without a byte order mark. */
export function readText(file: string): string {
  try {
    return withoutMark(readFileSync(file, "utf8"))
  } catch (error) {
    throw fileProblem(file, error)
  }
}

/** Calls `take` with each line and its number from 1. Holds one chunk of the file at a time, so its size does not matter. */
export function eachLine(file: string, take: (line: string, number: number) => void): void {
  let descriptor: number
  try {
    descriptor = openSync(file, "r")
  } catch (error) {
    throw fileProblem(file, error)
  }
  try {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES)
    const decoder = new StringDecoder("utf8")
    let number = 0
    let rest = ""
    for (let size = readSync(descriptor, chunk); size > 0; size = readSync(descriptor, chunk)) {
      const lines = (rest + decoder.write(chunk.subarray(0, size))).split("\n")
      rest = lines.pop() as string
      for (const line of lines) take(++number === 1 ? withoutMark(line) : line, number)
      if (rest.length > LONGEST_LINE)
        throw new BadInput(`${file}:${number + 1}: the line is over 16 million characters; expected JSON lines`)
    }
    rest += decoder.end()
    if (rest !== "") take(++number === 1 ? withoutMark(rest) : rest, number)
  } catch (error) {
    throw fileProblem(file, error)
  } finally {
    closeSync(descriptor)
  }
}

function withoutMark(text: string): string {
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
}
