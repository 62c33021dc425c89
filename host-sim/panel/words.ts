/** Figures as people read them. */

/** A time in µs or ms. */
export function microsText(micros: number): string {
  const size = Math.abs(micros)
  return size >= 1000 ? `${(micros / 1000).toFixed(size >= 10000 ? 1 : 2)} ms` : `${micros.toFixed(0)} µs`
}

/** Pulses a beat. */
export function beatNumber(ppqn: number): string {
  return ppqn === 1 ? "a pulse a beat" : `${ppqn} pulses a beat`
}
