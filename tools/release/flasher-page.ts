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
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
:root { --ink: #20262e; --paper: #f4f1ea; --faded: #5d6b7a; --line: #d9d4c8; --go: #1f6f54 }
body { font: 16px/1.5 Helvetica, Arial, sans-serif; max-width: 38rem; margin: 2.5rem auto; padding: 0 1rem; color: var(--ink); background: var(--paper) }
h1 { font-size: 1.9rem; letter-spacing: 0.12em; margin: 0 }
h1 small { font-size: 1rem; font-weight: normal; letter-spacing: 0; color: var(--faded) }
section { background: #fff; border: 1px solid var(--line); border-radius: 8px; padding: 0.4rem 1.5rem 1.2rem; margin: 1.4rem 0 }
h2 { font-size: 1.1rem; margin: 0.8rem 0 0.4rem }
ol { padding-left: 1.3rem; margin: 0 }
li { margin: 0.45rem 0 }
button, select { font: inherit; border-radius: 5px; padding: 0.5rem 1rem; border: 1px solid var(--ink); background: #fff; color: var(--ink); max-width: 100% }
button { background: var(--go); border-color: var(--go); color: #fff; font-weight: bold; cursor: pointer }
button:disabled { background: #b9c2bd; border-color: #b9c2bd; cursor: default }
progress { width: 100%; height: 0.8rem; margin: 1rem 0 0.3rem; accent-color: var(--go) }
output { display: block; min-height: 1.5em; white-space: pre-wrap }
footer { color: var(--faded); font-size: 0.9rem }
</style>
<h1>tactus <small>${version}</small></h1>
<section>
<h2>Write an ESP32</h2>
<ol>
<li>Plug the board in with a USB cable that carries data.</li>
<li>Choose its image: <select id="image" aria-label="Image"></select></li>
<li><button id="write">Write it</button> and pick the board's port. Not in the list? Hold BOOT, press RESET, let go of BOOT.</li>
</ol>
<progress id="progress" max="1" value="0"></progress>
<output id="say">Everything on the board is replaced, its settings too.</output>
</section>
<section>
<h2>A Raspberry Pi Pico needs no page</h2>
<ol>
<li>Hold BOOTSEL while plugging it in: a disk called RPI-RP2 appears.</li>
<li>Drop the .uf2 file of this release on it. The disk goes away and the module runs.</li>
</ol>
</section>
<footer>This page holds the images and asks no other machine for anything: it works without a network, from a disk.</footer>
${data.join("\n")}
<script>${script}</script>
</html>
`
}
