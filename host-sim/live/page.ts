/**
 * The panel as one HTML file, scripts and styles inside: bundled from its sources when the host starts (some 50 ms), so nothing
 * built is kept anywhere and nothing is fetched from anywhere.
 */
import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { build } from "esbuild"

const PANEL = join(__dirname, "../panel")

/** A page's script and its styles; the playlist's has its own. */
const SOURCES = { panel: ["main.ts", "panel.css"], playlist: ["playlist.ts", "playlist.css"] } as const

export async function buildPage(name: keyof typeof SOURCES = "panel"): Promise<string> {
  const [frame, bundle] = await Promise.all([
    readFile(join(PANEL, "index.html"), "utf8"),
    build({
      entryPoints: SOURCES[name].map((source) => join(PANEL, source)),
      outdir: "out",
      bundle: true,
      minify: true,
      write: false,
      format: "iife",
      target: "es2022",
      charset: "utf8",
      legalComments: "none",
    }),
  ])
  const text = (ending: string) => bundle.outputFiles.find((file) => file.path.endsWith(ending))?.text ?? ""
  return frame
    .replace("<!-- styles -->", () => `<style>${text(".css")}</style>`)
    .replace("<!-- scripts -->", () => `<script>${text(".js").replaceAll("</script", "<\\/script")}</script>`)
}
