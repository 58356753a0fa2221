import { defineMessage, defineQueue } from '@waybill/schema'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { consume, faulty, rig, seen } from './support/rig.ts'

const Job = defineMessage('job', z.object({ n: z.int() }))
const jobs = defineQueue('jobs', { messages: [Job], deadLetter: { attempts: 3 } })

describe.concurrent('a consumer', () => {
  test('runs as many handlers as its concurrency, never more, and receives no more than it can start', async () => {
    await using at = await rig(jobs)
    for (let n = 0; n < 20; n++) await at.put(Job, { n })
    let running = 0
    let most = 0
    const asked: number[] = []
    const watched = faulty(at.aws, (real) => ({
      receive(queue, request, call) {
        asked.push(request.max + running)
        return real.receive(queue, request, call)
      },
    }))
    const consumer = consume(watched, jobs, {
      concurrency: 4,
      handlers: {
        async job() {
          most = Math.max(most, ++running)
          await new Promise((resolve) => setImmediate(resolve))
          running--
        },
      },
    })
    const settled = seen(consumer, 'settled', 20)
    await consumer.start()
    await settled
    await consumer.stop()
    expect(most).toBe(4)
    expect(Math.max(...asked)).toBeLessThanOrEqual(4)
  })

  test('does not let a slow handler hold up the others', async () => {
    await using at = await rig(jobs)
    for (let n = 0; n < 50; n++) await at.put(Job, { n })
    const slow = Promise.withResolvers<void>()
    let handled = 0
    const others = Promise.withResolvers<void>()
    const consumer = consume(at.aws, jobs, {
      concurrency: 3,
      handlers: {
        async job({ n }) {
          if (n === 0) await slow.promise
          else if (++handled === 49) others.resolve()
        },
      },
    })
    await consumer.start()
    await others.promise
    slow.resolve()
    expect(await consumer.stop()).toEqual({ released: 0, abandoned: 0 })
    expect(await at.left()).toBe(0)
  })

  test('keeps to the concurrency of a type, and goes on with other types', async () => {
    const Note = defineMessage('note', z.object({ n: z.int() }))
    const mixed = defineQueue('mixed', { messages: [Job, Note] })
    await using at = await rig(mixed)
    for (let n = 0; n < 6; n++) await at.put(Job, { n })
    for (let n = 0; n < 6; n++) await at.put(Note, { n })
    let running = 0
    let most = 0
    const consumer = consume(at.aws, mixed, {
      concurrency: 12,
      handlers: {
        job: {
          concurrency: 2,
          async handle() {
            most = Math.max(most, ++running)
            await new Promise((resolve) => setImmediate(resolve))
            running--
          },
        },
        note: () => {},
      },
    })
    const settled = seen(consumer, 'settled', 12)
    await consumer.start()
    await settled
    await consumer.stop()
    expect(most).toBe(2)
  })

  test('has the signal of a handler abort at its timeout; one that ignores it keeps its slot and its result counts', async () => {
    await using at = await rig(jobs)
    await at.put(Job, { n: 1 })
    await at.put(Job, { n: 2 })
    const reasons: unknown[] = []
    const consumer = consume(at.aws, jobs, {
      handlers: {
        job: {
          timeout: '20ms',
          handle: ({ n }, { attempt, signal }) =>
            new Promise<void>((resolve, reject) => {
              if (attempt > 1) return resolve()
              signal.addEventListener('abort', () => {
                reasons.push(signal.reason)
                if (n === 1) reject(new Error('aborted'))
                else resolve()
              })
            }),
        },
      },
    })
    const settled = seen(consumer, 'settled', 3)
    await consumer.start()
    const events = await settled
    await consumer.stop()
    expect(reasons).toMatchObject([{ name: 'HandlerTimeoutError' }, { name: 'HandlerTimeoutError' }])
    expect(events.map(({ outcome }) => outcome).toSorted()).toEqual(['done', 'done', 'retry'])
    expect(events.find(({ outcome }) => outcome === 'retry')?.error).toMatchObject({
      name: 'HandlerTimeoutError',
      message: 'The handler of job did not end within its timeout of 20 ms.',
    })
    expect(at.lines.filter((line) => line.message.includes('is over its timeout'))).toHaveLength(2)
  })

  test('survives a listener that throws', async () => {
    await using at = await rig(jobs)
    await at.put(Job, { n: 1 })
    const consumer = consume(at.aws, jobs, {
      handlers: { job: () => {} },
      on: {
        started: () => {
          throw new Error('listener')
        },
      },
    })
    const settled = seen(consumer, 'settled')
    await consumer.start()
    expect(await settled).toMatchObject([{ outcome: 'done' }])
    await consumer.stop()
    expect(at.lines).toContainEqual(expect.objectContaining({ level: 'error', message: 'a listener threw' }))
  })

  test('lets a second delivery of a message wait for the first: success deletes both, and it is handled once', async () => {
    await using at = await rig(jobs)
    await at.put(Job, { n: 1 })
    const gate = Promise.withResolvers<void>()
    const twice = faulty(at.aws, (real) => ({
      async receive(queue, request, call) {
        const messages = await real.receive(queue, request, call)
        // Visible again at once, although its lease is not over: a standard queue may do that.
        if (messages.some(({ receives }) => receives === 1)) {
          await real.changeVisibility(
            queue,
            messages.map(({ receiptHandle }) => ({ handle: receiptHandle, visibilityTimeout: 0 })),
            call,
          )
        }
        return messages
      },
    }))
    let runs = 0
    const consumer = consume(twice, jobs, { handlers: { job: () => (runs++, gate.promise) } })
    const received = seen(consumer, 'received', 2)
    await consumer.start()
    await received
    gate.resolve()
    await consumer.stop()
    expect({ runs, left: await at.left() }).toEqual({ runs: 1, left: 0 })
  })
})
