import { OptionsError } from '@waybill/core'
import { defineMessage, defineTopic } from '@waybill/schema'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { contractError, js } from './as-javascript.ts'

const Paid = defineMessage('order.paid', z.object({ orderId: z.string() }))
const Cancelled = defineMessage('order.cancelled', z.object({ orderId: z.string() }))
const orders = defineTopic('orders', { messages: [Paid, Cancelled], fifo: true, group: (m) => m.payload.orderId })

describe('a topic', () => {
  test('is standard and high-throughput unless told otherwise', () => {
    const topic = defineTopic('news', { messages: [Paid] })
    expect(topic).toMatchObject({ kind: 'topic', name: 'news', fifo: false })
    expect(topic['~definition']).toEqual({
      messages: new Map([['order.paid', Paid]]),
      maximumMessageSize: undefined,
      encryption: undefined,
      tags: {},
      group: undefined,
      deduplicate: undefined,
      throughput: 'high',
    })
  })

  test('keeps its keys', () => {
    expect(orders.fifo).toBe(true)
    expect(orders['~definition'].group?.({ type: 'order.paid', payload: { orderId: '17' } })).toBe('17')
  })

  test("can't be changed", () => {
    expect([orders, orders['~definition']].every(Object.isFrozen)).toBe(true)
  })

  test.each([
    ['orders.fifo', "'orders.fifo' ends in '.fifo', which is added for you. Write 'orders' and fifo: true."],
    ['', "'' is not a name. SNS takes letters, digits, '-' and '_'."],
    ['my orders', "'my orders' is not a name. SNS takes letters, digits, '-' and '_'."],
    [7, '7 is not a name. Write a string.'],
    [{ name: 'orders' }, 'an object is not a name. Write a string.'],
    [
      'arn:aws:sns:eu-west-1:123456789012:t',
      "'arn:aws:sns:eu-west-1:123456789012:t' is a URL or an ARN, not a name. Write a name, and say where it is with connect({ locate }).",
    ],
    ['x'.repeat(257), `'${'x'.repeat(60)}…' has 257 characters. SNS takes at most 256. Write a shorter one.`],
  ])('refuses the name %j', (name, why) => {
    expect(contractError(() => js.defineTopic(name, { messages: [Paid] }))).toMatchObject({
      code: 'definition',
      message: `defineTopic: ${why}`,
    })
  })

  test('counts .fifo in the name', () => {
    const options = { messages: [Paid], fifo: true, group: () => 'g' }
    expect(js.defineTopic('x'.repeat(251), options).name).toHaveLength(251)
    expect(() => js.defineTopic('x'.repeat(252), options)).toThrow(
      `'${'x'.repeat(60)}…' has 257 characters with '.fifo'. SNS takes at most 256. Write a shorter one.`,
    )
  })

  test.each([
    [{ messages: [] }, "topic 't' carries nothing. List its messages."],
    [{}, "topic 't': messages is undefined. Write a list of messages."],
    [
      { messages: [Paid, undefined] },
      "topic 't': messages[1] is undefined, no message. Give it what defineMessage() returns. Modules that import each other get undefined.",
    ],
    [{ messages: Paid }, "topic 't': messages is message 'order.paid'. Write a list of messages."],
    [
      { messages: [orders] },
      "topic 't': messages[0] is topic 'orders', no message. Give it what defineMessage() returns.",
    ],
    [{ messages: [Paid, Paid] }, "topic 't': 'order.paid' is listed twice."],
    [
      { messages: [Paid], fifo: true },
      "topic 't' is FIFO and needs a group. Write group: (m) => …, the id within which order matters.",
    ],
    [
      { messages: [Paid], deduplicate: () => '' },
      "topic 't' is standard: only a FIFO queue or topic deduplicates. Leave out deduplicate, or write fifo: true.",
    ],
    [
      { messages: [Paid], throughput: 'high' },
      "topic 't' is standard: only a FIFO queue or topic has a throughput mode. Leave out throughput, or write fifo: true.",
    ],
  ])('refuses the composition %o', (options, message) => {
    expect(contractError(() => js.defineTopic('t', options))).toMatchObject({ code: 'definition', message })
  })

  test.each([
    [[Paid], 'defineTopic: an array is not an object of options. Write { messages: … }.'],
    [Paid, "defineTopic: message 'order.paid' is not an object of options. Write { messages: … }."],
    [undefined, 'defineTopic: undefined is not an object of options. Write { messages: … }.'],
    [{ messages: [Paid], fifo: 'yes' }, "fifo: 'yes' is not true or false."],
    [{ messages: [Paid], group: 'orderId' }, "group: 'orderId' is not a function. Write group: (m) => m.payload.…"],
    [
      { messages: [Paid], fifo: true, group: () => '', throughput: 'fast' },
      "throughput: 'fast' is not a throughput mode. Write 'high' or 'standard'.",
    ],
    [
      { messages: [Paid], maximumMessageSize: '1 MiB' },
      "maximumMessageSize: '1 MiB' is not a whole number from 1024 to 1048576 (bytes; SNS's bounds).",
    ],
    [{ mesages: [Paid] }, "'mesages' is not an option of defineTopic. Did you mean messages?"],
    [
      { messages: [Paid], retention: '1d' },
      "'retention' is not an option of defineTopic. Its options are messages, fifo, group, deduplicate, throughput, maximumMessageSize, encryption, tags.",
    ],
  ])('refuses the options %o', (options, message) => {
    expect(() => js.defineTopic('t', options)).toThrow(new OptionsError(message))
  })
})

describe('select', () => {
  test('names the topic and the types', () => {
    expect(orders.select('order.paid')).toEqual({
      topic: 'orders',
      fifo: true,
      types: ['order.paid'],
      '~topic': orders,
    })
  })

  test.each([
    [['order.payed'], "topic 'orders' select: it has no 'order.payed'. It has 'order.paid', 'order.cancelled'."],
    [
      [['order.paid']],
      "topic 'orders' select: an array is not a type. Write them one by one: 'order.paid', 'order.cancelled'.",
    ],
    [
      [Paid],
      "topic 'orders' select: message 'order.paid' is not a type. Write them one by one: 'order.paid', 'order.cancelled'.",
    ],
    [
      [undefined],
      "topic 'orders' select: undefined is not a type. Write them one by one: 'order.paid', 'order.cancelled'.",
    ],
    [['*'], "topic 'orders' select: it has no '*'. It has 'order.paid', 'order.cancelled'."],
    [[], "topic 'orders' select: no type is named. It has 'order.paid', 'order.cancelled'."],
    [['order.paid', 'order.paid'], "topic 'orders' select: 'order.paid' is listed twice."],
  ])('refuses %j', (types, message) => {
    const topic: { select(...types: readonly unknown[]): unknown } = orders
    expect(contractError(() => topic.select(...types))).toMatchObject({ code: 'definition', message })
  })

  test('takes 150 types, the limit of an SNS filter policy, and not one more', () => {
    const messages = Array.from({ length: 151 }, (_, index) => defineMessage(`type.${index}`, z.string()))
    const topic = js.defineTopic('wide', { messages })
    const types = messages.map(({ type }) => type)
    expect(topic.select(...types.slice(1))).toMatchObject({ types: types.slice(1) })
    expect(contractError(() => topic.select(...types)).message).toBe(
      "topic 'wide' select: 151 types, but an SNS filter policy takes at most 150. Split the topic.",
    )
  })
})
