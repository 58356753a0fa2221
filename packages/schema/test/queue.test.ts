import { OptionsError } from '@waybill/core'
import { defineMessage, defineQueue, defineTopic } from '@waybill/schema'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { contractError, js } from './as-javascript.ts'

const Paid = defineMessage('order.paid', z.object({ orderId: z.string() }))
const Cancelled = defineMessage('order.cancelled', z.object({ orderId: z.string() }))
const Send = defineMessage('receipt.send', z.object({ email: z.string() })).evolve(
  z.object({ to: z.string() }),
  ({ email }) => ({ to: email }),
)
const orders = defineTopic('orders', { messages: [Paid, Cancelled], fifo: true, group: (m) => m.payload.orderId })
const news = defineTopic('news', { messages: [Paid, Send] })

describe('a queue', () => {
  test('has defaults for what is left out', () => {
    const queue = defineQueue('receipts', { messages: [Send] })
    expect(queue).toMatchObject({ kind: 'queue', name: 'receipts', fifo: false })
    expect(queue['~definition']).toEqual({
      messages: new Map([['receipt.send', Send]]),
      takes: new Map([['receipt.send', Send]]),
      subscriptions: [],
      visibilityTimeout: 30,
      retention: 345_600,
      delay: 0,
      maximumMessageSize: 1_048_576,
      encryption: undefined,
      tags: {},
      deadLetter: undefined,
      untyped: undefined,
      group: undefined,
      deduplicate: undefined,
      throughput: 'high',
    })
  })

  test('takes its own messages and what its subscriptions select', () => {
    const fromOrders = orders.select('order.cancelled')
    const queue = defineQueue('receipts', { messages: [Send], subscriptions: [fromOrders, news.select('order.paid')] })
    expect([...queue['~definition'].messages.keys()]).toEqual(['receipt.send'])
    expect([...queue['~definition'].takes]).toEqual([
      ['receipt.send', Send],
      ['order.cancelled', Cancelled],
      ['order.paid', Paid],
    ])
    expect(queue['~definition'].subscriptions[0]).toBe(fromOrders)
  })

  test('may take one message by several ways', () => {
    const queue = defineQueue('all', {
      messages: [Paid],
      subscriptions: [orders.select('order.paid'), news.select('order.paid')],
    })
    expect([...queue['~definition'].takes.keys()]).toEqual(['order.paid'])
  })

  test('needs no group when it is FIFO and only subscribes', () => {
    expect(defineQueue('stock', { subscriptions: [orders.select('order.paid')], fifo: true }).fifo).toBe(true)
  })

  test('turns durations into seconds and completes the rest', () => {
    const definition = defineQueue('receipts', {
      messages: [Send],
      visibilityTimeout: '2m',
      retention: '14d',
      delay: '15m',
      encryption: { kmsKey: 'alias/receipts' },
      deadLetter: {},
      untyped: { as: 'receipt.send' },
    })['~definition']
    expect(definition).toMatchObject({
      visibilityTimeout: 120,
      retention: 1_209_600,
      delay: 900,
      encryption: { kmsKey: 'alias/receipts', dataKeyReuse: 300 },
      deadLetter: { attempts: 10, name: 'receipts-dead-letter' },
      untyped: { as: 'receipt.send', version: 1 },
    })
  })

  test("can't be changed", () => {
    const queue = defineQueue('receipts', {
      messages: [Send],
      subscriptions: [orders.select('order.paid')],
      deadLetter: {},
      encryption: { kmsKey: 'alias/receipts' },
    })
    const { subscriptions, deadLetter, encryption, tags } = queue['~definition']
    const parts = [queue, queue['~definition'], subscriptions, subscriptions[0], deadLetter, encryption, tags]
    expect(parts.every(Object.isFrozen)).toBe(true)
  })

  test('has its own copy of its tags', () => {
    const tags: Record<string, string> = { team: 'billing' }
    const queue = defineQueue('receipts', { messages: [Send], tags })
    tags['team'] = 'other'
    expect(queue['~definition'].tags).toEqual({ team: 'billing' })
  })
})

describe('names', () => {
  test.each<readonly [unknown, object, string]>([
    [
      'orders.fifo',
      {},
      "defineQueue: 'orders.fifo' ends in '.fifo', which is added for you. Write 'orders' and fifo: true.",
    ],
    ['a/b', {}, "defineQueue: 'a/b' is not a name. SQS takes letters, digits, '-' and '_'."],
    ['', {}, "defineQueue: '' is not a name. SQS takes letters, digits, '-' and '_'."],
    ['my queue', {}, "defineQueue: 'my queue' is not a name. SQS takes letters, digits, '-' and '_'."],
    [undefined, {}, 'defineQueue: undefined is not a name. Write a string.'],
    [{ name: 'orders' }, {}, 'defineQueue: an object is not a name. Write a string.'],
    [orders, {}, "defineQueue: topic 'orders' is not a name. Write a string."],
    [
      'arn:aws:sqs:eu-west-1:123456789012:q',
      {},
      "defineQueue: 'arn:aws:sqs:eu-west-1:123456789012:q' is a URL or an ARN, not a name. Write a name, and say where it is with connect({ locate }).",
    ],
    [
      'https://sqs.eu-west-1.amazonaws.com/123456789012/q',
      {},
      "defineQueue: 'https://sqs.eu-west-1.amazonaws.com/123456789012/q' is a URL or an ARN, not a name. Write a name, and say where it is with connect({ locate }).",
    ],
    [
      'x'.repeat(81),
      {},
      `defineQueue: '${'x'.repeat(60)}…' has 81 characters. SQS takes at most 80. Write a shorter one.`,
    ],
    [
      'x'.repeat(76),
      { fifo: true, group: () => 'g' },
      `defineQueue: '${'x'.repeat(60)}…' has 81 characters with '.fifo'. SQS takes at most 80. Write a shorter one.`,
    ],
    [
      'x'.repeat(69),
      { deadLetter: {} },
      `deadLetter.name: '${'x'.repeat(60)}…' has 81 characters. SQS takes at most 80. Write a shorter one.`,
    ],
    ['q', { deadLetter: { name: news } }, "deadLetter.name: topic 'news' is not a name. Write a string."],
    [
      'q',
      { deadLetter: { name: 'failed.fifo' }, fifo: true, group: () => 'g' },
      "deadLetter.name: 'failed.fifo' ends in '.fifo', which is added for you. Write 'failed'.",
    ],
    [
      'q',
      { deadLetter: { name: 'dead letters' } },
      "deadLetter.name: 'dead letters' is not a name. SQS takes letters, digits, '-' and '_'.",
    ],
    [
      'q',
      { deadLetter: { name: 'q' } },
      "deadLetter.name: 'q' is the queue itself. Write another name, or leave it out for 'q-dead-letter'.",
    ],
  ])('%j with %o is refused', (name, options, why) => {
    const error = contractError(() => js.defineQueue(name, { messages: [Send], ...options }))
    expect(error).toMatchObject({ code: 'definition', message: why })
  })

  test('a long name leaves room for a dead-letter queue of its own name', () => {
    const queue = js.defineQueue('x'.repeat(80), { messages: [Send], deadLetter: { name: 'y' } })
    expect(queue['~definition'].deadLetter?.name).toBe('y')
  })
})

describe('compositions that SQS or SNS would refuse, or that could not work', () => {
  const OtherPaid = defineMessage('order.paid', z.string())

  test.each([
    [{}, "queue 'q' takes nothing. List messages, or subscriptions to a topic."],
    [{ messages: [Send, Send] }, "queue 'q': 'receipt.send' is listed twice."],
    [
      { messages: [Send, undefined] },
      "queue 'q': messages[1] is undefined, no message. Give it what defineMessage() returns. Modules that import each other get undefined.",
    ],
    [{ messages: null }, "queue 'q': messages is null. Write a list of messages."],
    [{ messages: Send }, "queue 'q': messages is message 'receipt.send'. Write a list of messages."],
    [{ messages: { Send } }, "queue 'q': messages is an object. Write a list of messages."],
    [
      { messages: ['receipt.send'] },
      "queue 'q': messages[0] is 'receipt.send', no message. Give it what defineMessage() returns.",
    ],
    [
      { messages: [z.object({})] },
      "queue 'q': messages[0] is a schema, no message. Give it what defineMessage() returns.",
    ],
    [
      { messages: [orders] },
      "queue 'q': messages[0] is topic 'orders', no message. Give it what defineMessage() returns.",
    ],
    [
      { messages: [orders.select('order.paid')] },
      "queue 'q': messages[0] is a subscription to topic 'orders', no message. Give it what defineMessage() returns.",
    ],
    [
      { subscriptions: orders.select('order.paid') },
      "queue 'q': subscriptions is a subscription to topic 'orders'. Write a list of topic.select(…).",
    ],
    [{ subscriptions: orders }, "queue 'q': subscriptions is topic 'orders'. Write a list of topic.select(…)."],
    [{ subscriptions: null }, "queue 'q': subscriptions is null. Write a list of topic.select(…)."],
    [
      { subscriptions: [orders] },
      "queue 'q': subscriptions[0] is topic 'orders', no subscription. Write topic.select(…).",
    ],
    [{ subscriptions: ['orders'] }, "queue 'q': subscriptions[0] is 'orders', no subscription. Write topic.select(…)."],
    [
      { subscriptions: [orders.select] },
      "queue 'q': subscriptions[0] is a function, no subscription. Write topic.select(…).",
    ],
    [
      { subscriptions: [news.select('order.paid')], fifo: true },
      "queue 'q': a FIFO queue can subscribe only to a FIFO topic, and 'news' is a standard one (SNS's rule).",
    ],
    [
      { subscriptions: [orders.select('order.paid'), orders.select('order.cancelled')] },
      "queue 'q': two subscriptions to topic 'orders', but SNS has one for each queue. Name all types in one select.",
    ],
    [
      { messages: [OtherPaid], subscriptions: [orders.select('order.paid')] },
      "queue 'q': 'order.paid' comes from two definitions (versions 1 and 1). Use one message object everywhere; the result of the last evolve() also reads the older versions.",
    ],
    [
      { messages: [Send], fifo: true },
      "queue 'q' is FIFO and needs a group. Write group: (m) => …, the id within which order matters.",
    ],
    [
      { messages: [Send], deduplicate: () => '' },
      "queue 'q' is standard: only a FIFO queue or topic deduplicates. Leave out deduplicate, or write fifo: true.",
    ],
    [
      { messages: [Send], throughput: 'standard' },
      "queue 'q' is standard: only a FIFO queue or topic has a throughput mode. Leave out throughput, or write fifo: true.",
    ],
    [
      { subscriptions: [orders.select('order.paid')], encryption: { kmsKey: 'alias/aws/sqs' } },
      "queue 'q': SNS can't use the key 'alias/aws/sqs', whose policy is AWS's own, and would drop what the queue subscribes to. Write a key of yours.",
    ],
    [
      { messages: [Send], untyped: { as: 'order.paid' } },
      "queue 'q': untyped.as is 'order.paid', none of the types that it takes: 'receipt.send'.",
    ],
    [
      { messages: [Send, Paid], untyped: { as: Send } },
      "queue 'q': untyped.as is message 'receipt.send', none of the types that it takes: 'receipt.send', 'order.paid'.",
    ],
    [
      { messages: [Send], untyped: {} },
      "queue 'q': untyped.as is undefined, none of the types that it takes: 'receipt.send'.",
    ],
  ])('%o', (options, message) => {
    expect(contractError(() => js.defineQueue('q', options))).toMatchObject({ code: 'definition', message })
  })
})

describe("option values that can't be used", () => {
  const failed = defineQueue('failed', { messages: [Send] })
  const noDuration = "is not a duration. Write a number and its unit (ms, s, m, h or d), as in '30s'."
  const list =
    'Its options are messages, subscriptions, fifo, group, deduplicate, throughput, visibilityTimeout, retention, delay, maximumMessageSize, encryption, tags, deadLetter, untyped.'

  test.each([
    [{ visibilityTimeout: 30 }, "visibilityTimeout: 30 has no unit. Did you mean '30s'?"],
    [{ visibilityTimeout: '30 seconds' }, "visibilityTimeout: '30 seconds' is not a duration. Did you mean '30s'?"],
    [
      { visibilityTimeout: '3s' },
      "visibilityTimeout: '3s' is not whole seconds from '5s' to '12h' (SQS allows at most 12 hours; below 5 seconds a lease can't be kept).",
    ],
    [
      { visibilityTimeout: '13h' },
      "visibilityTimeout: '13h' is not whole seconds from '5s' to '12h' (SQS allows at most 12 hours; below 5 seconds a lease can't be kept).",
    ],
    [{ visibilityTimeout: null }, `visibilityTimeout: null ${noDuration}`],
    [{ visibilityTimeout: '-5s' }, `visibilityTimeout: '-5s' ${noDuration}`],
    [{ retention: 345_600 }, "retention: 345600 has no unit. Did you mean '345600s'?"],
    [{ retention: '30s' }, "retention: '30s' is not whole seconds from '1m' to '14d' (SQS's bounds)."],
    [{ retention: '15d' }, "retention: '15d' is not whole seconds from '1m' to '14d' (SQS's bounds)."],
    [{ delay: '16m' }, "delay: '16m' is not whole seconds from '0s' to '15m' (SQS's bounds)."],
    [
      { maximumMessageSize: 1_023 },
      "maximumMessageSize: 1023 is not a whole number from 1024 to 1048576 (bytes; SQS's bounds).",
    ],
    [
      { maximumMessageSize: 1_048_577 },
      "maximumMessageSize: 1048577 is not a whole number from 1024 to 1048576 (bytes; SQS's bounds).",
    ],
    [
      { maximumMesageSize: 2_048 },
      "'maximumMesageSize' is not an option of defineQueue. Did you mean maximumMessageSize?",
    ],
    [
      { maximumMessageSize: '1mb' },
      "maximumMessageSize: '1mb' is not a whole number from 1024 to 1048576 (bytes; SQS's bounds).",
    ],
    [
      { maximumMessageSize: '2048' },
      "maximumMessageSize: '2048' is a string, not a whole number from 1024 to 1048576 (bytes; SQS's bounds). Write 2048.",
    ],
    [{ fifo: 'true' }, "fifo: 'true' is not true or false."],
    [{ fifo: null }, 'fifo: null is not true or false.'],
    [{ deadLetter: 'failed' }, "deadLetter: 'failed' is not an object of options. Write { attempts: … }."],
    [{ deadLetter: 3 }, 'deadLetter: 3 is not an object of options. Write { attempts: … }.'],
    [{ deadLetter: [] }, 'deadLetter: an array is not an object of options. Write { attempts: … }.'],
    [{ deadLetter: failed }, "deadLetter: queue 'failed' is not an object of options. Write { attempts: … }."],
    [{ deadLetter: { attempt: 3 } }, "'attempt' is not an option of deadLetter. Did you mean attempts?"],
    [
      { deadLetter: { maxReceiveCount: 3 } },
      "'maxReceiveCount' is not an option of deadLetter. Its options are attempts, name.",
    ],
    [
      { deadLetter: { attempts: '3' } },
      "deadLetter.attempts: '3' is a string, not a whole number from 1 to 500 (SQS's maxReceiveCount is set to twice that, and SQS allows 1,000). Write 3.",
    ],
    [{ deadLetter: true }, 'deadLetter: true is not an object of options. Write { attempts: … }.'],
    [
      { deadLetter: { attempts: 0 } },
      "deadLetter.attempts: 0 is not a whole number from 1 to 500 (SQS's maxReceiveCount is set to twice that, and SQS allows 1,000).",
    ],
    [
      { deadLetter: { attempts: 501 } },
      "deadLetter.attempts: 501 is not a whole number from 1 to 500 (SQS's maxReceiveCount is set to twice that, and SQS allows 1,000).",
    ],
    [{ deadLetter: { attemps: 3 } }, "'attemps' is not an option of deadLetter. Did you mean attempts?"],
    [{ untyped: 'receipt.send' }, "untyped: 'receipt.send' is not an object of options. Write { as: … }."],
    [{ untyped: Send }, "untyped: message 'receipt.send' is not an object of options. Write { as: … }."],
    [{ untyped: { type: 'receipt.send' } }, "'type' is not an option of untyped. Its options are as, version."],
    [
      { untyped: { as: 'receipt.send', version: 3 } },
      "untyped.version: 3 is not a whole number from 1 to 2 (the versions of 'receipt.send').",
    ],
    [
      { untyped: { as: 'receipt.send', version: '1' } },
      "untyped.version: '1' is a string, not a whole number from 1 to 2 (the versions of 'receipt.send'). Write 1.",
    ],
    [{ group: 'to' }, "group: 'to' is not a function. Write group: (m) => m.payload.…"],
    [
      { fifo: true, group: () => '', deduplicate: true },
      'deduplicate: true is not a function. Write deduplicate: (m) => m.payload.…',
    ],
    [
      { visibiltyTimeout: '30s' },
      "'visibiltyTimeout' is not an option of defineQueue. Did you mean visibilityTimeout?",
    ],
    [
      { visiblityTimeout: '30s' },
      "'visiblityTimeout' is not an option of defineQueue. Did you mean visibilityTimeout?",
    ],
    [{ retentionPeriod: '4d' }, "'retentionPeriod' is not an option of defineQueue. Did you mean retention?"],
    [{ deadLetterQueue: {} }, "'deadLetterQueue' is not an option of defineQueue. Did you mean deadLetter?"],
    [{ messageGroupId: 'a' }, "'messageGroupId' is not an option of defineQueue. Did you mean group?"],
    [{ dlq: {} }, `'dlq' is not an option of defineQueue. ${list}`],
    [{ concurrency: 5 }, `'concurrency' is not an option of defineQueue. ${list}`],
    [{ subscription: [] }, "'subscription' is not an option of defineQueue. Did you mean subscriptions?"],
  ])('%o', (options, message) => {
    expect(() => js.defineQueue('q', { messages: [Send], ...options })).toThrow(new OptionsError(message))
  })

  test.each([
    [undefined, 'undefined'],
    [null, 'null'],
    [[Send], 'an array'],
    [Send, "message 'receipt.send'"],
    [orders, "topic 'orders'"],
    [orders.select('order.paid'), "a subscription to topic 'orders'"],
  ])('%o, which is none', (options, quoted) => {
    const message = `defineQueue: ${quoted} is not an object of options. Write { messages: … }.`
    expect(() => js.defineQueue('q', options)).toThrow(new OptionsError(message))
  })
})
