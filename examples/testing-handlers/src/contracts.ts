import { defineMessage, defineQueue } from 'waybill'
import { z } from 'zod'

const SendReceipt = defineMessage('receipt.send', z.object({ orderId: z.string(), email: z.email() }))
const Step = defineMessage('order.step', z.object({ orderId: z.string(), step: z.int() }))

export const receipts = defineQueue('receipts', { messages: [SendReceipt], deadLetter: { attempts: 3 } })
export const steps = defineQueue('steps', {
  messages: [Step],
  fifo: true,
  group: (m) => m.payload.orderId,
  deadLetter: { attempts: 3 },
})
