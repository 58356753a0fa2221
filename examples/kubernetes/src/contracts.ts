import { defineMessage, defineQueue } from 'waybill'
import { z } from 'zod'

const Invoice = defineMessage('invoice.print', z.object({ orderId: z.string() }))
const Parcel = defineMessage('parcel.pack', z.object({ orderId: z.string(), grams: z.int() }))

export const invoices = defineQueue('invoices', { messages: [Invoice], deadLetter: {} })
export const parcels = defineQueue('parcels', { messages: [Parcel], deadLetter: {} })
