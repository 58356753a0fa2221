import { createProducer, type ProducerOptions } from '@waybill/producer'
import type { AnyQueue, SendsOf } from '@waybill/schema'
import { VirtualClock } from '@waybill/testing'
import { account } from './account.ts'

/** A producer in an account with its queue, on a clock that stands still; at the end time moves on, for it to close. */
export async function producing<D extends AnyQueue>(declared: D, options: ProducerOptions<SendsOf<D>['type']> = {}) {
  const clock = new VirtualClock()
  const aws = await account([declared], { clock })
  const producer = createProducer(aws, declared, options)
  return {
    aws,
    clock,
    producer,
    async [Symbol.asyncDispose]() {
      clock.start()
      await producer.close()
      await aws.close()
    },
  }
}
