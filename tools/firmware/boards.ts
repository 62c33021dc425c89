/**
 * The boards: what mcconfig is told, what has to be there first, and where its files land. Of the ESP32s the images go to their
 * addresses by ESP-IDF's own rules: the boot loader where the chip's ROM looks for it, then Moddable's partition table.
 */
import { basename, join } from "node:path"
import { missing, missingForEsp32, type Surroundings } from "./toolchain"

export interface Image {
  readonly path: string
  readonly address: number
}

export interface Board {
  readonly words: readonly string[]
  readonly missing: (surroundings: Surroundings) => string[]
  /** Below the build folder. */
  readonly folder: string
  readonly elf: string
  /** One UF2, or what is written into an ESP32's flash. */
  readonly images: readonly Image[]
}

function esp32(subplatform: string, bootloader: number, compiler: string): Board {
  const folder = join("bin/esp32", subplatform, "release/esp32")
  return {
    words: ["-p", join("esp32", subplatform), "boards/esp32/manifest.json"],
    missing: (surroundings) => missingForEsp32(surroundings, compiler),
    folder,
    elf: "xs_esp32.elf",
    images: [
      { path: "bootloader.bin", address: bootloader },
      { path: "partition-table.bin", address: 0x8000 },
      { path: "xs_esp32.bin", address: 0x10000 },
    ],
  }
}

function pico(folder: string, subplatform: string, root: string): Board {
  return {
    words: ["-p", `pico:./boards/${folder}`],
    missing,
    folder: join("bin/pico", subplatform, "release", basename(root)),
    elf: "xs_pico.elf",
    images: [{ path: "xs_pico.uf2", address: 0 }],
  }
}

/** `root`: the top of the repository, whose name mcconfig takes for the Pico's image. */
export function boardsOf(root: string): Readonly<Record<string, Board>> {
  return {
    pico: pico("pico", "tactus", root),
    pico_w: pico("pico_w", "tactus_w", root),
    esp32s3: esp32("esp32s3", 0, "xtensa-esp32s3-elf-gcc"),
    esp32: esp32("", 0x1000, "xtensa-esp32-elf-gcc"),
  }
}
