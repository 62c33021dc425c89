/**
 * What the tools know of each kind of part: its terminals, its letter, its KiCad footprint and, for integrated circuits, which
 * package pin each terminal of each gate is. Electrical figures are not here: ratings stand in the netlists, models in models.ts.
 */
interface Kind {
  readonly letter: string
  readonly terminals: readonly string[]
  /** KiCad library and symbol. */
  readonly symbol: string
  readonly footprint: string
  /** Package pin of each terminal, for parts that are one package. Default: 1, 2, 3 in the order of `terminals`. */
  readonly pins?: Readonly<Record<string, string>>
}

const AXIAL = "Resistor_THT:R_Axial_DIN0207_L6.3mm_D2.5mm_P10.16mm_Horizontal"
const SMALL_DIODE = "Diode_THT:D_DO-35_SOD27_P7.62mm_Horizontal"
const LARGE_DIODE = "Diode_THT:D_DO-41_SOD81_P10.16mm_Horizontal"

export const KINDS: Readonly<Record<string, Kind>> = {
  resistor: { letter: "R", terminals: ["a", "b"], symbol: "Device:R", footprint: AXIAL },
  capacitor: { letter: "C", terminals: ["a", "b"], symbol: "Device:C", footprint: "Capacitor_THT:C_Disc_D5.0mm_W2.5mm_P5.00mm" },
  diode: { letter: "D", terminals: ["cathode", "anode"], symbol: "Device:D", footprint: SMALL_DIODE },
  zener: { letter: "D", terminals: ["cathode", "anode"], symbol: "Device:D_Zener", footprint: LARGE_DIODE },
  led: { letter: "D", terminals: ["cathode", "anode"], symbol: "Device:LED", footprint: "LED_THT:LED_D3.0mm" },
  npn: {
    letter: "Q",
    terminals: ["emitter", "base", "collector"],
    symbol: "Transistor_BJT:2N3904",
    footprint: "Package_TO_SOT_THT:TO-92_Inline",
  },
  jack: {
    letter: "J",
    terminals: ["tip", "sleeve"],
    symbol: "Connector_Audio:AudioJack2",
    footprint: "Connector_Audio:Jack_3.5mm_QingPu_WQP-PJ398SM_Vertical_CircularHoles",
    pins: { tip: "T", sleeve: "S" },
  },
  din5: {
    letter: "J",
    terminals: ["source", "sink", "shield"],
    symbol: "Connector:DIN-5_180degree",
    footprint: "Connector_PinHeader_2.54mm:PinHeader_1x05_P2.54mm_Vertical",
    pins: { source: "4", sink: "5", shield: "2" },
  },
  header: {
    letter: "J",
    terminals: ["+12", "gnd"],
    symbol: "Connector_Generic:Conn_02x05_Odd_Even",
    footprint: "Connector_IDC:IDC-Header_2x05_P2.54mm_Vertical",
    pins: { "+12": "9 10", gnd: "3 4 5 6 7 8" },
  },
  fuse: { letter: "F", terminals: ["a", "b"], symbol: "Device:Polyfuse", footprint: "Fuse:Fuse_BelFuse_0ZRE0055FF_L14.0mm_W4.1mm" },
  jumper: {
    letter: "JP",
    terminals: ["a", "b"],
    symbol: "Jumper:Jumper_2_Open",
    footprint: "Connector_PinHeader_2.54mm:PinHeader_1x02_P2.54mm_Vertical",
  },
  pot: {
    letter: "RV",
    terminals: ["bottom", "wiper", "top"],
    symbol: "Device:R_Potentiometer",
    footprint: "Potentiometer_THT:Potentiometer_Alpha_RD901F-40-00D_Single_Vertical_CircularHoles",
  },
  button: { letter: "S", terminals: ["a", "b"], symbol: "Switch:SW_Push", footprint: "Button_Switch_THT:SW_PUSH_6mm" },
  regulator: {
    letter: "U",
    terminals: ["in", "gnd", "out"],
    symbol: "Regulator_Switching:R-78E5.0-0.5",
    footprint: "Converter_DCDC:Converter_DCDC_RECOM_R-78E-0.5_THT",
  },
  comparator: {
    letter: "U",
    terminals: ["plus", "minus", "out", "vcc", "gnd"],
    symbol: "Comparator:LM339",
    footprint: "Package_DIP:DIP-14_W7.62mm",
  },
  opamp: {
    letter: "U",
    terminals: ["plus", "minus", "out", "vcc", "gnd"],
    symbol: "Amplifier_Operational:TLC272",
    footprint: "Package_DIP:DIP-8_W7.62mm",
  },
  buffer: {
    letter: "U",
    terminals: ["in", "enable", "out", "vcc", "gnd"],
    symbol: "74xx:74AHCT125",
    footprint: "Package_DIP:DIP-14_W7.62mm",
  },
  opto: {
    letter: "U",
    terminals: ["anode", "cathode", "out", "vcc", "gnd"],
    symbol: "Isolator:H11L1",
    footprint: "Package_DIP:DIP-6_W7.62mm",
    pins: { anode: "1", cathode: "2", out: "4", gnd: "5", vcc: "6" },
  },
  keys165: {
    letter: "U",
    terminals: ["A", "B", "C", "D", "E", "F", "G", "H", "load", "clock", "inhibit", "serial", "out", "vcc", "gnd"],
    symbol: "74xx:74HC165",
    footprint: "Package_DIP:DIP-16_W7.62mm",
    pins: {
      A: "11",
      B: "12",
      C: "13",
      D: "14",
      E: "3",
      F: "4",
      G: "5",
      H: "6",
      load: "1",
      clock: "2",
      inhibit: "15",
      serial: "10",
      out: "9",
      vcc: "16",
      gnd: "8",
    },
  },
  lights595: {
    letter: "U",
    terminals: ["A", "B", "C", "D", "E", "F", "G", "H", "data", "clock", "latch", "enable", "clear", "vcc", "gnd"],
    symbol: "74xx:74HC595",
    footprint: "Package_DIP:DIP-16_W7.62mm",
    pins: {
      A: "15",
      B: "1",
      C: "2",
      D: "3",
      E: "4",
      F: "5",
      G: "6",
      H: "7",
      data: "14",
      clock: "11",
      latch: "12",
      enable: "13",
      clear: "10",
      vcc: "16",
      gnd: "8",
    },
  },
  pico: {
    letter: "U",
    terminals: [...Array.from({ length: 23 }, (_, pin) => `GP${pin}`), "GP26", "GP27", "GP28", "VSYS", "3V3", "GND"],
    symbol: "MCU_Module:RaspberryPi_Pico",
    footprint: "Module:RaspberryPi_Pico_Common_THT",
    pins: picoPins(),
  },
}

/** A board pin each for the RP2040's pads: GP0..GP22 run round the edge, each fourth pair interrupted by a ground pin. */
function picoPins(): Record<string, string> {
  const pins: Record<string, string> = { VSYS: "39", "3V3": "36", GND: "3 8 13 18 23 28 33 38", GP26: "31", GP27: "32", GP28: "34" }
  for (let pin = 0; pin <= 15; pin++) pins[`GP${pin}`] = String(1 + pin + Math.floor((pin + 2) / 4))
  for (let pin = 16; pin <= 21; pin++) pins[`GP${pin}`] = String(5 + pin + (pin >= 18 ? 1 : 0))
  pins.GP22 = "29"
  return pins
}

/** Package pins of the gates of a package of several: [gate][terminal]. Supply pins are shared. */
export const GATES: Readonly<Record<string, { vcc: string; gnd: string; gates: readonly Readonly<Record<string, string>>[] }>> = {
  LM339: {
    vcc: "3",
    gnd: "12",
    gates: [
      { out: "2", minus: "4", plus: "5" },
      { out: "1", minus: "6", plus: "7" },
      { out: "14", minus: "8", plus: "9" },
      { out: "13", minus: "10", plus: "11" },
    ],
  },
  "74AHCT125": quad125(),
  TLC272: {
    vcc: "8",
    gnd: "4",
    gates: [
      { out: "1", minus: "2", plus: "3" },
      { out: "7", minus: "6", plus: "5" },
    ],
  },
}

function quad125() {
  return {
    vcc: "14",
    gnd: "7",
    gates: [
      { enable: "1", in: "2", out: "3" },
      { enable: "4", in: "5", out: "6" },
      { enable: "10", in: "9", out: "8" },
      { enable: "13", in: "12", out: "11" },
    ],
  }
}
