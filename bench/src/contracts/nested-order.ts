import { z } from 'zod'
import { now } from './body.ts'

const Money = z.object({ cents: z.int(), currency: z.enum(['EUR', 'USD', 'GBP', 'CHF']) })
const Address = z.object({
  name: z.string(),
  street: z.string(),
  city: z.string(),
  postcode: z.string().min(3),
  country: z.string().length(2),
  state: z.string().optional(),
})
const Line = z.object({
  sku: z.string(),
  title: z.string(),
  quantity: z.int().positive(),
  price: Money,
  discount: Money.optional(),
  status: z.enum(['reserved', 'backordered', 'shipped']),
  options: z.array(z.object({ key: z.string(), value: z.string() })),
})

/** As services have them: about 2 KB, objects in arrays in objects, enums, and what may be missing. */
export const NestedOrder = z.object({
  type: z.literal('order'),
  id: z.string(),
  n: z.int(),
  at: z.int(),
  ms: z.number(),
  channel: z.enum(['web', 'app', 'store', 'phone']),
  customer: z.object({ id: z.string(), email: z.email(), segment: z.enum(['new', 'regular', 'vip']).optional() }),
  billing: Address,
  shipping: Address.optional(),
  lines: z.array(Line),
  payments: z.array(z.object({ method: z.enum(['card', 'invoice', 'voucher']), amount: Money, reference: z.string() })),
  tags: z.array(z.string()),
  comment: z.string().nullable(),
  giftWrap: z.boolean().optional(),
})
export type NestedOrder = z.output<typeof NestedOrder>

export function nestedOrder(n: number, ms: number): NestedOrder {
  return { ...fixed, id: `o-${String(n).padStart(8, '0')}`, n, at: now(), ms }
}

const address = { name: 'Ada Bauer', street: 'Lindenallee 17', city: 'Potsdam', postcode: '14467', country: 'DE' }
const line = (at: number): z.output<typeof Line> => ({
  sku: `SKU-${1_000 + at}`,
  title: `Running shoe, model ${at}`,
  quantity: 1 + (at % 3),
  price: { cents: 8_990 + at * 100, currency: 'EUR' },
  ...(at % 2 === 0 && { discount: { cents: 500, currency: 'EUR' } }),
  status: at % 3 === 0 ? 'backordered' : 'reserved',
  options: [
    { key: 'size', value: String(38 + at) },
    { key: 'colour', value: at % 2 === 0 ? 'blue' : 'grey' },
  ],
})
const fixed: Omit<NestedOrder, 'id' | 'n' | 'at' | 'ms'> = {
  type: 'order',
  channel: 'web',
  customer: { id: 'c-1017', email: 'ada.bauer@example.com', segment: 'regular' },
  billing: address,
  shipping: { ...address, street: 'Hafenstrasse 3', state: 'Brandenburg' },
  lines: Array.from({ length: 7 }, (_, at) => line(at)),
  payments: [
    { method: 'voucher', amount: { cents: 2_000, currency: 'EUR' }, reference: 'V-20991' },
    { method: 'card', amount: { cents: 61_130, currency: 'EUR' }, reference: 'pay_3f8a91c2' },
  ],
  tags: ['spring', 'newsletter'],
  comment: null,
}
