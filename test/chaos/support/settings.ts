import { duration } from 'waybill'
import { z } from 'zod'

/** What a worker process is told, as JSON. */
export const Settings = z.object({
  endpoint: z.string(),
  namePrefix: z.string(),
  /** The path of the file. */
  ledger: z.string(),
  fifo: z.boolean(),
  visibilityTimeout: z.string().transform((text) => duration(text)),
  /** Of handlers, or of the sends of each group. */
  concurrency: z.int(),
  /** Seconds. */
  waitTime: z.int().default(1),
})
export type Settings = z.input<typeof Settings>
