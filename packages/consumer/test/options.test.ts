import { createConsumer, middleware, retry } from '@waybill/consumer'
import { defineMessage, defineQueue } from '@waybill/schema'
import { connect } from '@waybill/sqs'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'

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
    [{ concurrency: '10' }, "concurrency: '10' is not a whole number from 1 to 1000."],
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
  ])('refuses %j and says what to write', (options, message) => {
    expect(make(options)).toThrow(expect.objectContaining({ name: 'OptionsError', message }))
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

test.each([
  ['30 seconds', "retry delay: '30 seconds' is not a duration. Did you mean '30s'?"],
  [30, "retry delay: 30 has no unit. Did you mean '30s'?"],
  ['1500ms', "retry delay: '1500ms' is not whole seconds from '0s' to '12h' (the most that SQS hides a message)."],
])('retry({ delay: %j }) is refused', (delay, message) => {
  expect(() => retry({ delay: delay as never })).toThrow(message)
})
