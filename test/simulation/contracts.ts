import { defineMessage, defineQueue } from 'waybill'
import { z } from 'zod'

const Job = defineMessage('job', z.object({ n: z.int() }))
const Step = defineMessage('step', z.object({ n: z.int(), of: z.string() }))

export const jobs = defineQueue('jobs', { messages: [Job], visibilityTimeout: '2m', deadLetter: { attempts: 50 } })
export const steps = defineQueue('steps', {
  messages: [Step],
  fifo: true,
  group: (m) => m.payload.of,
  deadLetter: { attempts: 50 },
})
/** As `steps`, on a standard queue, where the group is the fair-queue key. */
export const loose = defineQueue('loose', {
  messages: [Step],
  group: (m) => m.payload.of,
  deadLetter: { attempts: 50 },
})

/** With every default: ten attempts. */
export const plain = defineQueue('plain', { messages: [Step], deadLetter: {} })
/** As `plain`, on a FIFO queue. */
export const ordered = defineQueue('ordered', {
  messages: [Step],
  fifo: true,
  group: (m) => m.payload.of,
  deadLetter: {},
})
