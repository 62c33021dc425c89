/** In the browser: a chosen image to the board on a chosen port, through esptool-js and Web Serial. */
import { ESPLoader, Transport } from "esptool-js"

const BAUD = 460800
/** What esptool-js calls the chips, and what our images do. The longer name first: it holds the shorter. */
const CHIPS: readonly (readonly [string, RegExp])[] = [
  ["esp32s3", /^ESP32-S3/],
  ["esp32", /^ESP32(?!-[A-Z]\d)/],
]

const get = <Kind extends HTMLElement>(id: string) => document.getElementById(id) as Kind
const choice = get<HTMLSelectElement>("image")
const button = get<HTMLButtonElement>("write")
const progress = get<HTMLProgressElement>("progress")
const output = get<HTMLOutputElement>("say")
const images = new Map([...document.querySelectorAll<HTMLElement>("[data-image]")].map((one) => [one.dataset.image ?? "", one]))

function say(text: string): void {
  output.textContent = text
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64.trim()), (character) => character.charCodeAt(0))
}

async function write(name: string): Promise<void> {
  const serial = (navigator as unknown as { serial: { requestPort(): Promise<ConstructorParameters<typeof Transport>[0]> } }).serial
  const transport = new Transport(await serial.requestPort())
  try {
    const loader = new ESPLoader({ transport, baudrate: BAUD })
    const chip = await loader.main()
    const expected = CHIPS.find(([suffix]) => name.endsWith(`-${suffix}.bin`))
    if (!expected?.[1].test(chip)) throw new Error(`this is ${chip}; ${name} is for another chip`)
    say(`${chip}: writing ${name}`)
    await loader.writeFlash({
      fileArray: [{ data: bytesOf(images.get(name)?.textContent ?? ""), address: 0 }],
      flashMode: "keep",
      flashFreq: "keep",
      flashSize: "keep",
      eraseAll: false,
      compress: true,
      reportProgress: (_file, written, total) => (progress.value = written / total),
    })
    await loader.after("hard_reset")
    say("Done. The board has started it.")
  } finally {
    await transport.disconnect()
  }
}

for (const name of images.keys()) choice.add(new Option(name))
if (!("serial" in navigator)) {
  button.disabled = true
  say("This browser has no Web Serial. Use Chrome or Edge, or esptool as README.txt says.")
}
button.addEventListener("click", () => {
  button.disabled = true
  write(choice.value)
    .catch((error: unknown) => say(`Not written: ${error instanceof Error ? error.message : String(error)}`))
    .finally(() => (button.disabled = false))
})
