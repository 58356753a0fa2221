import { defineMessage, defineTopic } from '@waybill/schema'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { contractError, js } from './as-javascript.ts'

const Paid = defineMessage('order.paid', z.object({ cents: z.int() }))

describe('a message', () => {
  test('starts at version 1', () => {
    expect(Paid).toMatchObject({ type: 'order.paid', version: 1 })
  })

  test('has one version more for each evolve, and stays as it was itself', () => {
    const second = Paid.evolve(z.object({ euros: z.number() }), ({ cents }) => ({ euros: cents / 100 }))
    const third = second.evolve(z.object({ amount: z.number() }), ({ euros }) => ({ amount: euros }))
    expect([Paid.version, second.version, third.version]).toEqual([1, 2, 3])
    expect(third['~versions'].map(({ upcast }) => typeof upcast)).toEqual(['undefined', 'function', 'function'])
    expect(third.type).toBe('order.paid')
  })

  test("can't be changed", () => {
    expect(Object.isFrozen(Paid)).toBe(true)
    expect(Object.isFrozen(Paid['~versions'])).toBe(true)
  })

  test.each(['', 'order paid', 'bestellung.bezählt', 'a:b', 'x'.repeat(101), 7, undefined])(
    'refuses the type %j',
    (type) => {
      const error = contractError(() => js.defineMessage(type, z.string()))
      expect(error.code).toBe('definition')
      expect(error.message).toMatch(/is not a message type\. Write 1 to 100 letters, digits/)
    },
  )

  test.each(['a', 'order.paid', 'Order/paid_v-2', 'x'.repeat(100)])('takes the type %j', (type) => {
    expect(defineMessage(type, z.string()).type).toBe(type)
  })

  test.each([undefined, {}, { safeParse: () => undefined }, z.string])('refuses %o in place of a schema', (schema) => {
    expect(() => js.defineMessage('a', schema)).toThrow("message 'a' version 1 needs a schema of zod 4 or zod/mini.")
  })

  test('refuses to evolve without an up-caster', () => {
    expect(() => js.defineMessage('a', z.string()).evolve(z.string(), undefined)).toThrow(
      "message 'a' version 2 needs an up-caster: evolve(schema, (previous) => …).",
    )
  })

  test('in two versions is two definitions of one type', () => {
    const second = Paid.evolve(z.object({}), () => ({}))
    expect(contractError(() => js.defineTopic('orders', { messages: [Paid, second] })).message).toBe(
      "topic 'orders': 'order.paid' comes from two definitions (versions 1 and 2). Use one message object everywhere; the result of the last evolve() also reads the older versions.",
    )
    expect(defineTopic('orders', { messages: [second] })['~definition'].messages.get('order.paid')).toBe(second)
  })
})
