import { type AnyQueue, defineQueue } from '@waybill/schema'
import { simulate } from '@waybill/testing'
import { describe, expect, test } from 'vitest'
import { resolveOptions } from '../src/options.ts'
import { history, Note, notes, steps } from './support/contracts.ts'
import { js } from './support/javascript.ts'
import { rejection } from './support/rejection.ts'

const aws = simulate()

test.each([
  [{ lingr: '5ms' }, "'lingr' is not an option of createProducer. Did you mean linger?"],
  [
    { region: 'x' },
    "'region' is not an option of createProducer. Its options are linger, timeout, maxInFlight, buffer, write, on.",
  ],
  [7, 'createProducer: 7 is not an object of options. Write { linger: … }.'],
  [{ linger: 5 }, "linger: 5 has no unit. Did you mean '5ms'?"],
  [{ linger: '10001ms' }, "linger: '10001ms' is over '10s'. A lone message would wait that long: write '5ms' or so."],
  [{ timeout: '86400001ms' }, "timeout: '86400001ms' is not from '1ms' to '1d'. Write '30s' or so."],
  [{ linger: '1m' }, "linger: '1m' is over '10s'. A lone message would wait that long: write '5ms' or so."],
  [{ timeout: '0s' }, "timeout: '0s' is not from '1ms' to '1d'. Write '30s' or so."],
  [{ timeout: '2d' }, "timeout: '2d' is not from '1ms' to '1d'. Write '30s' or so."],
  [{ maxInFlight: 0 }, 'maxInFlight: 0 is not a whole number from 1 to 1000.'],
  [{ buffer: { messages: 0 } }, 'buffer.messages: 0 is not a whole number of at least 1.'],
  [{ buffer: { byte: 1 } }, "'byte' is not an option of buffer. Did you mean bytes?"],
  [{ write: { nota: 1 } }, "'nota' is not an option of write. Did you mean note?"],
  [{ write: { note: 2 } }, "write['note']: 2 is not 1 (the versions defined)."],
])('createProducer refuses %j', (options, message) => {
  expect(() => js.createProducer(aws, notes, options)).toThrow(
    expect.objectContaining({ name: 'OptionsError', message }),
  )
})

test('what is not said has the defaults that are documented', () => {
  expect(resolveOptions({}, new Map())).toEqual({
    linger: 5,
    timeout: 30_000,
    maxInFlight: 8,
    bufferedMessages: 10_000,
    bufferedBytes: 64 * 2 ** 20,
    write: new Map(),
  })
})

test('createProducer takes options at their bounds', () => {
  for (const options of [{ linger: '10s' }, { timeout: '1ms' }, { timeout: '1d' }, { maxInFlight: 1_000 }])
    expect(() => js.createProducer(aws, notes, options)).not.toThrow()
})

test('createProducer refuses what is no connection, and no declared queue or topic', () => {
  const anyhow: (...args: unknown[]) => unknown = js.createProducer as never
  expect(() => anyhow(notes, aws)).toThrow(
    "createProducer: queue 'notes' is no connection. Write createProducer(connection, …), with what connect() or a test backend returns.",
  )
  expect(() => anyhow(aws, 'notes')).toThrow(
    "createProducer: 'notes' is no declared queue or topic. Give it what defineQueue() or defineTopic() returns.",
  )
})

test.each([
  [notes, { timeOut: '1s' }, "'timeOut' is not an option of send. Did you mean timeout?"],
  [notes, null, 'send: null is not an object of options. Write { id: … }.'],
  [notes, { id: '' }, "id: '' is not a string of 1 to 128 visible ASCII characters. Leave it out for a new UUID."],
  [
    notes,
    { id: 'a b' },
    "id: 'a b' is not a string of 1 to 128 visible ASCII characters. Leave it out for a new UUID.",
  ],
  [notes, { id: 17 }, 'id: 17 is not a string of 1 to 128 visible ASCII characters. Leave it out for a new UUID.'],
  [notes, { timeout: '0ms' }, "timeout: '0ms' is not from '1ms' to '1d'. Write '30s' or so."],
  [notes, { delay: '16m' }, "delay: '16m' is not whole seconds from '0s' to '15m' (the most that SQS delays)."],
  [notes, { delay: '1500ms' }, "delay: '1500ms' is not whole seconds from '0s' to '15m' (the most that SQS delays)."],
  [
    steps,
    { delay: '1s' },
    "delay: '1s' on queue 'steps', but SQS delays no single message of a FIFO queue. Leave it out.",
  ],
  [
    history,
    { delay: '1s' },
    "delay: '1s' on topic 'history', but SNS delays nothing. Leave it out, or send to a queue.",
  ],
  [
    notes,
    { signal: new AbortController() },
    'signal: an AbortController is not an AbortSignal. Write controller.signal.',
  ],
  [
    notes,
    { attributes: { a: '1', b: '2', c: '3', d: '4', e: '5' } },
    "attributes: 5 are too many, at most 4 can be a message's own: SQS allows ten, and Waybill needs the rest. Put what is more into the payload.",
  ],
] as const)('send refuses options that SQS or SNS would: %#', async (declared, options, message) => {
  const producer = js.createProducer(aws, declared)
  const send =
    declared === notes ? producer.send('note', { n: 1 }, options) : producer.send('step', { of: 'a', n: 1 }, options)
  await expect(send).rejects.toMatchObject({ name: 'OptionsError', message })
})

test.each([
  [
    [],
    { id: 'the same for all' },
    "'id' is not an option of sendMany. Its options are window, delay, timeout, attributes, signal.",
  ],
  [[], 7, 'sendMany: 7 is not an object of options. Write { window: … }.'],
  [[], { window: 0 }, 'window: 0 is not a whole number of at least 1.'],
  [[], { timeout: '0s' }, "timeout: '0s' is not from '1ms' to '1d'. Write '30s' or so."],
  [[], { delay: '16m' }, "delay: '16m' is not whole seconds from '0s' to '15m' (the most that SQS delays)."],
  [
    { type: 'note' },
    {},
    'sendMany: an object is not an iterable of messages. Write [{ type, payload }, …], or a generator of them.',
  ],
  [
    'note',
    {},
    "sendMany: 'note' is not an iterable of messages. Write [{ type, payload }, …], or a generator of them.",
  ],
  [
    undefined,
    {},
    'sendMany: undefined is not an iterable of messages. Write [{ type, payload }, …], or a generator of them.',
  ],
])('sendMany throws what it refuses at the call: %j, %j', (messages, options, message) => {
  const producer = js.createProducer(aws, notes)
  expect(() => producer.sendMany(messages, options)).toThrow(expect.objectContaining({ name: 'OptionsError', message }))
})

test.each([
  [{ timout: '1s' }, "'timout' is not an option of close. Did you mean timeout?"],
  [7, 'close: 7 is not an object of options. Write { timeout: … }.'],
  [{ timeout: 5 }, "timeout: 5 has no unit. Did you mean '5s'?"],
  [{ timeout: '2d' }, "timeout: '2d' is over '1d'. Write '30s' or so, or leave it out."],
])('close refuses %j, and closes nothing', async (options, message) => {
  await using account = simulate()
  const producer = js.createProducer(account, notes)
  await expect(producer.close(options)).rejects.toMatchObject({ name: 'OptionsError', message })
  await expect(producer.send('note', { n: 1 })).rejects.toMatchObject({ code: 'refused' })
})

test.each([
  ['batches', () => {}, "on: 'batches' is not an event. Did you mean batch?"],
  ['sent', () => {}, "on: 'sent' is not an event. The events are batch."],
  ['batch', 7, 'on.batch: 7 is not a function. Write batch: (event) => …'],
])('on refuses the listener to %s: %s', (name, listener, message) => {
  const refusal = expect.objectContaining({ name: 'OptionsError', message })
  expect(() => js.createProducer(aws, notes, { on: { [name]: listener } })).toThrow(refusal)
  expect(() => js.createProducer(aws, notes).on(name, listener)).toThrow(refusal)
})

describe('a key function', () => {
  const failure = new TypeError("Cannot read properties of undefined (reading 'id')")
  const throwing = () => {
    throw failure
  }
  test.each([
    ['group', { group: () => '' }, "returned ''. Return a text that is not empty, such as an id of the payload."],
    [
      'group',
      { group: () => undefined },
      'returned undefined. Return a text that is not empty, such as an id of the payload.',
    ],
    ['group', { group: throwing }, 'threw (see cause).'],
    [
      'deduplicate',
      { group: () => 'g', deduplicate: () => '' },
      "returned ''. Return a text that is not empty, such as an id of the payload.",
    ],
    ['deduplicate', { group: () => 'g', deduplicate: throwing }, 'threw (see cause).'],
  ])('%s that gives no key rejects the send', async (name, keys, problem) => {
    const define: (name: string, options: object) => AnyQueue = defineQueue
    const odd = define('odd', { messages: [Note], fifo: true, ...keys })
    const thrown = await rejection(js.createProducer(aws, odd).send('note', { n: 1 }))
    expect(thrown).toMatchObject({
      name: 'OptionsError',
      message: `${name} of queue 'odd', called for note, ${problem}`,
    })
    expect(thrown.cause).toBe(problem.startsWith('threw') ? failure : undefined)
  })
})
