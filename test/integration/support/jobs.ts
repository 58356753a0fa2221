import { type Connection, createProducer, defineMessage, type Queue } from 'waybill'
import { z } from 'zod'
import { numbers } from './numbers.ts'

/** For standard queues. */
export const Job = defineMessage('job', z.object({ n: z.int() }))

/** Sends the jobs 1 to `count`. */
export async function sendJobs(aws: Connection, queue: Queue<typeof Job, typeof Job>, count: number): Promise<void> {
  await using producer = createProducer(aws, queue)
  await Promise.all(numbers(count).map((n) => producer.send('job', { n })))
}
