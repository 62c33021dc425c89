/**
 * So many answers a second for each sender and no more, with a fixed table: an unknown sender takes the place of the one that has
 * been silent longest. Senders are told apart by address alone, since ports are free to choose.
 */
export class RateLimit {
  refused = 0
  private readonly buckets = new Map<string, { tokens: number; at: number }>()

  constructor(
    private readonly perSecond: number,
    private readonly burst: number,
    private readonly senders = 256,
  ) {}

  /** Whether this sender may have an answer now (local microseconds). */
  allows(sender: string, now: number): boolean {
    const known = this.buckets.get(sender)
    const tokens = known ? Math.min(this.burst, known.tokens + ((now - known.at) / 1e6) * this.perSecond) : this.burst
    // Setting it anew moves it to the end: the map's first is the one silent longest.
    this.buckets.delete(sender)
    if (this.buckets.size >= this.senders) this.buckets.delete(this.buckets.keys().next().value as string)
    const isAllowed = tokens >= 1
    this.buckets.set(sender, { tokens: isAllowed ? tokens - 1 : tokens, at: now })
    if (!isAllowed) this.refused++
    return isAllowed
  }
}

/** Of answers by OSC: a question costs a few bytes, an answer may have a sentence. */
export function answerLimit(): RateLimit {
  return new RateLimit(50, 100)
}
