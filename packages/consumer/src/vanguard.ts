/** Milliseconds. Those that wait may have lost their connections: so long do they keep back one more, the next for twice as long. */
const PATIENCE = { first: 1_000, most: 16_000 }
/** So many times longer than answers must handlers take, before one poll goes ahead: what the others lose by it is a hundredth. */
const SLOW = 20

/** When slow handlers have filled all slots, one poll goes ahead, and the others follow its answer: at an empty queue, one is enough. */
export class Vanguard {
  /** How many may be open since the first of them went ahead; beyond that, one more at the time `#oneMoreAt` on the clock. */
  #following = 1
  #oneMoreAt = 0
  #patience = PATIENCE.first
  /** Milliseconds that an answer of half or more takes, about; 0 while unknown. */
  #pace = 0

  /** When one more may open beside those that are open, on the clock; undefined: now. */
  keepsBackUntil(open: number, meanHandlerTime: number, now: number): number | undefined {
    const isSlow = this.#pace > 0 && meanHandlerTime > SLOW * this.#pace
    return isSlow && open >= this.#following && now < this.#oneMoreAt ? this.#oneMoreAt : undefined
  }

  /** There is no room and no poll is open: the next goes ahead. */
  lull(): void {
    this.#following = 1
  }

  opened(isFirst: boolean, now: number): void {
    if (!isFirst && now < this.#oneMoreAt) return
    this.#patience = isFirst ? PATIENCE.first : Math.min(2 * this.#patience, PATIENCE.most)
    this.#oneMoreAt = now + this.#patience
  }

  /** An answer of half or more came, after `ms`, while so many were open. */
  answered(open: number, ms: number): void {
    this.#following = 2 * open
    // Or it has waited for its messages: the pace at most doubles.
    this.#pace = this.#pace > 0 ? (this.#pace + Math.min(ms, 3 * this.#pace)) / 2 : ms
  }
}
