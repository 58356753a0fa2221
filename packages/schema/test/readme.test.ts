import { expect, test } from 'vitest'
// #region readme
import { decode, defineMessage, encode, isoDate } from '@waybill/schema'
import { z } from 'zod'

const Amount = z.object({ cents: z.int(), currency: z.string() })

const OrderPaid = defineMessage('order.paid', z.object({ orderId: z.string(), cents: z.int() })).evolve(
  z.object({ orderId: z.string(), amount: Amount, paidAt: isoDate }),
  (v1) => ({ orderId: v1.orderId, amount: { cents: v1.cents, currency: 'EUR' }, paidAt: new Date(0) }),
)

const body = encode(OrderPaid, { orderId: '17', amount: { cents: 500, currency: 'EUR' }, paidAt: new Date() })
const payload = decode(OrderPaid, body, 2) // paidAt is a Date again
const older = decode(OrderPaid, '{"orderId":"16","cents":300}', 1) // amount is { cents: 300, currency: 'EUR' }
// #endregion

test('the example does what its comments say', () => {
  expect(payload.paidAt).toBeInstanceOf(Date)
  expect(older.amount).toEqual({ cents: 300, currency: 'EUR' })
})

test('errors look as the README shows them', () => {
  expect(() => decode(OrderPaid, '{"orderId":17,"amount":{"cents":"500"},"paidAt":"today"}', 2)).toThrow(
    [
      "order.paid version 2: the body doesn't fit its contract:",
      '  payload.orderId: Invalid input: expected string, received number',
      '  payload.amount.cents: Invalid input: expected number, received string',
      '  payload.amount.currency: Invalid input: expected string, received undefined',
      '  payload.paidAt: Invalid ISO datetime',
    ].join('\n'),
  )
  expect(() => defineMessage('order.paid', z.object({ lines: z.array(z.object({ at: z.date() })) }))).toThrow(
    [
      "message 'order.paid' version 1 can't travel as JSON:",
      '  payload.lines[].at: a Date has no JSON form of its own; use isoDate',
    ].join('\n'),
  )
})
