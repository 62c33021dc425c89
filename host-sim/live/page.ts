/**
 * The panel as one HTML file, scripts and styles inside: bundled from its sources when the host starts (some 50 ms), so nothing
 * built is kept anywhere and nothing is fetched from anywhere.
 */
import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { build } from "esbuild"

const PANEL = join(__dirname, "../panel")

export async function buildPage(): Promise<string> {
  const [frame, bundle] = await Promise.all([
    readFile(join(PANEL, "index.html"), "utf8"),
    build({
      entryPoints: [join(PANEL, "main.ts"), join(PANEL, "panel.css")],
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
