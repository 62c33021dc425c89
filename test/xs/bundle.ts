/**
 * One script out of a module and all it imports, for engines that take no modules. XS 13 is about ES2022, so that is the target;
 * names stay as they are, so that an error in the guest can be read.
 */
import { buildSync } from "esbuild"

/** The script; it puts the exports of `entry` into the global `globalName`. */
export function bundle(entry: string, globalName = "guest"): string {
  const result = buildSync({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: "iife",
    globalName,
    target: "es2022",
    platform: "neutral",
    logLevel: "silent",
  })
  return result.outputFiles[0].text
}
