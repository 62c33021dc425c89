/**
 * What building the firmware needs, looked for before anything starts: the Moddable SDK with its tools built, the Pico SDK as that
 * version of Moddable expects it, the ARM compiler. What is missing is named with the way to get it.
 */
import { existsSync } from "node:fs"
import { delimiter, join } from "node:path"

const SETUP = "npx xs-dev setup --device pico"
const MODDABLE_PAGE = "https://github.com/Moddable-OpenSource/moddable/blob/public/documentation/devices/pico.md"
const PICO_PAGE = "https://github.com/raspberrypi/pico-sdk"

export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly exists: (path: string) => boolean
  readonly platform: NodeJS.Platform
}

export const HERE: Surroundings = { environment: process.env, exists: existsSync, platform: process.platform }

/** One line for each thing that is missing; empty when all is there. */
export function missing({ environment, exists, platform }: Surroundings): string[] {
  const lines: string[] = []
  const { MODDABLE, PICO_SDK_DIR, PICO_GCC_ROOT } = environment
  if (!MODDABLE)
    lines.push(`MODDABLE is not set; expected the folder of the Moddable SDK 8.2. Get it: ${SETUP}, or by hand: ${MODDABLE_PAGE}`)
  else if (!exists(join(MODDABLE, "tools/mcconfig")))
    lines.push(`MODDABLE is ${MODDABLE}: no Moddable SDK there. Get it: ${SETUP}, or by hand: ${MODDABLE_PAGE}`)
  else if (!isOnPath("mcconfig", environment.PATH, exists)) {
    const system = platform === "darwin" ? "mac" : platform === "win32" ? "win" : "lin"
    lines.push(
      `mcconfig is not on the PATH; expected ${join(MODDABLE, "build/bin", system, "release")} there, its tools built (${MODDABLE_PAGE})`,
    )
  }
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
