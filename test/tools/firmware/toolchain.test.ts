import assert from "node:assert/strict"
import { describe, it } from "mocha"
import { imageSizes } from "../../../tools/firmware/image"
import { missing, missingForEsp32, type Surroundings } from "../../../tools/firmware/toolchain"

const ALL = [
  "/moddable/tools/mcconfig",
  "/tools/mcconfig",
  "/pico/pico_sdk_version.cmake",
  "/pico/lib/tinyusb/src/class/midi/midi_device.c",
]
const SET = { MODDABLE: "/moddable", PICO_SDK_DIR: "/pico", PICO_GCC_ROOT: "/gcc", PATH: "/bin:/tools" }

function surroundings(environment: Record<string, string>, there: readonly string[]): Surroundings {
  return { environment, platform: "linux", exists: (path) => there.includes(path) }
}

describe("npm run firmware, before it starts", () => {
  it("misses nothing where all is there", () => {
    assert.deepEqual(missing(surroundings(SET, [...ALL, "/gcc/bin/arm-none-eabi-gcc"])), [])
  })

  it("names each thing that is missing, with the way to get it", () => {
    const lines = missing(surroundings({}, []))
    assert.equal(lines.length, 3)
    for (const [index, word] of ["MODDABLE", "PICO_SDK_DIR", "arm-none-eabi-gcc"].entries()) {
      assert.match(lines[index], new RegExp(`^${word} `))
      assert.match(lines[index], /npx xs-dev setup --device pico/)
    }
  })

  it("tells tools that are not built and submodules that were not fetched from an absent SDK", () => {
    const lines = missing(surroundings(SET, ["/moddable/tools/mcconfig", "/pico/pico_sdk_version.cmake", "/gcc/bin/arm-none-eabi-gcc"]))
    assert.match(lines[0], /^mcconfig is not on the PATH.*build\/bin\/lin\/release/)
    assert.match(lines[1], /submodule update/)
    assert.equal(lines.length, 2)
  })

  it("finds a compiler on the PATH where no root is set", () => {
    const without = { MODDABLE: SET.MODDABLE, PICO_SDK_DIR: SET.PICO_SDK_DIR, PATH: SET.PATH }
    assert.deepEqual(missing(surroundings(without, [...ALL, "/bin/arm-none-eabi-gcc"])), [])
  })
})

describe("npm run firmware for an ESP32, before it starts", () => {
  const compiler = "xtensa-esp32s3-elf-gcc"
  const set = { MODDABLE: "/moddable", IDF_PATH: "/idf", PATH: "/tools" }
  const all = ["/moddable/tools/mcconfig", "/tools/mcconfig", "/idf/tools/idf.py", `/tools/${compiler}`]

  it("misses nothing where all is there, the Pico's SDK least of all", () => {
    assert.deepEqual(missingForEsp32(surroundings(set, all), compiler), [])
  })

  it("names each thing that is missing, with the way to get it", () => {
    const lines = missingForEsp32(surroundings({}, []), compiler)
    assert.match(lines[0], /^MODDABLE .*npx xs-dev setup --device esp32/)
    assert.match(lines[1], /^IDF_PATH .*ESP-IDF 6\.0.*npx xs-dev setup --device esp32/)
    assert.equal(lines.length, 2)
  })

  it("tells a shell that was not prepared from an absent ESP-IDF", () => {
    const unprepared = missingForEsp32(surroundings(set, all.slice(0, 3)), compiler)
    assert.deepEqual(
      unprepared.map((line) => line.split(";")[0]),
      [`${compiler} is not on the PATH`],
    )
    assert.match(missingForEsp32(surroundings(set, all.slice(0, 2)), compiler)[0], /^IDF_PATH is .idf: no ESP-IDF there/)
  })
})

describe("an image's sizes", () => {
  it("count initialised data twice, in flash and in RAM, cleared data in RAM only, debug sections nowhere", () => {
    const sections = [
      [1, 2, 0x10000000, 1000],
      [1, 3, 0x20000000, 100],
      [8, 3, 0x20000100, 500],
      [1, 0, 0, 9999],
    ]
    const elf = Buffer.alloc(52 + sections.length * 40)
    elf.writeUInt32BE(0x7f454c46, 0)
    elf[4] = elf[5] = 1
    elf.writeUInt32LE(52, 32)
    elf.writeUInt16LE(sections.length, 48)
    sections.forEach(([type, flags, address, size], index) => {
      const at = 52 + index * 40
      ;[4, 8, 12, 20].forEach((offset, field) => elf.writeUInt32LE([type, flags, address, size][field], at + offset))
    })
    assert.deepEqual(imageSizes(elf), { flashBytes: 1100, ramBytes: 600 })
  })

  it("are refused for anything else", () => {
    assert.throws(() => imageSizes(Buffer.from("UF2")), /no 32-bit ELF/)
  })
})
