/**
 * The compiler calls that hold a file of boards/esp32 against ESP-IDF's own headers: Debian's gcc for the architecture (there is
 * none of Espressif's in Debian), `-fsyntax-only`, warnings as errors, and an sdkconfig.h with what the headers insist on. IDF_PATH
 * is a checkout of ESP-IDF 6.0; TINYUSB_PATH (hathach/tinyusb), ESP_TINYUSB_PATH (espressif/esp-usb, device/esp_tinyusb) and
 * MODDABLE add what stands outside of it.
 */
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs"
import { basename, join } from "node:path"

const BOARDS = join(__dirname, "../../../boards")
/** Debian's newlib: gcc for these architectures brings no C library along. */
const C_LIBRARY = "/usr/lib/arm-none-eabi/include"

export interface Chip {
  readonly name: string
  readonly compiler: string
  readonly architecture: "xtensa" | "riscv"
  readonly flags: readonly string[]
  readonly config: readonly string[]
}

const TWO_CORES = ["FREERTOS_NUMBER_OF_CORES 2", "IDF_TARGET_ARCH_XTENSA 1", "ESP_DEFAULT_CPU_FREQ_MHZ 240"]
const ONE_CORE = [
  "FREERTOS_NUMBER_OF_CORES 1",
  "FREERTOS_UNICORE 1",
  "ESP_SYSTEM_SINGLE_CORE_MODE 1",
  "IDF_TARGET_ARCH_RISCV 1",
  "ESP_DEFAULT_CPU_FREQ_MHZ 160",
]
const XTENSA_FLAGS = ["-D_JBTYPE=int", "-D_JBLEN=17"]

export const CHIPS: readonly Chip[] = [
  {
    name: "esp32s3",
    compiler: "xtensa-lx106-elf-gcc",
    architecture: "xtensa",
    flags: [...XTENSA_FLAGS, "-DESP32=3", "-DCFG_TUSB_MCU=OPT_MCU_ESP32S3"],
    config: [...TWO_CORES, "IDF_TARGET_ESP32S3 1", "FREERTOS_SYSTICK_USES_SYSTIMER 1", "TINYUSB_MIDI_COUNT 1"],
  },
  {
    name: "esp32",
    compiler: "xtensa-lx106-elf-gcc",
    architecture: "xtensa",
    flags: [...XTENSA_FLAGS, "-DESP32=1", "-DTACTUS_SHAPED_SYNC=255"],
    config: [...TWO_CORES, "IDF_TARGET_ESP32 1", "FREERTOS_CORETIMER_0 1"],
  },
  {
    name: "esp32c3",
    compiler: "riscv64-unknown-elf-gcc",
    architecture: "riscv",
    flags: ["-march=rv32imc", "-mabi=ilp32", "-DESP32=4"],
    config: [...ONE_CORE, "IDF_TARGET_ESP32C3 1", "FREERTOS_SYSTICK_USES_SYSTIMER 1"],
  },
]

const CONFIG = [
  "FREERTOS_HZ 1000",
  "FREERTOS_MAX_TASK_NAME_LEN 16",
  "FREERTOS_ISR_STACKSIZE 2100",
  "FREERTOS_IDLE_TASK_STACKSIZE 1024",
  "FREERTOS_TASK_NOTIFICATION_ARRAY_ENTRIES 1",
  "FREERTOS_QUEUE_REGISTRY_SIZE 0",
  "FREERTOS_TIMER_TASK_PRIORITY 1",
  "FREERTOS_TIMER_TASK_STACK_DEPTH 2048",
  "FREERTOS_TIMER_QUEUE_LENGTH 10",
  "FREERTOS_CHECK_STACKOVERFLOW_PTRVAL 1",
  "FREERTOS_THREAD_LOCAL_STORAGE_POINTERS 1",
  "FREERTOS_IN_IRAM 1",
  "GPTIMER_CTRL_FUNC_IN_IRAM 1",
  "GPTIMER_ISR_CACHE_SAFE 1",
  "GPTIMER_ISR_HANDLER_IN_IRAM 1",
  "LOG_MAXIMUM_LEVEL 0",
  "LOG_DEFAULT_LEVEL 0",
]

const COMPONENTS = [
  ...["esp_common", "esp_timer", "esp_hw_support", "esp_hw_support/etm", "esp_rom", "log", "heap", "esp_system", "soc", "hal"],
  ...["hal/platform_port", "freertos/FreeRTOS-Kernel", "freertos/config", "freertos/esp_additions", "esp_driver_gpio", "esp_mm"],
  ...["esp_driver_uart", "esp_driver_gptimer", "esp_driver_dac", "esp_adc", "nvs_flash", "esp_partition", "esp_blockdev"],
]

/** Folders with headers, as the components' CMake files would give them. */
function folders(idf: string, { name, architecture }: Chip): string[] {
  const components = join(idf, "components")
  const names = [...COMPONENTS, architecture, ...readdirSync(components).filter((one) => one.startsWith("esp_hal_"))]
  const inside = [
    ...["include", `include/${name}`, `${name}/include`, `${name}/register`, `${name}/include/${name}`, name],
    ...[`include/${architecture}`, `${architecture}/include`, `portable/${architecture}/include`, `include/soc/${name}`],
    ...["include/freertos", `${architecture}/include/freertos`, `portable/${architecture}/include/freertos`],
  ]
  return names.flatMap((one) => inside.map((sub) => join(components, one, sub))).filter((folder) => existsSync(folder))
}

function flagsFor(idf: string, chip: Chip, scratch: string, others: readonly string[]): string[] {
  const own = join(scratch, chip.name)
  mkdirSync(own, { recursive: true })
  const lines = [...CONFIG, ...chip.config].map((line) => `#define CONFIG_${line}\n`)
  writeFileSync(join(own, "sdkconfig.h"), `#pragma once\n#define CONFIG_IDF_TARGET "${chip.name}"\n${lines.join("")}`)
  writeFileSync(join(own, "mc.xs.h"), "")
  const near = [own, join(BOARDS, "native"), join(BOARDS, "esp32/port"), join(BOARDS, "esp32"), join(BOARDS, "pico")]
  const far = [...folders(idf, chip), ...others, C_LIBRARY]
  const flags = ["-std=gnu17", "-DESP_PLATFORM=1", "-D__ets__", "-Wall", "-Wextra", "-Werror", ...chip.flags]
  const headers = [...near.map((one) => `-I${one}`), ...far.flatMap((one) => ["-isystem", one])]
  return [...flags, ...headers, "-idirafter", join(idf, "components/esp_libc/platform_include")]
}

/** Warnings and errors of `file` on `chip`; empty if there are none. `scratch` is a folder to write into. */
export function complaints(idf: string, chip: Chip, file: string, scratch: string, others: readonly string[]): string {
  const result = spawnSync(chip.compiler, ["-fsyntax-only", ...flagsFor(idf, chip, scratch, others), file], { encoding: "utf8" })
  return result.status === 0 ? "" : (result.error?.message ?? result.stderr)
}

/**
 * What code in IRAM refers to in flash, of `files` compiled as Moddable compiles them (-Os -fno-inline-functions): functions and
 * tables of ours that no attribute brings over, small inline functions that were not inlined after all.
 */
export function flashReferences(idf: string, chip: Chip, files: readonly string[], scratch: string): string[] {
  const inFlash = new Set<string>()
  const referred: string[] = []
  for (const file of files) {
    const object = join(scratch, `${chip.name}-${basename(file)}.o`)
    const flags = ["-Os", "-fno-inline-functions", "-c", ...flagsFor(idf, chip, scratch, []), "-o", object]
    const compiled = spawnSync(chip.compiler, [...flags, file], { encoding: "utf8" })
    if (compiled.status !== 0) throw new Error(compiled.stderr)
    const dump = spawnSync(chip.compiler.replace(/gcc$/, "objdump"), ["-t", "-r", object], { encoding: "utf8" }).stdout
    let isIram = false
    for (const line of dump.split("\n")) {
      const [, section] = /^RELOCATION RECORDS FOR \[(.*)\]/.exec(line) ?? []
      if (section !== undefined) isIram = section.startsWith(".iram1")
      const [, target] = /^[0-9a-f]+ R_\w+ +([^ +]+?)(?:[+-]0x[0-9a-f]+)?$/.exec(line) ?? []
      if (target !== undefined && isIram) referred.push(target)
      const [, symbol] = /^[0-9a-f]+ .{7} \.(?:text|s?rodata)[^\t]*\t[0-9a-f]+ (?:\.hidden )?(\S+)$/.exec(line) ?? []
      if (symbol !== undefined && !symbol.startsWith(".L")) inFlash.add(symbol)
    }
  }
  if (referred.length === 0) throw new Error("no code in IRAM found")
  return [...new Set(referred.filter((name) => inFlash.has(name) || /^\.(?:text|s?rodata)/.test(name)))].sort()
}
