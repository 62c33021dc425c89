/** Which steps of a recording are the clock's: the neighbourhood decides, so the level may change in the course of it. */
const NEIGHBOURS = 8

export interface Step {
  /** In samples from the start of the recording. */
  readonly position: number
  /** Positive where the signal rises, in full scales. */
  readonly height: number
  /** The level right before it, in full scales. */
  readonly before: number
}

/**
 * Keeps the steps that are not much lower than is usual around them, of those that are not tiny in the whole recording. What
 * is usual is a median weighted by height, so that many small ones (ringing, droop) do not outvote the clock; the weight is
 * bounded, so that a loud click does not either.
 */
export function dropSmall(steps: Step[], near: number): Step[] {
  const alone = steps.filter((step, index) => !overshadowed(step, steps[index - 1], near) && !overshadowed(step, steps[index + 1], near))
  const usual = usualHeight(alone, Infinity)
  const tall = alone.filter((step) => Math.abs(step.height) >= 0.2 * usual)
  return tall.filter((step, index) => {
    const around = tall.slice(Math.max(0, index - NEIGHBOURS), index + NEIGHBOURS + 1)
    return Math.abs(step.height) >= 0.4 * usualHeight(around, 2 * usual)
  })
}

function overshadowed(step: Step, neighbour: Step | undefined, near: number): boolean {
  if (!neighbour || Math.abs(neighbour.position - step.position) > near) return false
  return Math.abs(step.height) < 0.5 * Math.abs(neighbour.height)
}

function usualHeight(steps: Step[], greatestWeight: number): number {
  const heights = steps.map((step) => Math.abs(step.height)).sort((a, b) => a - b)
  const weight = (height: number): number => Math.min(height, greatestWeight)
  let left = heights.reduce((sum, height) => sum + weight(height), 0) / 2
  return heights.find((height) => (left -= weight(height)) <= 0) ?? 0
}
