/**
 * The compiler calls that hold a file of boards/esp32 against ESP-IDF's own headers: Debian's gcc for the architecture (there is
 * none of Espressif's in Debian), `-fsyntax-only`, warnings as errors, and an sdkconfig.h with what the headers insist on. IDF_PATH
 * is a checkout of ESP-IDF 6.0; TINYUSB_PATH (hathach/tinyusb), ESP_TINYUSB_PATH (espressif/esp-usb, device/esp_tinyusb) and
 * MODDABLE add what stands outside of it.
 */
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
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

/** What the code in IRAM of `files` refers to, and where those names are defined: in a section of ours, or nowhere here. */
interface References {
  readonly referred: ReadonlySet<string>
  readonly inFlash: ReadonlySet<string>
  readonly defined: ReadonlySet<string>
}

/** `files` compiled as Moddable compiles them (-Os -fno-inline-functions), and their relocations and symbols read. */
function references(idf: string, chip: Chip, files: readonly string[], scratch: string): References {
  const [referred, inFlash, defined] = [new Set<string>(), new Set<string>(), new Set<string>()]
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
      if (target !== undefined && isIram) referred.add(target)
      const [, home, symbol] = /^[0-9a-f]+ .{7} ([^\s\t]+)\t[0-9a-f]+ (?:\.hidden )?(\S+)$/.exec(line) ?? []
      if (symbol === undefined || home === "*UND*" || symbol.startsWith(".L")) continue
      defined.add(symbol)
      if (/^\.(?:text|s?rodata)/.test(home)) inFlash.add(symbol)
    }
  }
  if (referred.size === 0) throw new Error("no code in IRAM found")
  return { referred, inFlash, defined }
}

/** Functions and tables of ours in flash that code in IRAM refers to: no attribute brings them over, or nothing inlined them. */
export function flashReferences(idf: string, chip: Chip, files: readonly string[], scratch: string): string[] {
  const { referred, inFlash } = references(idf, chip, files, scratch)
  return [...referred].filter((name) => inFlash.has(name) || /^\.(?:text|s?rodata)/.test(name)).sort()
}

/** What code in IRAM refers to that is not ours: [name, where ESP-IDF says it lies], where empty if it does not say. */
export function strangers(idf: string, chip: Chip, files: readonly string[], scratch: string): [string, string][] {
  const { referred, defined } = references(idf, chip, files, scratch)
  const names = [...referred].filter((name) => !defined.has(name) && /^\w+$/.test(name)).sort()
  const components = join(idf, "components")
  const text = (...path: string[]) => readFileSync(join(components, ...path), "utf8")
  const all = (folder: string) => readdirSync(join(components, folder)).map((name) => text(folder, name))
  const fragments = ["esp_driver_gptimer", "freertos"].map((one) => text(one, "linker.lf")).join("\n")
  const addresses = [...all(`esp_rom/${chip.name}/ld`), ...all(`soc/${chip.name}/ld`)].join("\n")
  const timer = ["lac", "systimer"].map((one) => text(`esp_timer/src/esp_timer_impl_${one}.c`))
  const assembly = chip.architecture === "xtensa" ? text("freertos/FreeRTOS-Kernel/portable/xtensa/portasm.S") : ""
  return names.map((name) => {
    if (new RegExp(`: *${name} \\(noflash`).test(fragments)) return [name, "IRAM, by a linker fragment"]
    if (new RegExp(`\\b${name} *= *0x`).test(addresses)) return [name, "ROM or a peripheral, by address"]
    if (/portasm \(noflash_text\)/.test(fragments) && assembly.includes(`\n${name}:`)) return [name, "IRAM, FreeRTOS's assembly"]
    if (timer.every((one) => isTimerInIram(one, name))) return [name, "IRAM, with ESP_TIMER_IN_IRAM"]
    return [name, ""]
  })
}

/** An alias of a function with the attribute that CONFIG_ESP_TIMER_IN_IRAM fills. */
function isTimerInIram(source: string, name: string): boolean {
  const [, other] = new RegExp(`\\b${name}\\(void\\) __attribute__\\(\\(alias\\("(\\w+)"`).exec(source) ?? []
  return other !== undefined && new RegExp(`ESP_TIMER_IRAM_ATTR ${other}\\(`).test(source)
}

/** Settings of `defaults` that neither ESP-IDF nor the component of TinyUSB has an option for. */
export function unknownSettings(idf: string, tinyusbComponent: string, defaults: string): string[] {
  const settings = [...defaults.matchAll(/^CONFIG_(\w+)=/gm)].map(([, name]) => name)
  const folders = [...readdirSync(join(idf, "components")).map((name) => join(idf, "components", name)), tinyusbComponent]
  const kconfigs = folders.flatMap((folder) => ["Kconfig", "Kconfig.projbuild"].map((name) => join(folder, name))).filter(existsSync)
  const text = kconfigs.map((path) => readFileSync(path, "utf8")).join("\n")
  return settings.filter((name) => !new RegExp(`^\\s*(?:menu)?config ${name}\\s*$`, "m").test(text))
}
