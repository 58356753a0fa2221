import { createConsumer, memoryStore, middleware, retry } from '@waybill/consumer'
import { defineMessage, defineQueue, defineTopic } from '@waybill/schema'
import { connect } from '@waybill/sqs'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { resolveOptions } from '../src/resolve-options.ts'

const Job = defineMessage('job', z.object({ n: z.int() }))
const Note = defineMessage('note', z.string())
const jobs = defineQueue('jobs', { messages: [Job, Note] })
const handlers = { job: () => {}, note: () => {} }

/** As from JavaScript: whatever the types say. */
const make = (options: object) => () => createConsumer(connect({ region: 'eu-west-1' }), jobs, { handlers, ...options })

describe('createConsumer', () => {
  test.each([
    [{ concurrency: 0 }, 'concurrency: 0 is not a whole number from 1 to 1000.'],
    [{ concurrency: 2.5 }, 'concurrency: 2.5 is not a whole number from 1 to 1000.'],
    [{ concurrency: '10' }, "concurrency: '10' is a string, not a whole number from 1 to 1000. Write 10."],
    [{ concurency: 10 }, "'concurency' is not an option of createConsumer. Did you mean concurrency?"],
    [
      { waitTime: '0s' },
      "waitTime: '0s' is not whole seconds from '1s' to '20s' (the longest that SQS waits; without waiting, polls would spin).",
    ],
    [
      { waitTime: '30s' },
      "waitTime: '30s' is not whole seconds from '1s' to '20s' (the longest that SQS waits; without waiting, polls would spin).",
    ],
    [{ waitTime: 20 }, "waitTime: 20 has no unit. Did you mean '20s'?"],
    [
      { unknownDelay: '13h' },
      "unknownDelay: '13h' is not whole seconds from '1s' to '12h' (the most that SQS hides a message).",
    ],
    [{ stopTimeout: '1d' }, "stopTimeout: '1d' is over '12h', the longest that SQS hides a message."],
    [{ backoff: { first: '1h' } }, "backoff: first '1h' is over max '15m'. Lower one or raise the other."],
    [{ backoff: { max: '13h' } }, "backoff.max: '13h' is over '12h', the longest that SQS hides a message."],
    [{ backoff: '10s' }, "backoff: '10s' is not an object of options. Write { first: … }."],
    [{ backoff: { frist: '1s' } }, "'frist' is not an option of backoff. Did you mean first?"],
    [{ on: { setled: () => {} } }, "on: 'setled' is not an event. Did you mean settled?"],
    [{ on: { settled: 5 } }, 'on.settled: 5 is not a function. Write settled: (event) => …'],
    [{ use: () => {} }, 'use: a function is not a list. Write use: [middleware(…)].'],
    [
      { handlers: { ...handlers, note: { handle: () => {}, batch: { size: 2 }, handleBatch: () => {} } } },
      "handlers['note'] has both handle and handleBatch: write one of them.",
    ],
    [{ use: ['log'] }, "use: 'log' is not a middleware. Write middleware(async (delivery, next) => …)."],
    [{ handlers: undefined }, 'handlers: undefined is no object with a handler for each of: job, note.'],
    [
      { handlers: { job: () => {} } },
      "handlers['note'] is missing: queue 'jobs' takes that type. Write a function, { handle } or { batch: { size }, handleBatch }.",
    ],
    [{ handlers: { ...handlers, nota: () => {} } }, "handlers: queue 'jobs' takes no 'nota'. It takes: job, note."],
    [
      { handlers: { ...handlers, note: 5 } },
      "handlers['note'] is 5: queue 'jobs' takes that type. Write a function, { handle } or { batch: { size }, handleBatch }.",
    ],
    [
      { handlers: { ...handlers, note: { handle: () => {}, timeout: '0s' } } },
      "handlers['note'].timeout: '0s' leaves no time to handle anything.",
    ],
    [
      { handlers: { ...handlers, note: { handle: () => {}, concurrency: 0 } } },
      "handlers['note'].concurrency: 0 is not a whole number from 1 to 1000.",
    ],
    [
      { handlers: { ...handlers, note: { batch: { size: 0 }, handleBatch: () => {} } } },
      "handlers['note'].batch.size: 0 is not a whole number from 1 to 10000.",
    ],
    [{ groupConcurrency: 0 }, 'groupConcurrency: 0 is not a whole number from 1 to 1000.'],
    [{ rateLimit: { max: 0, per: '1s' } }, 'rateLimit.max: 0 is not a whole number from 1 to 10000.'],
    [{ rateLimit: { max: 1, per: '2h' } }, "rateLimit.per: '2h' is over '1h': write a rate for a shorter time."],
    [{ rateLimit: { max: 1, per: '5ms' } }, "rateLimit.per: '5ms' is under '10ms': write a rate for a longer time."],
    [{ rateLimit: { max: 1, every: '1s' } }, "'every' is not an option of rateLimit. Its options are max, per."],
    [{ retryIn: '30s' }, "retryIn: '30s' is not a function. Write retryIn: (attempt) => '30s'."],
    [
      { idempotency: { store: {} } },
      'idempotency.store: an object has no begin(). Write memoryStore(), or an object with begin, finish, release.',
    ],
    [
      { idempotency: { store: memoryStore(), key: 'id' } },
      "idempotency.key: 'id' is not a function. Write key: ({ payload }) => payload.orderId.",
    ],
    [{ idempotency: memoryStore() }, 'idempotency: that is the store itself. Write idempotency: { store: … }.'],
    [
      {
        rateLimit: { max: 10, per: '1s' },
        handlers: { ...handlers, note: { batch: { size: 20 }, handleBatch: () => {} } },
      },
      "rateLimit.max: 10 is under handlers['note'].batch.size 20: such a batch could never start. Raise one or lower the other.",
    ],
    [
      { handlers: { ...handlers, note: { handle: () => {}, timeoutMs: '3s' } } },
      "'timeoutMs' is not an option of handlers['note']. Did you mean timeout?",
    ],
    [
      { handlers: { ...handlers, note: { batch: { size: 2 }, handle: () => {} } } },
      "handlers['note'] has batch and handle: write handleBatch, or leave batch out.",
    ],
    [
      { handlers: { ...handlers, note: { batch: { size: 2, max: 3 }, handleBatch: () => {} } } },
      "'max' is not an option of handlers['note'].batch. Its options are size, wait.",
    ],
    [{ stopTimeout: 25_000 }, "stopTimeout: 25000 has no unit. Did you mean '25000ms'?"],
    [{ idempotency: { store: memoryStore(), keep: '400d' } }, "idempotency.keep: '400d' is over '365d'."],
  ])('refuses %j and says what to write', (options, message) => {
    expect(make(options)).toThrow(expect.objectContaining({ name: 'OptionsError', message }))
  })

  test.each([
    [
      undefined,
      jobs,
      'createConsumer: undefined is no connection. Write createConsumer(connection, …), with what connect() or a test backend returns.',
    ],
    [
      connect({ region: 'eu-west-1' }),
      undefined,
      'createConsumer: undefined is no declared queue. Give it what defineQueue() returns. Modules that import each other get undefined.',
    ],
    [
      connect({ region: 'eu-west-1' }),
      'jobs',
      "createConsumer: 'jobs' is no declared queue. Give it what defineQueue() returns.",
    ],
    [
      connect({ region: 'eu-west-1' }),
      defineTopic('news', { messages: [Job] }),
      "createConsumer: topic 'news' is no declared queue. Give it what defineQueue() returns.",
    ],
  ])('refuses to work without a connection and a queue: %#', (connection, queue, message) => {
    const js: (...args: unknown[]) => unknown = createConsumer as never
    expect(() => js(connection, queue, { handlers })).toThrow(
      expect.objectContaining({ name: 'OptionsError', message }),
    )
  })

  test('has the defaults that are documented', () => {
    expect(resolveOptions(jobs, { handlers })).toMatchObject({
      concurrency: 10,
      capacity: 10,
      heldBound: 100,
      parkedBound: 1_000,
      backoff: { first: 10_000, max: 900_000, jitter: 0.5 },
      unknownDelay: 300_000,
      waitTime: 20,
      visibilityTimeout: 30,
      stopTimeout: 25_000,
    })
  })

  test('keeps keys for as long as SQS keeps messages, and parks half of what many handlers may hold', () => {
    const resolved = resolveOptions(jobs, { handlers, concurrency: 1_000, idempotency: { store: memoryStore() } })
    expect(resolved).toMatchObject({ heldBound: 10_000, parkedBound: 5_000, idempotency: { keep: 14 * 86_400_000 } })
  })

  test('handles a batch that is not full a second after its first', () => {
    const note = { batch: { size: 5 }, handleBatch: () => {} }
    const resolved = resolveOptions(jobs, { handlers: { ...handlers, note } })
    expect(resolved.handlers.get('note')).toMatchObject({ batch: { size: 5, wait: 1_000 } })
    expect(resolved).toMatchObject({ capacity: 50, heldBound: 100 })
  })

  test('does no I/O, and takes what a user may write', () => {
    expect(
      make({
        concurrency: 1_000,
        use: [middleware((_delivery, next) => next())],
        handlers: {
          job: { handle: () => {}, timeout: '1m', concurrency: 5 },
          note: { batch: { size: 100 }, handleBatch: () => {} },
        },
        backoff: { first: '1s', max: '12h' },
        on: { settled: () => {}, fault: undefined },
      }),
    ).not.toThrow()
  })
})

test('on() knows its events', () => {
  const consumer = createConsumer(connect({ region: 'eu-west-1' }), jobs, { handlers })
  expect(() => consumer.on('error' as never, () => {})).toThrow("on: 'error' is not an event.")
})

test.each([
  ['30 seconds', "retry delay: '30 seconds' is not a duration. Did you mean '30s'?"],
  [30, "retry delay: 30 has no unit. Did you mean '30s'?"],
  ['1500ms', "retry delay: '1500ms' is not whole seconds from '0s' to '12h' (the most that SQS hides a message)."],
])('retry({ delay: %j }) is refused', (delay, message) => {
  expect(() => retry({ delay: delay as never })).toThrow(message)
})

test.each([
  ['1m', "retry: '1m' is not an object of options. Write { delay: … }."],
  [{ dealy: '1m' }, "'dealy' is not an option of retry. Did you mean delay?"],
])('retry(%j) is refused', (options, message) => {
  expect(() => retry(options as never)).toThrow(message)
})
