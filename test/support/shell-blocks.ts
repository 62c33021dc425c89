/** The shell commands of a Markdown file: its fenced `sh` blocks, those apart that it says are not to be run by the tests. */
export interface ShellBlock {
  /** Number of the first line of commands, from 1. */
  readonly line: number
  readonly commands: string
  /** From `<!-- not run here: reason -->` on the line above the fence (blank lines between are fine). */
  readonly notRun: string | undefined
}

/** Throws where a fence is not closed. */
export function shellBlocks(markdown: string): ShellBlock[] {
  const lines = markdown.split("\n")
  const blocks: ShellBlock[] = []
  for (let at = 0; at < lines.length; at++) {
    const fence = /^(\s*)(```+)\s*(\w*)/.exec(lines[at])
    if (!fence) continue
    const end = lines.findIndex((line, index) => index > at && line.trim() === fence[2])
    if (end < 0) throw new Error(`the fence in line ${at + 1} is not closed`)
    if (fence[3] === "sh") {
      const commands = lines.slice(at + 1, end).map((line) => (line.startsWith(fence[1]) ? line.slice(fence[1].length) : line))
      blocks.push({ line: at + 2, commands: commands.join("\n"), notRun: remarkAbove(lines, at) })
    }
    at = end
  }
  return blocks
}

function remarkAbove(lines: readonly string[], fence: number): string | undefined {
  let above = fence - 1
  while (above >= 0 && lines[above].trim() === "") above--
  return /^\s*<!--\s*not run here:\s*(.+?)\s*-->\s*$/.exec(lines[above] ?? "")?.[1]
}
