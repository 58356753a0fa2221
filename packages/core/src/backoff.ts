/** How long to wait before the next try: `first`, doubled each time, at most `max`; all in milliseconds. */
export interface Backoff {
  readonly first: number
  readonly max: number
  /** The part of the delay that is random: 1 is full jitter, 0.5 half. */
  readonly jitter: number
}

/** Full jitter: tries of many clients spread over the whole delay. */
export const fullJitter = (first: number, max: number): Backoff => ({ first, max, jitter: 1 })

/** The delay before try number `attempt` + 1, in milliseconds; `attempt` counts from 1, `random` is the clock's. */
export function backoffDelay(backoff: Backoff, attempt: number, random: () => number): number {
  const whole = Math.min(backoff.max, backoff.first * 2 ** Math.min(attempt - 1, 30))
  return whole * (1 - backoff.jitter * random())
}
