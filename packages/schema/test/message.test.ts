import { OptionsError } from '@waybill/core'
import { defineMessage, defineTopic } from '@waybill/schema'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { z as z3 } from 'zod/v3'
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

  test.each([
    ['', "''"],
    ['order paid', "'order paid'"],
    ['bestellung.bezählt', "'bestellung.bezählt'"],
    ['a:b', "'a:b'"],
    ['x'.repeat(101), `'${'x'.repeat(60)}…'`],
    [7, '7'],
    [undefined, 'undefined'],
    [{ type: 'order.paid' }, 'an object'],
    [z.string(), 'a schema'],
    [Paid, "message 'order.paid'"],
  ])('refuses the type %o', (type, quoted) => {
    expect(contractError(() => js.defineMessage(type, z.string()))).toMatchObject({
      code: 'definition',
      message: `defineMessage: ${quoted} is not a message type. Write 1 to 100 letters, digits, '.', '_', '-' or '/', as in 'order.paid'.`,
    })
  })

  test.each(['a', 'order.paid', 'Order/paid_v-2', 'x'.repeat(100)])('takes the type %j', (type) => {
    expect(defineMessage(type, z.string()).type).toBe(type)
  })

  test.each([
    ['nothing', undefined, 'undefined'],
    ['its properties', { orderId: z.string() }, 'an object'],
    ['what only looks like one', { safeParse: () => undefined }, 'an object'],
    ['what makes one', z.string, 'a function'],
    ['one of zod 3', z3.object({ orderId: z3.string() }), 'a schema of zod 3'],
    ['a message', Paid, "message 'order.paid'"],
  ])('refuses %s in place of a schema', (_, schema, quoted) => {
    const problem = `${quoted} is no schema of zod 4 or zod/mini. Write z.object({ … }).`
    expect(contractError(() => js.defineMessage('a', schema))).toMatchObject({
      code: 'definition',
      message: `message 'a' version 1: ${problem}`,
    })
    expect(contractError(() => js.defineMessage('a', z.string()).evolve(schema, () => ({})))).toMatchObject({
      code: 'definition',
      message: `message 'a' version 2: ${problem}`,
    })
  })

  test.each([[undefined], [z.string()]])('refuses to evolve with %o in place of an up-caster', (upcast) => {
    expect(contractError(() => js.defineMessage('a', z.string()).evolve(z.string(), upcast))).toMatchObject({
      code: 'definition',
      message: "message 'a' version 2 needs an up-caster: evolve(schema, (previous) => …).",
    })
  })

  test.each([
    [null, 'defineMessage: null is not an object of options. Write { attributes: … }.'],
    [z.object({ tenant: z.string() }), 'defineMessage: a schema is not an object of options. Write { attributes: … }.'],
    [{ atributes: z.object({}) }, "'atributes' is not an option of defineMessage. Did you mean attributes?"],
    [{ version: 2 }, "'version' is not an option of defineMessage. Its options are attributes."],
  ])('refuses the options %o', (options, message) => {
    expect(() => js.defineMessage('a', z.string(), options)).toThrow(new OptionsError(message))
  })

  test('in two versions is two definitions of one type', () => {
    const second = Paid.evolve(z.object({}), () => ({}))
    expect(contractError(() => js.defineTopic('orders', { messages: [Paid, second] })).message).toBe(
      "topic 'orders': 'order.paid' comes from two definitions (versions 1 and 2). Use one message object everywhere; the result of the last evolve() also reads the older versions.",
    )
    expect(defineTopic('orders', { messages: [second] })['~definition'].messages.get('order.paid')).toBe(second)
  })
})
