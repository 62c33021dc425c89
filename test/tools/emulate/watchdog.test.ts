/** The watchdog, the stored settings and the panel's registers of the emulated board: registers written by hand, no firmware. */
import assert from "node:assert/strict"
import { describe, it } from "mocha"
import { PIN_PANEL_BUTTONS, PIN_PANEL_CLOCK, PIN_PANEL_LATCH, PIN_PANEL_LIGHTS } from "../../../boards/pico/pins"
import { Chip } from "../../../tools/emulate/chip"
import { PanelRegisters } from "../../../tools/emulate/panel-registers"
import { attachWatchdog, resume, type Remains } from "../../../tools/emulate/watchdog"

const RAM = 0x20000000
const LOOP = 0xe7fe // b .
const WATCHDOG = 0x40058000
const LOAD = WATCHDOG + 4
const REASON = WATCHDOG + 8
const SCRATCH4 = WATCHDOG + 0x1c
const ENABLE = 1 << 30
const WDSEL = 0x40010008
const EVERYTHING_BUT_THE_OSCILLATORS = 0x1fffc
const SIO_OUT = 0xd0000010
const SIO_ENABLE = 0xd0000020
const PIN_CONTROL = 0x40014004
const FUNCTION_SIO = 5

function loopingChip(): { chip: Chip; remains: Remains[] } {
  const chip = new Chip()
  const remains: Remains[] = []
  attachWatchdog(chip, (left) => remains.push(left))
  chip.writeUint16(RAM, LOOP)
  chip.core.PC = RAM
  return { chip, remains }
}

describe("the emulated watchdog", () => {
  it("resets the chip when it has run out: two counts a microsecond, and none where it is fed", () => {
    const { chip, remains } = loopingChip()
    chip.writeUint32(WDSEL, EVERYTHING_BUT_THE_OSCILLATORS)
    chip.writeUint32(LOAD, 2000)
    chip.writeUint32(WATCHDOG, ENABLE)
    chip.runUntil(900e3)
    chip.writeUint32(LOAD, 2000)
    chip.runUntil(1800e3)
    assert.equal(chip.isOver, false, "fed")
    chip.runUntil(5e6)
    assert.ok(chip.isOver)
    assert.ok(Math.abs(chip.nanos - 1900e3) < 1000, `${chip.nanos} ns`)
    assert.equal(remains.length, 1)
    assert.equal(remains[0].reason, 1, "the timer's doing")
  })

  it("leaves RAM, flash and the scratch registers to the chip that comes after", () => {
    const { chip, remains } = loopingChip()
    chip.writeUint32(RAM + 0x1000, 0x12345678)
    chip.writeUint32(SCRATCH4, 0x6ab73121)
    chip.flash[77] = 9
    chip.writeUint32(WDSEL, EVERYTHING_BUT_THE_OSCILLATORS)
    chip.writeUint32(LOAD, 20)
    chip.writeUint32(WATCHDOG, ENABLE)
    chip.runUntil(1e6)
    const next = new Chip()
    resume(next, remains[0])
    assert.equal(next.readUint32(RAM + 0x1000), 0x12345678)
    assert.equal(next.readUint32(SCRATCH4), 0x6ab73121)
    assert.equal(next.readUint32(REASON), 1)
    assert.equal(next.flash[77], 9)
    assert.equal(next.isOver, false)
  })

  it("does nothing for firmware that selected nothing to be reset, and says so", () => {
    const { chip, remains } = loopingChip()
    const said: string[] = []
    chip.logger.error = (_component, message) => said.push(message)
    chip.writeUint32(LOAD, 20)
    chip.writeUint32(WATCHDOG, ENABLE)
    chip.runUntil(15e3)
    assert.deepEqual([chip.isOver, remains.length], [false, 0])
    assert.match(said[0], /WDSEL 0x0 selects no reset/)
  })
})

describe("the emulated panel", () => {
  it("gives the buttons bit by bit and shows, at the next rise of the latch, the last eight lights that went in", () => {
    const chip = new Chip()
    const pressed = 0b10_0000_0101
    const panel = new PanelRegisters(chip, () => pressed)
    for (const pin of [PIN_PANEL_CLOCK, PIN_PANEL_LATCH, PIN_PANEL_LIGHTS]) chip.writeUint32(PIN_CONTROL + 8 * pin, FUNCTION_SIO)
    chip.writeUint32(SIO_ENABLE, (1 << PIN_PANEL_CLOCK) | (1 << PIN_PANEL_LATCH) | (1 << PIN_PANEL_LIGHTS))
    let out = 0
    const put = (pin: number, level: number) => chip.writeUint32(SIO_OUT, (out = (out & ~(1 << pin)) | (level << pin)))
    const poll = (lights: number) => {
      let buttons = 0
      put(PIN_PANEL_LATCH, 1)
      for (let i = 0; i < 16; i++) {
        if (!chip.gpio[PIN_PANEL_BUTTONS]["rawInputValue"]) buttons |= 1 << i
        put(PIN_PANEL_LIGHTS, (lights >> ((15 - i) & 7)) & 1)
        put(PIN_PANEL_CLOCK, 1)
        put(PIN_PANEL_CLOCK, 0)
      }
      put(PIN_PANEL_LATCH, 0)
      return buttons
    }
    assert.equal(poll(0xa5), pressed)
    assert.equal(panel.lights, 0)
    poll(0x03)
    assert.equal(panel.lights, 0xa5)
    poll(0)
    assert.equal(panel.lights, 0x03)
  })
})
