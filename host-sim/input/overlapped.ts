/** A recording in blocks that see beyond their own ends, for filters and searches that look around a sample. */
import type { Recorded } from "./wav"

/**
 * Calls `visit(samples, from, to, offset)` so that every sample lies once in `from..to`, and `reach` samples stand on either
 * side of that range. `samples[i]` is sample `i + offset` of the recording; its first and last value go on for ever.
 */
export function overlapped(
  recorded: Recorded,
  channel: number,
  reach: number,
  visit: (samples: Float32Array, from: number, to: number, offset: number) => void,
): void {
  let held = new Float32Array(0)
  let offset = -reach
  const advance = (more: Float32Array): void => {
    const samples = new Float32Array(held.length + more.length)
    samples.set(held)
    samples.set(more, held.length)
    const to = samples.length - reach
    if (to > reach) visit(samples, reach, to, offset)
    const keep = Math.max(0, to - reach)
    held = samples.slice(keep)
    offset += keep
  }
  let last = 0
  recorded.read(channel, (block) => {
    if (held.length === 0) held = new Float32Array(reach).fill(block[0])
    last = block[block.length - 1]
    advance(block)
  })
  advance(new Float32Array(reach).fill(last))
}
