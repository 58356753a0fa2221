import { defineMessage, defineQueue } from '@waybill/schema'
import { z } from 'zod'

export const Job = defineMessage('job', z.object({ n: z.int() }))
export const jobs = defineQueue('jobs', { messages: [Job], deadLetter: { attempts: 9 } })
export const steps = defineQueue('steps', {
  messages: [Job],
  fifo: true,
  group: () => 'g',
  visibilityTimeout: '10m',
  deadLetter: { attempts: 9 },
})
