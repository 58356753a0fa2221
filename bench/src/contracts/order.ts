import { z } from 'zod'
import { now } from './body.ts'

export const Order = z.object({
  type: z.literal('order'),
  id: z.string(),
  n: z.int(),
  at: z.int(),
  ms: z.number(),
  customer: z.string(),
  cents: z.int(),
  note: z.string(),
})
export type Order = z.output<typeof Order>

/** Makes orders whose JSON has `bytes` bytes, whichever they are. */
export function ordersOf(bytes: number): (n: number, ms: number) => Order {
  const note = 'Leave at the door. '.repeat(Math.ceil(bytes / 19))
  const bare = JSON.stringify(orderWith(0, 0, '')).length
  const room = bytes - bare + 2
  return (n, ms) => orderWith(n, ms, note.slice(0, room - String(n).length - String(ms).length))
}

function orderWith(n: number, ms: number, note: string): Order {
  const id = `o-${String(n).padStart(8, '0')}`
  return { type: 'order', id, n, at: now(), ms, customer: 'c-1017', cents: 129_900, note }
}
