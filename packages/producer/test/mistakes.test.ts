import { createProducer } from '@waybill/producer'
import { type AnyQueue, defineMessage, defineQueue, defineTopic } from '@waybill/schema'
import { connect } from '@waybill/sqs'
import { afterAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { account } from './support/account.ts'
import { history, Note, news, notes, steps } from './support/contracts.ts'
import { rejection } from './support/rejection.ts'

/** The package as JavaScript and casts see it, so that what types forbid can be tried. */
const js: {
  createProducer(...args: readonly unknown[]): {
    send(...args: readonly unknown[]): Promise<unknown>
    sendMany(...args: readonly unknown[]): AsyncIterable<unknown>
    close(...args: readonly unknown[]): Promise<unknown>
    on(...args: readonly unknown[]): unknown
  }
} = { createProducer }

const Price = defineMessage('price', z.object({ cents: z.int() })).evolve(z.object({ euros: z.number() }), (v1) => ({
  euros: v1.cents / 100,
}))
const both = defineQueue('both', { messages: [Note, Price] })
const inbox = defineQueue('inbox', { subscriptions: [news.select('note')] })
const connection = await account([notes])
afterAll(() => connection.close())

const inPlaceOfOptions = (of: string, likely: string) =>
  [
    [null, `${of}: null is not an object of options. Write { ${likely}: … }.`],
    ['5s', `${of}: '5s' is not an object of options. Write { ${likely}: … }.`],
    [[], `${of}: an array is not an object of options. Write { ${likely}: … }.`],
  ] as const

describe('createProducer', () => {
  const noConnection =
    'is no connection. Write createProducer(connection, …), with what connect() or a test backend returns.'
  const noDeclaration = 'is no declared queue or topic. Give it what defineQueue() or defineTopic() returns.'

  test.each([
    ['nothing', [], `undefined ${noConnection}`],
    ['the queue first', [notes, connection], `queue 'notes' ${noConnection}`],
    ['the topic first', [news, connection], `topic 'news' ${noConnection}`],
    ['connect, not called', [connect, notes], `a function ${noConnection}`],
    ['what connect takes', [{ region: 'eu-central-1' }, notes], `an object ${noConnection}`],
    ['a Promise of a connection', [Promise.resolve(connection), notes], `a Promise ${noConnection}`],
    ['no queue', [connection], `undefined ${noDeclaration} Modules that import each other get undefined.`],
    ['the name of a queue', [connection, 'notes'], `'notes' ${noDeclaration}`],
    ['a message', [connection, Note], `message 'note' ${noDeclaration}`],
    ['a list of queues', [connection, [notes]], `an array ${noDeclaration}`],
    ['a subscription', [connection, news.select('note')], `a subscription to topic 'news' ${noDeclaration}`],
  ])('refuses %s', (_, args, problem) => {
    expect(() => js.createProducer(...args)).toThrow(
      expect.objectContaining({ name: 'OptionsError', message: `createProducer: ${problem}` }),
    )
  })

  test.each<readonly [unknown, string]>([
    ...inPlaceOfOptions('createProducer', 'linger'),
    [{ lingerMs: 5 }, "'lingerMs' is not an option of createProducer. Did you mean linger?"],
    [
      { concurrency: 5 },
      "'concurrency' is not an option of createProducer. Its options are linger, timeout, maxInFlight, buffer, write, on.",
    ],
    [{ linger: '5' }, "linger: '5' has no unit. Did you mean '5ms'?"],
    [
      { linger: Number.NaN },
      "linger: NaN is not a duration. Write a number and its unit (ms, s, m, h or d), as in '30s'.",
    ],
    [{ linger: null }, "linger: null is not a duration. Write a number and its unit (ms, s, m, h or d), as in '30s'."],
    [
      { linger: '-5ms' },
      "linger: '-5ms' is not a duration. Write a number and its unit (ms, s, m, h or d), as in '30s'.",
    ],
    [{ timeout: 30 }, "timeout: 30 has no unit. Did you mean '30s'?"],
    [{ timeout: 30_000 }, "timeout: 30000 has no unit. Did you mean '30000ms'?"],
    [{ timeout: '30 sec' }, "timeout: '30 sec' is not a duration. Did you mean '30s'?"],
    [
      { timeout: Infinity },
      "timeout: Infinity is not a duration. Write a number and its unit (ms, s, m, h or d), as in '30s'.",
    ],
    [
      { timeout: null },
      "timeout: null is not a duration. Write a number and its unit (ms, s, m, h or d), as in '30s'.",
    ],
    [{ maxInFlight: '8' }, "maxInFlight: '8' is a string, not a whole number from 1 to 1000. Write 8."],
    [{ maxInFlight: 2.5 }, 'maxInFlight: 2.5 is not a whole number from 1 to 1000.'],
    [{ maxInFlight: -1 }, 'maxInFlight: -1 is not a whole number from 1 to 1000.'],
    [{ maxInFlight: 1_001 }, 'maxInFlight: 1001 is not a whole number from 1 to 1000.'],
    [{ maxInFlight: Infinity }, 'maxInFlight: Infinity is not a whole number from 1 to 1000.'],
    [{ maxInFlight: null }, 'maxInFlight: null is not a whole number from 1 to 1000.'],
    [{ buffer: 1_000 }, 'buffer: 1000 is not an object of options. Write { messages: … }.'],
    [{ buffer: null }, 'buffer: null is not an object of options. Write { messages: … }.'],
    [{ buffer: { message: 5 } }, "'message' is not an option of buffer. Did you mean messages?"],
    [{ buffer: { count: 5 } }, "'count' is not an option of buffer. Its options are messages, bytes."],
    [{ buffer: { messages: Infinity } }, 'buffer.messages: Infinity is not a whole number of at least 1.'],
    [{ buffer: { bytes: '64mb' } }, "buffer.bytes: '64mb' is not a whole number of at least 1."],
    [{ buffer: { bytes: null } }, 'buffer.bytes: null is not a whole number of at least 1.'],
    [{ write: 1 }, 'write: 1 is not an object of options. Write { note: … }.'],
    [{ write: { price: 3 } }, "write['price']: 3 is not a whole number from 1 to 2 (the versions defined)."],
    [
      { write: { price: '1' } },
      "write['price']: '1' is a string, not a whole number from 1 to 2 (the versions defined). Write 1.",
    ],
    [{ write: { note: 0 } }, "write['note']: 0 is not 1 (the versions defined)."],
    [{ write: { Price: 1 } }, "'Price' is not an option of write. Did you mean price?"],
    [{ write: { other: 1 } }, "'other' is not an option of write. Its options are note, price."],
    [{ on: () => {} }, 'on: a function is not an object of listeners. Write { batch: (event) => … }.'],
    [{ on: null }, 'on: null is not an object of listeners. Write { batch: (event) => … }.'],
    [{ on: { batch: 'log' } }, "on.batch: 'log' is not a function. Write batch: (event) => …"],
    [{ on: { batches: () => {} } }, "on: 'batches' is not an event. Did you mean batch?"],
    [{ on: { error: () => {} } }, "on: 'error' is not an event. The events are batch."],
  ])('refuses the options %o', (options, message) => {
    expect(() => js.createProducer(connection, both, options)).toThrow(
      expect.objectContaining({ name: 'OptionsError', message }),
    )
  })

  test('refuses versions to write for a queue that is sent nothing straight', () => {
    expect(() => js.createProducer(connection, inbox, { write: { note: 1 } })).toThrow(
      expect.objectContaining({
        name: 'OptionsError',
        message: "'note' is not an option of write. It takes none.",
      }),
    )
  })
})

describe('send', () => {
  test.each([
    ['nothing', [], "type: undefined is not a string. Write 'note' or 'price'."],
    ['the message', [Note, { n: 1 }], "type: message 'note' is not a string. Write 'note' or 'price'."],
    [
      'type and payload in one',
      [{ type: 'note', payload: { n: 1 } }],
      "type: an object is not a string. Write 'note' or 'price'.",
    ],
    ['the payload', [{ n: 1 }], "type: an object is not a string. Write 'note' or 'price'."],
    ['a queue', [both, 'note', { n: 1 }], "type: queue 'both' is not a string. Write 'note' or 'price'."],
    ['a misspelt type', ['notes', { n: 1 }], "'notes' is not a message of queue 'both'. Its messages are note, price."],
  ])('refuses %s in place of the type', async (_, args, message) => {
    expect(await rejection(js.createProducer(connection, both).send(...args))).toMatchObject({
      name: 'ContractError',
      code: 'unknown-type',
      message,
    })
  })

  test.each([
    ['note', "'note'"],
    [Note, "message 'note'"],
  ])('refuses %o where the queue is sent nothing straight', async (type, quoted) => {
    expect(await rejection(js.createProducer(connection, inbox).send(type, { n: 1 }))).toMatchObject({
      code: 'unknown-type',
      message: `${quoted} is not a message of queue 'inbox'. It declares no messages of its own: send to a topic that it subscribes to.`,
    })
  })

  test.each([
    ['nothing', undefined, 'payload: Invalid input: expected object, received undefined'],
    ['null', null, 'payload: Invalid input: expected object, received null'],
    ['its JSON', '{"n":1}', 'payload: Invalid input: expected object, received string'],
    ['a list of payloads', [{ n: 1 }], 'payload: Invalid input: expected object, received array'],
    ['a payload in a payload', { payload: { n: 1 } }, 'payload.n: Invalid input: expected number, received undefined'],
  ])('refuses %s in place of the payload', async (_, payload, issue) => {
    expect(await rejection(js.createProducer(connection, notes).send('note', payload))).toMatchObject({
      name: 'ContractError',
      code: 'invalid-payload',
      message: `note version 1: the payload to send doesn't fit its contract:\n  ${issue}`,
    })
  })

  const noAttributes = "is not an object of attributes. Write { tenant: 'acme' }."

  test.each<readonly [unknown, string]>([
    ...inPlaceOfOptions('send', 'id'),
    [{ delaySeconds: 5 }, "'delaySeconds' is not an option of send. Did you mean delay?"],
    [{ attribute: {} }, "'attribute' is not an option of send. Did you mean attributes?"],
    [{ group: 'a' }, "'group' is not an option of send. Its options are id, delay, timeout, attributes, signal."],
    [{ id: null }, 'id: null is not a string of 1 to 128 visible ASCII characters. Leave it out for a new UUID.'],
    [
      { id: 'x'.repeat(129) },
      `id: '${'x'.repeat(60)}…' is not a string of 1 to 128 visible ASCII characters. Leave it out for a new UUID.`,
    ],
    [{ delay: 30 }, "delay: 30 has no unit. Did you mean '30s'?"],
    [{ delay: 900 }, "delay: 900 has no unit. Did you mean '900s'?"],
    [{ delay: '20m' }, "delay: '20m' is not whole seconds from '0s' to '15m' (the most that SQS delays)."],
    [{ delay: null }, "delay: null is not a duration. Write a number and its unit (ms, s, m, h or d), as in '30s'."],
    [{ delay: '-1s' }, "delay: '-1s' is not a duration. Write a number and its unit (ms, s, m, h or d), as in '30s'."],
    [{ timeout: 30 }, "timeout: 30 has no unit. Did you mean '30s'?"],
    [{ timeout: '2d' }, "timeout: '2d' is not from '1ms' to '1d'. Write '30s' or so."],
    [{ attributes: null }, `attributes: null ${noAttributes}`],
    [{ attributes: 'acme' }, `attributes: 'acme' ${noAttributes}`],
    [{ attributes: ['acme'] }, `attributes: an array ${noAttributes}`],
    [{ attributes: new Map([['tenant', 'acme']]) }, `attributes: a Map ${noAttributes}`],
    [{ attributes: { n: 1 } }, "attributes: 'n' is 1. Write a string."],
    [{ attributes: { tenant: undefined } }, "attributes: 'tenant' is undefined. Write a string, or leave it out."],
    [{ signal: null }, 'signal: null is not an AbortSignal. Write controller.signal.'],
    [{ signal: '5s' }, "signal: '5s' is not an AbortSignal. Write controller.signal."],
  ])('refuses the options %o', async (options, message) => {
    expect(await rejection(js.createProducer(connection, notes).send('note', { n: 1 }, options))).toMatchObject({
      name: 'OptionsError',
      message,
    })
  })

  test.each([
    [steps, "delay: 5 on queue 'steps', but SQS delays no single message of a FIFO queue. Leave it out."],
    [history, "delay: 5 on topic 'history', but SNS delays nothing. Leave it out, or send to a queue."],
  ])('refuses a delay where there is none before it asks for its unit: %#', async (declared, message) => {
    const sending = js.createProducer(connection, declared).send('step', { of: 'a', n: 1 }, { delay: 5 })
    expect(await rejection(sending)).toMatchObject({ name: 'OptionsError', message })
  })

  test('refuses a message that is larger than its queue or topic takes', async () => {
    const large = { n: 1, text: 'x'.repeat(2_000) }
    for (const small of [
      defineQueue('small', { messages: [Note], maximumMessageSize: 1_024 }),
      defineTopic('small', { messages: [Note], maximumMessageSize: 1_024 }),
    ])
      expect(await rejection(js.createProducer(connection, small).send('note', large, { id: 'x' }))).toMatchObject({
        name: 'SendError',
        code: 'too-large',
        message: `note (id x) has 2078 bytes with its attributes, and ${small.kind} 'small' takes at most 1024. Keep the content elsewhere and send where it is.`,
      })
  })

  test('refuses what comes after close()', async () => {
    const producer = js.createProducer(connection, notes)
    await producer.close()
    expect(await rejection(producer.send('note', { n: 1 }, { id: 'x' }))).toMatchObject({
      name: 'SendError',
      code: 'closed',
      message: "note (id x) was not sent: the producer of queue 'notes' is closed.",
    })
  })
})

describe('sendMany', () => {
  const producer = js.createProducer(connection, notes)
  const noIterable = 'is not an iterable of messages. Write [{ type, payload }, …], or a generator of them.'

  test.each([
    ['nothing', [], `undefined ${noIterable}`],
    ['one message', [{ type: 'note', payload: { n: 1 } }], `an object ${noIterable}`],
    ['a type, and payloads', ['note', [{ n: 1 }]], `'note' ${noIterable}`],
    ['a generator that is not called', [function* () {}], `a function ${noIterable}`],
    ['a list that is not awaited', [Promise.resolve([])], `a Promise ${noIterable}`],
  ])('refuses %s', async (_, args, problem) => {
    await expect(async () => producer.sendMany(...args)).rejects.toMatchObject({
      name: 'OptionsError',
      message: `sendMany: ${problem}`,
    })
  })

  test.each<readonly [unknown, string]>([
    ...inPlaceOfOptions('sendMany', 'window'),
    [{ windw: 5 }, "'windw' is not an option of sendMany. Did you mean window?"],
    [
      { concurrency: 5 },
      "'concurrency' is not an option of sendMany. Its options are window, delay, timeout, attributes, signal.",
    ],
    [
      { id: 'the same for all' },
      "'id' is not an option of sendMany. Its options are window, delay, timeout, attributes, signal.",
    ],
    [{ window: 0 }, 'window: 0 is not a whole number of at least 1.'],
    [{ window: Infinity }, 'window: Infinity is not a whole number of at least 1.'],
    [{ window: '10' }, "window: '10' is a string, not a whole number of at least 1. Write 10."],
  ])('refuses the options %o', async (options, message) => {
    await expect(async () => producer.sendMany([], options)).rejects.toMatchObject({ name: 'OptionsError', message })
  })

  const noMessage = 'no message. Give { type, payload }.'

  test.each([
    ['null', null, `sendMany: the iterable gave null, ${noMessage}`],
    ['a type', 'note', `sendMany: the iterable gave 'note', ${noMessage}`],
    ['a payload', { n: 1 }, `sendMany: the iterable gave an object, ${noMessage}`],
    ['a pair', ['note', { n: 1 }], `sendMany: the iterable gave an array, ${noMessage}`],
    [
      'the message as its type',
      { type: Note, payload: { n: 1 } },
      "type: message 'note' is not a string. Write 'note'.",
    ],
    [
      'an option beside the payload',
      { type: 'note', payload: { n: 1 }, delay: '5s' },
      'sendMany: delay stands beside the payload. Give { type, payload, options: { delay: … } }.',
    ],
    [
      'null for its options',
      { type: 'note', payload: { n: 1 }, options: null },
      'send: null is not an object of options. Write { id: … }.',
    ],
    [
      'a number for its options',
      { type: 'note', payload: { n: 1 }, options: 5 },
      'send: 5 is not an object of options. Write { id: … }.',
    ],
    [
      'a misspelt option',
      { type: 'note', payload: { n: 1 }, options: { dely: '5s' } },
      "'dely' is not an option of send. Did you mean delay?",
    ],
    [
      'a delay without its unit',
      { type: 'note', payload: { n: 1 }, options: { delay: 5 } },
      "delay: 5 has no unit. Did you mean '5s'?",
    ],
  ])('tells of %s, and goes on', async (_, wrong, message) => {
    const results: unknown[] = []
    for await (const result of producer.sendMany([wrong, { type: 'nope' }])) results.push(result)
    expect(results).toMatchObject([
      { message: wrong, ok: false, error: { message } },
      { ok: false, error: { message: "'nope' is not a message of queue 'notes'. Its messages are note." } },
    ])
  })
})

test.each<readonly [unknown, string]>([
  ...inPlaceOfOptions('close', 'timeout'),
  [5, 'close: 5 is not an object of options. Write { timeout: … }.'],
  [{ timout: '5s' }, "'timout' is not an option of close. Did you mean timeout?"],
  [{ timeout: 5 }, "timeout: 5 has no unit. Did you mean '5s'?"],
  [{ timeout: null }, "timeout: null is not a duration. Write a number and its unit (ms, s, m, h or d), as in '30s'."],
  [{ timeout: '2d' }, "timeout: '2d' is over '1d'. Write '30s' or so, or leave it out."],
])('close refuses %o, and closes nothing', async (options, message) => {
  const producer = js.createProducer(connection, notes)
  await expect(producer.close(options)).rejects.toMatchObject({ name: 'OptionsError', message })
  expect(await rejection(producer.send('note', { n: 'one' }))).toMatchObject({ code: 'invalid-payload' })
})

test.each([
  [[], 'on: undefined is not an event. The events are batch.'],
  [['batch'], 'on.batch: undefined is not a function. Write batch: (event) => …'],
  [[() => {}], 'on: a function is not an event. The events are batch.'],
  [[{ batch: () => {} }], 'on: an object is not an event. The events are batch.'],
  [['error', () => {}], "on: 'error' is not an event. The events are batch."],
  [['batches', () => {}], "on: 'batches' is not an event. Did you mean batch?"],
])('on refuses %o', (args, message) => {
  expect(() => js.createProducer(connection, notes).on(...args)).toThrow(
    expect.objectContaining({ name: 'OptionsError', message }),
  )
})

describe('a key is the text that a function returns', () => {
  const define: (name: string, options: object) => AnyQueue = defineQueue
  const advice = 'Return a text that is not empty, such as an id of the payload.'

  test.each([
    ['null', () => null, `returned null. ${advice}`],
    ['a number', () => 17, `returned 17. ${advice}`],
    ['a bigint', () => 17n, `returned 17n. ${advice}`],
    ['NaN', () => Number.NaN, `returned NaN. ${advice}`],
    ['a Date', () => new Date(0), `returned a Date. ${advice}`],
    ['a Promise', async () => 'a', `returned a Promise. ${advice}`],
    ['the payload', ({ payload }: { payload: unknown }) => payload, `returned an object. ${advice}`],
  ])('not %s', async (_, key, problem) => {
    const keyed = define('keyed', { messages: [Note], fifo: true, group: key })
    const deduplicated = define('keyed', { messages: [Note], fifo: true, group: () => 'g', deduplicate: key })
    for (const [name, declared] of Object.entries({ group: keyed, deduplicate: deduplicated }))
      expect(await rejection(js.createProducer(connection, declared).send('note', { n: 1 }))).toMatchObject({
        name: 'OptionsError',
        message: `${name} of queue 'keyed', called for note, ${problem}`,
      })
  })
})
