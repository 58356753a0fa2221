import type { SqsTransport } from '@waybill/sqs'
import { type AnyQueue, type Connection, type Consumer, type ConsumerOptions, createConsumer } from 'waybill'

/** Short waits: a stop waits for the open poll, a retry for its back-off. */
export const QUICK = { waitTime: '1s', backoff: { first: '1s', max: '1s' } } as const

export async function started<Q extends AnyQueue>(
  aws: Connection,
  queue: Q,
  handlers: ConsumerOptions<Q>['handlers'],
  options: Omit<ConsumerOptions<Q>, 'handlers'> = {},
): Promise<Consumer> {
  const consumer = createConsumer(aws, queue, { ...QUICK, ...options, handlers })
  await consumer.start()
  return consumer
}

/** The connection with some calls replaced: `real` is what they replace. */
export function replacing(aws: Connection, replace: (real: SqsTransport) => Partial<SqsTransport>): Connection {
  return { ...aws, sqs: { ...aws.sqs, ...replace(aws.sqs) } }
}
