import { defineMessage, defineQueue, type Duration } from 'waybill'
import { z } from 'zod'

/** A message says itself how its handler fares. */
const work = z.object({
  of: z.string(),
  /** Milliseconds. */
  takes: z.int(),
  and: z.enum(['succeeds', 'fails twice', 'is hopeless', 'heeds its signal', 'ignores its signal']),
})
export type Work = z.infer<typeof work>

const messages = [defineMessage('work', work)] as const
const deadLetter = { attempts: 10 }

/** The queue that workers work on: each test has one, by its name prefix. */
export function queueOf(fifo: boolean, visibilityTimeout: Duration) {
  return fifo
    ? defineQueue('work', { messages, visibilityTimeout, deadLetter, fifo, group: ({ payload }) => payload.of })
    : defineQueue('work', { messages, visibilityTimeout, deadLetter })
}
