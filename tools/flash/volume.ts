/** Where a board in boot mode shows up as a disk: it carries INFO_UF2.TXT, whatever it is called. */
import { existsSync, readFileSync, readdirSync } from "node:fs"
import { join } from "node:path"

const NAMES = ["RPI-RP2"]

/** Folders under which systems mount a removable disk. */
export function mountFolders(platform: NodeJS.Platform, user: string): string[] {
  if (platform === "darwin") return ["/Volumes"]
  if (platform === "win32") return []
  return [`/media/${user}`, `/run/media/${user}`, "/media", "/mnt"]
}

/** Every RP2040 in boot mode below `folders`, and every drive letter on Windows. */
export function findBoards(folders: readonly string[], drives: readonly string[] = []): string[] {
  const candidates = folders.flatMap((folder) => (existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : []))
  return [...candidates.filter((path) => NAMES.some((name) => path.endsWith(name))), ...drives].filter(isRp2040)
}

function isRp2040(path: string): boolean {
  const info = join(path, "INFO_UF2.TXT")
  return existsSync(info) && /Board-ID: RPI-RP2/.test(readFileSync(info, "latin1"))
}
