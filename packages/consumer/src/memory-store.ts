import { checkKeys, type Clock, integerOption, systemClock } from '@waybill/core'
import type { IdempotencyStore } from './idempotency.ts'

interface Entry {
  /** Undefined: done. */
  readonly owner: string | undefined
  /** On the clock. */
  readonly until: number
}

/**
 * An idempotency store in this process: for tests, and for twins within one worker. It forgets when the process ends: share
 * a database to know what other workers have done.
 *
 * @throws {OptionsError} when `size` is no whole number from 1 to 10,000,000.
 */
export function memoryStore(
  options: {
    /** How many keys it remembers; the oldest are forgotten first. Default 100,000. */
    readonly size?: number | undefined
    /** Default: real time. A simulation has its own: `simulate().clock`. */
    readonly clock?: Clock | undefined
  } = {},
): IdempotencyStore {
  checkKeys(options, ['size', 'clock'], 'memoryStore')
  const size = integerOption('size', options.size ?? 100_000, 1, 10_000_000)
  const clock = options.clock ?? systemClock
  const entries = new Map<string, Entry>()

  const entryOf = (key: string): Entry | undefined => {
    const entry = entries.get(key)
    return entry && entry.until > clock.now() ? entry : undefined
  }
  function set(key: string, owner: string | undefined, forMs: number): void {
    entries.delete(key)
    entries.set(key, { owner, until: clock.now() + forMs })
    const [oldest] = entries.size > size ? entries.keys() : []
    if (oldest !== undefined) entries.delete(oldest)
  }

  return {
    begin: async (key, owner, forMs) => {
      const entry = entryOf(key)
      if (entry && entry.owner === undefined) return 'done'
      if (entry && entry.owner !== owner) return 'in-progress'
      set(key, owner, forMs)
      return 'begun'
    },
    finish: async (key, _owner, forMs) => set(key, undefined, forMs),
    release: async (key, owner) => {
      if (entryOf(key)?.owner === owner) entries.delete(key)
    },
  }
}
