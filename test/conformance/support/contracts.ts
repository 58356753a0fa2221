import { type Connection, createProducer, defineMessage, defineQueue } from 'waybill'
import { z } from 'zod'

export const Job = defineMessage('job', z.object({ n: z.int() }))
export const jobs = defineQueue('jobs', { messages: [Job], deadLetter: { attempts: 9 } })

const Step = defineMessage('step', z.object({ name: z.string(), of: z.string() }))
export const steps = defineQueue('steps', {
  messages: [Step],
  fifo: true,
  group: ({ payload }) => payload.of,
  deadLetter: { attempts: 9 },
})

/** Sends so many jobs, from 0. */
export async function sendJobs(aws: Connection, count: number): Promise<void> {
  await using producer = createProducer(aws, jobs)
  await Promise.all(Array.from({ length: count }, (_, n) => producer.send('job', { n })))
}

/** Sends steps of one message group. */
export async function sendSteps(aws: Connection, of: string, ...names: readonly string[]): Promise<void> {
  await using producer = createProducer(aws, steps)
  await Promise.all(names.map((name) => producer.send('step', { name, of })))
}
