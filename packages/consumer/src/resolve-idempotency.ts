import { checkKeys, OptionsError, quote } from '@waybill/core'
import type { AnyQueue } from '@waybill/schema'
import { atMost } from './at-most.ts'
import type { ConsumerOptions, ResolvedIdempotency } from './options.ts'

const HOUR = 3_600_000
const METHODS = ['begin', 'finish', 'release'] as const

export function resolveIdempotency(given: ConsumerOptions<AnyQueue>['idempotency']): ResolvedIdempotency | undefined {
  if (given === undefined) return undefined
  if ('begin' in given)
    throw new OptionsError('idempotency: that is the store itself. Write idempotency: { store: … }.')
  checkKeys(given, ['store', 'key', 'keep'], 'idempotency')
  const { store } = given
  const missing = METHODS.find((name) => typeof store?.[name] !== 'function')
  if (missing)
    throw new OptionsError(
      `idempotency.store: ${quote(store)} has no ${missing}(). Write memoryStore(), or an object with ${METHODS.join(', ')}.`,
    )
  if (given.key !== undefined && typeof given.key !== 'function')
    throw new OptionsError(
      `idempotency.key: ${quote(given.key)} is not a function. Write key: ({ payload }) => payload.orderId.`,
    )
  const keep = atMost('idempotency.keep', given.keep ?? '14d', 365 * 24 * HOUR, `'365d'`)
  if (keep < 60_000)
    throw new OptionsError(
      `idempotency.keep: '${given.keep}' is under '1m': a message may come again until its retention ends.`,
    )
  return { store, key: (delivery) => (given.key ? given.key(delivery) : delivery.id), keep }
}
