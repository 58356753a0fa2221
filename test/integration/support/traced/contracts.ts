import { defineMessage, defineQueue, defineTopic } from 'waybill'
import { z } from 'zod'

const Note = defineMessage('note', z.object({}))
const Job = defineMessage('job', z.object({}))

export const notes = defineQueue('notes', { messages: [Note] })
export const news = defineTopic('news', { messages: [Note] })
export const reader = defineQueue('reader', { subscriptions: [news.select('note')] })
/** Its handler sends a note on, and gives the job up. */
export const jobs = defineQueue('jobs', { messages: [Job], deadLetter: { attempts: 1 } })
export const forwarded = defineQueue('forwarded', { messages: [Note] })
/** What the AWS SDK sends there, it sends without Waybill. */
export const bare = defineQueue('bare', { messages: [Note] })

/** What is sent together: in spans of these names, under these ids, and one more outside any span. */
export const TOGETHER = ['first', 'second', 'of-another-service'] as const

/** What the process says at its end, as JSON. */
export const Told = z.object({
  /** Those that have ended. */
  spans: z.array(
    z.object({
      tracer: z.string(),
      name: z.string(),
      trace: z.object({ traceparent: z.string(), tracestate: z.string().exactOptional() }),
    }),
  ),
  /** The calls of the AWS SDK that the instrumentation saw; `messages` in a batch. */
  calls: z.array(z.object({ command: z.string(), messages: z.int().optional(), traced: z.boolean() })),
  /** The requests of undici, and which headers propagation would add to them. */
  requests: z.array(z.object({ traced: z.boolean(), headers: z.array(z.string()) })),
})
export type Told = z.infer<typeof Told>
