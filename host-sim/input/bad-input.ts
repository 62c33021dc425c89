/**
 * The world's fault, told in one line: which file and where, what stands there, what was expected. Whoever composes a
 * command prints the message and exits with 2; every other error is a fault of ours and may show its stack.
 */
export class BadInput extends Error {}

/** A value as a message shows it: JSON, cut to a length that leaves room for the rest of the line. */
export function shown(value: unknown): string {
  const text = typeof value === "string" || typeof value === "object" ? JSON.stringify(value) : String(value)
  return text.length <= 40 ? text : text.slice(0, 37) + "..."
}

const REASONS: Record<string, string> = {
  ENOENT: "there is no such file",
  ENOTDIR: "a part of its path is not a folder",
  EISDIR: "is a folder; expected a file",
  EACCES: "may not be read or written",
  EPERM: "may not be read or written",
  EROFS: "stands on a read-only file system",
  ENOSPC: "no space left on the device",
  EEXIST: "is a file; expected a folder",
  ELOOP: "is a link that leads nowhere",
  ENAMETOOLONG: "its name is too long",
  EMFILE: "too many open files",
}

/** What went wrong with a file, from an error of node:fs; errors of any other kind are passed on as they are. */
export function fileProblem(file: string, error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException | undefined)?.code
  if (error instanceof BadInput || typeof code !== "string" || (error as NodeJS.ErrnoException).errno === undefined) return error
  return new BadInput(`${file}: ${REASONS[code] ?? code}`)
}
