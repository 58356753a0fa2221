// #region contracts
import { defineMessage, defineQueue } from 'waybill'
import { z } from 'zod'

const SendReceipt = defineMessage('receipt.send', z.object({ orderId: z.string(), email: z.email() }))
export const receipts = defineQueue('receipts', { messages: [SendReceipt], deadLetter: { attempts: 10 } })
// #endregion
