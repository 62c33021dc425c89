/** The seed's keys work wherever the focus is, except where something is being written or chosen. */
import type { Device } from "./device"

const KEYS = new Set("abcdijklIJKL9746+-><()&[]sx ".replace(")", "").split(""))

export function listenToKeys(device: Device): void {
  addEventListener("keydown", (event) => {
    const target = event.target as Element | null
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || !KEYS.has(event.key)) return
    if (target?.closest("input, select, textarea")) return
    // Whoever goes by the keyboard from control to control presses them with it.
    if (event.key === " " && target?.closest(":is(button, [role=button], [role=tab]):focus-visible")) return
    event.preventDefault()
    device.press(event.key)
  })
}
