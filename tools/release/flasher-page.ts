/** The page that writes an ESP32 from the browser, in one file: the script bundled, the images inside. It works from a disk. */
import { buildSync } from "esbuild"
import { join } from "node:path"

export function flasherPage(version: string, images: ReadonlyMap<string, Buffer>): string {
  const bundle = buildSync({
    entryPoints: [join(__dirname, "flasher/page.ts")],
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    platform: "browser",
    logLevel: "silent",
    legalComments: "inline",
  })
  // A script may not hold its own end tag.
  const script = bundle.outputFiles[0].text.replaceAll("</script", "<\\/script")
  const data = [...images].map(([name, bytes]) => `<script type="text/plain" data-image="${name}">${bytes.toString("base64")}</script>`)
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>tactus ${version}: flash an ESP32</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 36rem; margin: 3rem auto; padding: 0 1rem; color: #222; background: #f7f5f0 }
button, select { font: inherit; padding: 0.5rem 1rem; margin-right: 0.5rem }
progress { width: 100%; height: 1.2rem; margin: 1.5rem 0 0.5rem }
output { display: block; min-height: 3em; white-space: pre-wrap }
</style>
<h1>tactus ${version}</h1>
<p>Plug the board in, choose its image, press the button and pick its port. If it is not found: hold BOOT, press RESET, let go of BOOT.
Everything on the board is replaced, settings too. Nothing leaves this page.</p>
<p><select id="image" aria-label="Image"></select><button id="write">Write it</button></p>
<progress id="progress" max="1" value="0"></progress>
<output id="say"></output>
${data.join("\n")}
<script>${script}</script>
</html>
`
}
