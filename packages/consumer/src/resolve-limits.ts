import { checkKeys, integerOption, OptionsError } from '@waybill/core'
import type { AnyQueue } from '@waybill/schema'
import { atMost } from './at-most.ts'
import type { ConsumerOptions, ResolvedOptions } from './options.ts'

const HOUR = 3_600_000

export function resolveGroupConcurrency({ fifo, name }: AnyQueue, limit: number | undefined): number | undefined {
  if (limit === undefined) return undefined
  if (fifo)
    throw new OptionsError(
      `groupConcurrency: queue '${name}' is FIFO, where one message of a group is handled at a time. Leave it out.`,
    )
  return integerOption('groupConcurrency', limit, 1, 1_000)
}

export function resolveRateLimit(
  limit: ConsumerOptions<AnyQueue>['rateLimit'],
  handlers: ResolvedOptions['handlers'],
): ResolvedOptions['rateLimit'] {
  if (limit === undefined) return undefined
  checkKeys(limit, ['max', 'per'], 'rateLimit')
  const max = integerOption('rateLimit.max', limit.max, 1, 10_000)
  const per = atMost('rateLimit.per', limit.per, HOUR, `'1h': write a rate for a shorter time`)
  if (per < 10) throw new OptionsError(`rateLimit.per: '${limit.per}' is under '10ms': write a rate for a longer time.`)
  for (const [type, { batch }] of handlers) {
    if (batch && batch.size > max)
      throw new OptionsError(
        `rateLimit.max: ${max} is under handlers['${type}'].batch.size ${batch.size}: such a batch could never start. Raise one or lower the other.`,
      )
  }
  return { max, per }
}
