/**
 * What building the firmware needs, looked for before anything starts: the Moddable SDK with its tools built, the Pico SDK as that
 * version of Moddable expects it, the ARM compiler; for the ESP32s ESP-IDF. What is missing is named with the way to get it.
 */
import { existsSync } from "node:fs"
import { delimiter, join } from "node:path"

const SETUP = "npx xs-dev setup --device pico"
const MODDABLE_PAGE = "https://github.com/Moddable-OpenSource/moddable/blob/public/documentation/devices/pico.md"
const ESP_SETUP = "npx xs-dev setup --device esp32"
const ESP_MODDABLE_PAGE = "https://github.com/Moddable-OpenSource/moddable/blob/public/documentation/devices/esp32.md"
const IDF_PAGE = "https://docs.espressif.com/projects/esp-idf/en/v6.0/esp32s3/get-started/"
const PICO_PAGE = "https://github.com/raspberrypi/pico-sdk"

export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly exists: (path: string) => boolean
  readonly platform: NodeJS.Platform
}

export const HERE: Surroundings = { environment: process.env, exists: existsSync, platform: process.platform }

function missingModdable({ environment, exists, platform }: Surroundings, setup: string, page: string): string[] {
  const { MODDABLE } = environment
  if (!MODDABLE) return [`MODDABLE is not set; expected the folder of the Moddable SDK 8.2. Get it: ${setup}, or by hand: ${page}`]
  if (!exists(join(MODDABLE, "tools/mcconfig")))
    return [`MODDABLE is ${MODDABLE}: no Moddable SDK there. Get it: ${setup}, or by hand: ${page}`]
  if (isOnPath("mcconfig", environment.PATH, exists)) return []
  const system = platform === "darwin" ? "mac" : platform === "win32" ? "win" : "lin"
  return [`mcconfig is not on the PATH; expected ${join(MODDABLE, "build/bin", system, "release")} there, its tools built (${page})`]
}

/** What the ESP32s want: Moddable, and ESP-IDF 6.0 with its own compilers, as its export.sh sets them. */
export function missingForEsp32(surroundings: Surroundings, gcc: string): string[] {
  const { environment, exists } = surroundings
  const { IDF_PATH } = environment
  const lines = missingModdable(surroundings, ESP_SETUP, ESP_MODDABLE_PAGE)
  if (!IDF_PATH) return [...lines, `IDF_PATH is not set; expected the folder of ESP-IDF 6.0. Get it: ${ESP_SETUP}, or by hand: ${IDF_PAGE}`]
  if (!exists(join(IDF_PATH, "tools/idf.py")))
    return [...lines, `IDF_PATH is ${IDF_PATH}: no ESP-IDF there. Get it: ${ESP_SETUP}, or by hand: ${IDF_PAGE}`]
  if (!isOnPath(gcc, environment.PATH, exists))
    lines.push(`${gcc} is not on the PATH; expected . ${join(IDF_PATH, "export.sh")} before, and ${join(IDF_PATH, "install.sh")} once`)
  return lines
}

/** What the Pico wants. One line for each thing that is missing; empty when all is there. */
export function missing(surroundings: Surroundings): string[] {
  const { environment, exists } = surroundings
  const lines = missingModdable(surroundings, SETUP, MODDABLE_PAGE)
  const { PICO_SDK_DIR, PICO_GCC_ROOT } = environment
  if (!PICO_SDK_DIR)
    lines.push(`PICO_SDK_DIR is not set; expected the folder of the Pico SDK 2.2.0. Get it: ${SETUP}, or by hand: ${PICO_PAGE}`)
  else if (!exists(join(PICO_SDK_DIR, "pico_sdk_version.cmake")))
    lines.push(`PICO_SDK_DIR is ${PICO_SDK_DIR}: no Pico SDK there. Get it: ${SETUP}, or by hand: ${PICO_PAGE}`)
  else if (!exists(join(PICO_SDK_DIR, "lib/tinyusb/src/class/midi/midi_device.c")))
    lines.push(`${join(PICO_SDK_DIR, "lib/tinyusb")} is empty; expected git submodule update --init in ${PICO_SDK_DIR}`)
  const compiler = PICO_GCC_ROOT
    ? exists(join(PICO_GCC_ROOT, "bin/arm-none-eabi-gcc"))
    : isOnPath("arm-none-eabi-gcc", environment.PATH, exists)
  if (!compiler)
    lines.push(`arm-none-eabi-gcc is not there; expected it in $PICO_GCC_ROOT/bin. Get it: ${SETUP}, or apt-get install gcc-arm-none-eabi`)
  return lines
}

function isOnPath(program: string, path: string | undefined, exists: (path: string) => boolean): boolean {
  return (path ?? "").split(delimiter).some((folder) => folder !== "" && exists(join(folder, program)))
}
