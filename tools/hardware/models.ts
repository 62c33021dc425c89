/**
 * SPICE models, written from datasheet figures. Where a datasheet gives a spread, the figure that makes the check harder is taken:
 * a Schottky diode's maximum forward voltage, a comparator's slowest response, a transistor's least gain. Buffers have two corners,
 * `weak` for levels and edges, `strong` for currents into shorts.
 *
 * Sources (maximum or typical at 25 C): BAT85 0.24 V at 0.1 mA, 0.32 V at 1 mA, 0.4 V at 10 mA; 1N5819 0.6 V at 1 A; 1N4148 1 V at
 * 10 mA; 1N4734A 5.6 V at 45 mA, 5 ohm; 2N3904 gain 100 at 10 mA; LM339 response 1.3 us at 5 mV overdrive, 0.4 V at 4 mA, bias 250 nA;
 * 74AHCT125 0.44 V at 8 mA (weak), threshold 0.8..2.0 V, 10 ns; TLC272 1.7 MHz, 2.9 V/us, 1.5 V short of its supply; H11L1 on at 1.6 mA, off at 0.75 of it,
 * 1.2 us, sinks 16 mA at 0.4 V, LED 1.5 V at 10 mA.
 */
import type { Part } from "./netlist"
import { parseValue } from "./value"

export type Drive = "weak" | "strong"

export interface Options {
  readonly drive: Drive
  /** Are the jumpers closed? */
  readonly jumper: boolean
  /** A pot's position, 0 (bottom) to 1. */
  readonly position: number
}

export const DEFAULTS: Options = { drive: "weak", jumper: true, position: 0.5 }

export const MODEL_CARDS = `
.model 1N4148 D(Is=2.5n N=1.75 Rs=0.6 Cjo=4p Tt=6n BV=100 Ibv=100u)
.model BAT85 D(Is=9.3n N=1 Rs=4 Cjo=10p BV=40 Ibv=100u)
.model 1N5819 D(Is=500n N=1.05 Rs=0.2 Cjo=110p BV=50 Ibv=1m)
.model 1N4734A D(Is=1n N=1.5 Rs=3 Cjo=300p BV=5.4 Ibv=1m)
.model LED-RED-3MM D(Is=1e-20 N=1.8 Rs=5 Cjo=20p BV=10)
.model LED-OPTO D(Is=1e-14 N=2 Rs=6 Cjo=30p BV=12)
.model CLAMP D(Is=1e-14 N=1 Rs=5)
.model 2N3904 NPN(Is=1e-14 Bf=100 Br=4 Vaf=100 Rb=20 Rc=1 Cje=8p Cjc=4p Tf=0.4n Tr=200n)
`

/** Ohms of one gate's output, and the seconds it takes to switch. */
const GATE = {
  "74AHCT125": { weak: 55, strong: 20, delay: 10e-9 },
} as const

/** Lines of the deck for one part. `node` names a net's SPICE node. Currents of interest flow through sources named after the part. */
export function elementsOf(part: Part, node: (net: string) => string, options: Options): string[] {
  const at = (terminal: string): string => node(part.nets[terminal])
  const n = part.name
  switch (part.kind) {
    case "resistor":
      return [`R${n} ${at("a")} ${at("b")} ${parseValue(part.value)}`]
    case "capacitor":
      return [`C${n} ${at("a")} ${at("b")} ${parseValue(part.value)}`]
    case "fuse":
      return [`R${n} ${at("a")} ${at("b")} ${part.ohms}`]
    case "jumper":
      return [`R${n} ${at("a")} ${at("b")} ${options.jumper ? 0.01 : 1e9}`]
    case "diode":
    case "zener":
    case "led":
      return [`V${n} ${at("anode")} ${n}_a 0`, `D${n} ${n}_a ${at("cathode")} ${part.model}`]
    case "npn":
      return [`V${n} ${at("collector")} ${n}_c 0`, `Q${n} ${n}_c ${at("base")} ${at("emitter")} ${part.model}`]
    case "pot": {
      const ohms = parseValue(part.value)
      const lower = Math.max(1, ohms * options.position)
      return [`R${n}t ${at("top")} ${at("wiper")} ${Math.max(1, ohms - lower)}`, `R${n}b ${at("wiper")} ${at("bottom")} ${lower}`]
    }
    case "comparator":
      return comparator(n, at)
    case "opamp":
      return amplifier(n, at)
    case "buffer":
      return buffer(part, at, options.drive)
    case "opto":
      return opto(n, at)
    case "regulator":
      return regulator(n, at)
    default:
      return []
  }
}

/** Decides with a lag of 1.3 us, then pulls its open collector down; inputs leak 250 nA outwards and have a junction to ground. */
function comparator(n: string, at: (terminal: string) => string): string[] {
  return [
    `B${n}d ${n}_d 0 V=0.5+0.5*tanh((V(${at("minus")})-V(${at("plus")}))/0.002)`,
    `R${n}d ${n}_d ${n}_x 1k`,
    `C${n}d ${n}_x 0 1.88n`,
    `B${n}o ${n}_o 0 I=0.04*tanh(V(${n}_o)/0.4*0.1)*(0.5+0.5*tanh((V(${n}_x)-0.5)/0.02))`,
    `V${n} ${at("out")} ${n}_o 0`,
    `I${n}p 0 ${at("plus")} 250n`,
    `I${n}m 0 ${at("minus")} 250n`,
    `D${n}p 0 ${at("plus")} CLAMP`,
    `C${n}p ${at("plus")} 0 5p`,
  ]
}

/** One pole and a slope limit; the output reaches ground but not the supply, behind 150 ohm, with junctions to both. */
function amplifier(n: string, at: (terminal: string) => string): string[] {
  const top = `max(V(${at("vcc")})-1.5,0)`
  return [
    `B${n}g 0 ${n}_x I=2.9m*tanh((V(${at("plus")})-V(${at("minus")}))*10.7/2.9)-10m*(max(V(${n}_x)-${top},0)+min(V(${n}_x),0))`,
    `C${n}g ${n}_x 0 1n`,
    `R${n}g ${n}_x 0 100Meg`,
    `B${n}o ${n}_y 0 I=(V(${n}_y)-V(${n}_x))/150`,
    `V${n} ${n}_y ${at("out")} 0`,
    `D${n}h ${at("out")} ${at("vcc")} CLAMP`,
    `D${n}l 0 ${at("out")} CLAMP`,
    `C${n}p ${at("plus")} 0 10p`,
    `R${n}p ${at("plus")} 0 1G`,
    `D${n}p ${at("plus")} ${at("vcc")} CLAMP`,
  ]
}

/** A push-pull output with its resistance and its enable (low is on), clamp diodes to both rails, and the rail's share of its current. */
function buffer(part: Part, at: (terminal: string) => string, drive: Drive): string[] {
  const n = part.name
  const gate = GATE[part.model as keyof typeof GATE]
  return [
    `C${n}i ${at("in")} 0 10p`,
    `B${n}d ${n}_d 0 V=V(${at("vcc")})*(0.5+0.5*tanh((V(${at("in")})-1.4)/0.05))`,
    `R${n}d ${n}_d ${n}_x 1k`,
    `C${n}d ${n}_x 0 ${gate.delay / 693}`,
    `B${n}e ${n}_f 0 V=0.5-0.5*tanh((V(${at("enable")})-1.4)/0.05)`,
    `R${n}e ${n}_f ${n}_g 1k`,
    `C${n}e ${n}_g 0 ${gate.delay / 693}`,
    `B${n}o ${n}_y 0 I=(V(${n}_y)-V(${n}_x))/${gate[drive] / part.gates}*V(${n}_g)`,
    `R${n}l ${n}_y 0 1G`,
    `V${n} ${n}_y ${at("out")} 0`,
    `D${n}h ${at("out")} ${at("vcc")} CLAMP`,
    `D${n}l 0 ${at("out")} CLAMP`,
    `B${n}s ${at("vcc")} 0 I=I(V${n})*V(${n}_x)/max(V(${at("vcc")}),0.1)`,
  ]
}

/** The light through the LED trips a Schmitt trigger that pulls an open collector down. */
function opto(n: string, at: (terminal: string) => string): string[] {
  return [
    `V${n} ${at("anode")} ${n}_a 0`,
    `D${n} ${n}_a ${at("cathode")} LED-OPTO`,
    `B${n}d ${n}_d 0 V=0.5+0.5*tanh((I(V${n})-1.6m+0.4m*V(${n}_x))/10u)`,
    `R${n}d ${n}_d ${n}_x 1k`,
    `C${n}d ${n}_x 0 1.73n`,
    `B${n}o ${n}_o 0 I=V(${n}_o)/25*(0.5+0.5*tanh((V(${n}_x)-0.5)/0.02))`,
    `V${n}o ${at("out")} ${n}_o 0`,
  ]
}

/** 5 V from 6.5 V upwards at 85 % efficiency, rising over a few milliseconds; it cannot take current back. */
function regulator(n: string, at: (terminal: string) => string): string[] {
  return [
    `B${n}t ${n}_t 0 V=5*(0.5+0.5*tanh((V(${at("in")})-6.5)/0.2))`,
    `R${n}t ${n}_t ${n}_r 1k`,
    `C${n}t ${n}_r 0 1u`,
    `E${n} ${n}_q 0 ${n}_r 0 1`,
    `D${n} ${n}_q ${n}_o IDEAL`,
    `V${n} ${n}_o ${n}_s 0`,
    `R${n} ${n}_s ${at("out")} 0.05`,
    `B${n}i ${at("in")} 0 I=max(0,5*I(V${n})/0.85)/max(V(${at("in")}),6)`,
    `.model IDEAL D(Is=1e-9 N=0.01)`,
  ]
}
