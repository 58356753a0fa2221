import { defineMessage, defineQueue, defineTopic } from '@waybill/schema'
import { z } from 'zod'

export const Note = defineMessage('note', z.object({ n: z.int(), text: z.string().optional() }))
export const notes = defineQueue('notes', { messages: [Note] })

export const Step = defineMessage('step', z.object({ of: z.string(), n: z.int() }))
export const steps = defineQueue('steps', { messages: [Step], fifo: true, group: (m) => m.payload.of })

export const news = defineTopic('news', { messages: [Note] })
export const history = defineTopic('history', { messages: [Step], fifo: true, group: (m) => m.payload.of })
