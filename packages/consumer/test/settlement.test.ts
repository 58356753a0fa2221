import { deadLetter, retry } from '@waybill/consumer'
import { defineMessage, defineQueue } from '@waybill/schema'
import { readProvenance } from '@waybill/sqs'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { consume, faulty, rig, seen } from './support/rig.ts'

const Job = defineMessage('job', z.object({ n: z.int() }))
const jobs = defineQueue('jobs', { messages: [Job], deadLetter: { attempts: 3 } })

describe.concurrent('a handler that returns', () => {
  test('gets the payload and its context, and the message is deleted', async () => {
    await using at = await rig(jobs)
    await at.put(Job, { n: 7 }, { id: 'my-id', attributes: { tenant: 'a' } })
    const calls: unknown[] = []
    const consumer = consume(at.aws, jobs, {
      handlers: {
        job: (payload, { type, version, id, attempt, receives, group, sentAt, attributes, signal }) => {
          calls.push({ payload, type, version, id, attempt, receives, group, attributes, aborted: signal.aborted })
          expect(sentAt.getTime()).toBeGreaterThan(Date.now() - 60_000)
        },
      },
    })
    const settled = seen(consumer, 'settled')
    await consumer.start()
    expect(await settled).toMatchObject([{ type: 'job', id: 'my-id', attempt: 1, outcome: 'done', error: undefined }])
    await consumer.stop()
    expect(calls).toEqual([
      {
        payload: { n: 7 },
        type: 'job',
        version: 1,
        id: 'my-id',
        attempt: 1,
        receives: 1,
        group: undefined,
        attributes: { tenant: 'a' },
        aborted: false,
      },
    ])
    expect(await at.left()).toBe(0)
  })

  test('is not called again for a message whose delete failed: its redelivery is deleted', async () => {
    await using at = await rig(jobs)
    await at.put(Job, { n: 1 })
    let deletes = 0
    const refusing = faulty(at.aws, (real) => ({
      async delete(queue, handles, call) {
        // The first delete is refused for good, and the message comes again.
        if (deletes++ > 0) return real.delete(queue, handles, call)
        await real.changeVisibility(
          queue,
          handles.map((handle) => ({ handle, visibilityTimeout: 0 })),
          call,
        )
        const error = Object.assign(new Error('denied'), { verdict: 'never', unknown: false } as const)
        return handles.map(() => ({ ok: false, error, verdict: 'never', unknown: false }))
      },
    }))
    let runs = 0
    const consumer = consume(refusing, jobs, { handlers: { job: () => void runs++ } })
    const twice = seen(consumer, 'received', 2)
    await consumer.start()
    await twice
    await consumer.stop()
    expect({ runs, left: await at.left() }).toEqual({ runs: 1, left: 0 })
  })

  test('has its delete tried again while deletes fail', async () => {
    await using at = await rig(jobs)
    await at.put(Job, { n: 1 })
    let failures = 2
    const flaky = faulty(at.aws, (real) => ({
      delete: (queue, handles, call) =>
        failures-- > 0
          ? Promise.reject(Object.assign(new Error('reset'), { verdict: 'now', unknown: true } as const))
          : real.delete(queue, handles, call),
    }))
    const consumer = consume(flaky, jobs, { handlers: { job: () => {} } })
    const settled = seen(consumer, 'settled')
    await consumer.start()
    await settled
    await consumer.stop()
    expect(await at.left()).toBe(0)
  })
})

describe.concurrent('a handler that retries', () => {
  test.each([
    ['by returning retry()', () => retry({ delay: '0s', reason: 'busy' })],
    [
      'by throwing',
      () => {
        throw new Error('busy')
      },
    ],
    [
      'by throwing a text',
      () => {
        throw 'busy'
      },
    ],
    [
      'by throwing an object that is no Error',
      () => {
        throw { code: 'busy' }
      },
    ],
  ])('%s: gets the message again, with the next attempt', async (_how, fail) => {
    await using at = await rig(jobs)
    await at.put(Job, { n: 1 })
    const attempts: number[] = []
    const consumer = consume(at.aws, jobs, {
      handlers: { job: (_payload, { attempt }) => (attempts.push(attempt) === 1 ? fail() : undefined) },
    })
    const settled = seen(consumer, 'settled', 2)
    await consumer.start()
    const [failed, done] = await settled
    expect([failed?.outcome, done?.outcome, done?.error]).toEqual(['retry', 'done', undefined])
    expect(failed?.error?.message ?? 'busy').toMatch(/busy/)
    await consumer.stop()
    expect({ attempts, left: await at.left() }).toEqual({ attempts: [1, 2], left: 0 })
  })

  test('forgetting to return retry() is taken as returned, and warned about once', async () => {
    await using at = await rig(jobs)
    for (const n of [1, 2, 3]) await at.put(Job, { n })
    const attempts: number[] = []
    const consumer = consume(at.aws, jobs, {
      handlers: {
        job: async (_payload, { attempt }) => {
          attempts.push(attempt)
          if (attempt === 1) retry({ delay: '0s' })
        },
      },
    })
    const settled = seen(consumer, 'settled', 6)
    await consumer.start()
    expect((await settled).map((event) => event.outcome).toSorted()).toEqual([
      'done',
      'done',
      'done',
      'retry',
      'retry',
      'retry',
    ])
    await consumer.stop()
    expect(attempts.toSorted((a, b) => a - b)).toEqual([1, 1, 1, 2, 2, 2])
    expect(at.lines.filter((line) => line.message.includes('did not return it'))).toHaveLength(1)
    expect(await at.left()).toBe(0)
  })

  test('an outcome made by another run, or made and then thrown over, does not count', async () => {
    await using at = await rig(jobs)
    await at.put(Job, { n: 1 })
    const outside = deadLetter('made outside of any handler')
    const consumer = consume(at.aws, jobs, {
      handlers: {
        job: (_payload, { attempt }) => {
          if (attempt > 1) return
          deadLetter('not this')
          throw new Error(outside.reason)
        },
      },
    })
    const settled = seen(consumer, 'settled', 2)
    await consumer.start()
    expect((await settled).map((event) => event.outcome)).toEqual(['retry', 'done'])
    await consumer.stop()
    expect(await at.dead()).toEqual([])
  })

  test('until its attempts are exhausted: the message is moved with its body, its attributes and where it came from', async () => {
    await using at = await rig(jobs)
    await at.put(Job, { n: 1 }, { id: 'my-id', attributes: { tenant: 'a' } })
    const consumer = consume(at.aws, jobs, {
      handlers: {
        job: () => {
          throw new TypeError('no such receipt')
        },
      },
    })
    const settled = seen(consumer, 'settled', 3)
    await consumer.start()
    expect((await settled).map(({ attempt, outcome, error }) => [attempt, outcome, error?.message])).toEqual([
      [1, 'retry', 'no such receipt'],
      [2, 'retry', 'no such receipt'],
      [3, 'dead-letter', 'no such receipt'],
    ])
    await consumer.stop()
    const [copy, ...more] = await at.dead()
    expect(more).toEqual([])
    expect(copy?.body).toBe('{"n":1}')
    expect(copy?.attributes).toMatchObject({
      'waybill-type': { value: 'job' },
      'waybill-id': { value: 'my-id' },
      tenant: { value: 'a' },
    })
    expect(readProvenance(copy?.attributes ?? {})).toMatchObject({
      queue: expect.stringMatching(/^rig\d+-jobs$/),
      receives: 3,
      attempts: 3,
      reason: 'attempts exhausted (3): no such receipt',
      error: { name: 'TypeError', message: 'no such receipt', stack: expect.stringContaining('settlement.test.ts') },
    })
    expect(await at.left()).toBe(0)
  })
})

describe.concurrent('a handler that returns deadLetter()', () => {
  test('has its message moved at once, with its reason', async () => {
    await using at = await rig(jobs)
    await at.put(Job, { n: 1 })
    const consumer = consume(at.aws, jobs, { handlers: { job: () => deadLetter('no such customer') } })
    const settled = seen(consumer, 'settled')
    await consumer.start()
    expect(await settled).toMatchObject([{ outcome: 'dead-letter', attempt: 1 }])
    await consumer.stop()
    const [copy] = await at.dead()
    expect(readProvenance(copy?.attributes ?? {})).toMatchObject({ reason: 'no such customer', attempts: 1 })
    expect(await at.left()).toBe(0)
  })

  test('keeps the message when there is no dead-letter queue', async () => {
    const bare = defineQueue('bare', { messages: [Job] })
    await using at = await rig(bare)
    await at.put(Job, { n: 1 })
    const consumer = consume(at.aws, bare, { handlers: { job: () => deadLetter('no such customer') } })
    const settled = seen(consumer, 'settled')
    await consumer.start()
    await settled
    await consumer.stop()
    expect(await at.left()).toBe(1)
    expect(at.lines).toContainEqual(
      expect.objectContaining({
        level: 'error',
        message: expect.stringContaining('no dead-letter queue: the message is kept'),
      }),
    )
  })

  test('keeps the message when the dead-letter queue refuses the copy', async () => {
    await using at = await rig(jobs)
    await at.put(Job, { n: 1 })
    const { SqsError } = await import('@waybill/sqs')
    const denied = new SqsError('access-denied', 'Not allowed: sqs:SendMessage.', { verdict: 'never', unknown: false })
    const refusing = faulty(at.aws, () => ({ send: () => Promise.reject(denied) }))
    const consumer = consume(refusing, jobs, { handlers: { job: () => deadLetter('no such customer') } })
    const fault = seen(consumer, 'fault')
    await consumer.start()
    expect(await fault).toEqual([{ call: 'dead-letter', error: denied }])
    await consumer.stop()
    expect({ left: await at.left(), dead: await at.dead() }).toEqual({ left: 1, dead: [] })
  })

  test('is refused without a reason', () => {
    expect(() => deadLetter('')).toThrow("deadLetter: '' is no reason. Write why the message can't be handled.")
  })
})
