import { defineMessage, defineQueue } from '@waybill/schema'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { consume, faulty, rig, seen } from './support/rig.ts'

const Job = defineMessage('job', z.object({ n: z.int() }))
const jobs = defineQueue('jobs', { messages: [Job], deadLetter: { attempts: 3 } })

describe.concurrent('stop', () => {
  test('lets a running handler finish and deletes its message; what has not started is visible again at once', async () => {
    await using at = await rig(jobs)
    for (const n of [1, 2, 3]) await at.put(Job, { n })
    const gate = Promise.withResolvers<void>()
    const handled: number[] = []
    // More is received than may run: two wait for the slot.
    const consumer = consume(at.aws, jobs, {
      concurrency: 3,
      handlers: {
        job: {
          concurrency: 1,
          async handle({ n }) {
            await gate.promise
            handled.push(n)
          },
        },
      },
    })
    const received = seen(consumer, 'received')
    const started = seen(consumer, 'started')
    await consumer.start()
    await Promise.all([received, started])
    const stopping = consumer.stop()
    expect(consumer.state).toBe('stopping')
    gate.resolve()
    expect(await stopping).toEqual({ released: 2, abandoned: 0 })
    expect(consumer.state).toBe('stopped')
    expect(handled).toHaveLength(1)
    expect(await at.visible()).toHaveLength(2)
    expect(await at.left()).toBe(2)
  })

  test('names a handler that never ends, and does not give its message back', async () => {
    await using at = await rig(jobs)
    await at.put(Job, { n: 1 })
    const gate = Promise.withResolvers<void>()
    let reason: unknown
    const consumer = consume(at.aws, jobs, {
      handlers: {
        job(_payload, { signal }) {
          signal.addEventListener('abort', () => (reason = signal.reason))
          return gate.promise
        },
      },
    })
    const started = seen(consumer, 'started')
    await consumer.start()
    await started
    expect(await consumer.stop({ timeout: '50ms' })).toEqual({ released: 0, abandoned: 1 })
    expect(reason).toMatchObject({ name: 'ConsumerError', code: 'stopping' })
    expect({ visible: await at.visible(), left: await at.left() }).toEqual({ visible: [], left: 1 })
    gate.resolve()
  })

  test('gives back a message whose handler ended because its signal was aborted, and counts no failure', async () => {
    await using at = await rig(jobs)
    await at.put(Job, { n: 1 })
    const consumer = consume(at.aws, jobs, {
      handlers: {
        job: (_payload, { signal }) =>
          new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('cut')))),
      },
    })
    const started = seen(consumer, 'started')
    const outcomes: string[] = []
    using _listening = consumer.on('settled', ({ outcome }) => void outcomes.push(outcome))
    await consumer.start()
    await started
    expect(await consumer.stop({ timeout: '3s' })).toEqual({ released: 1, abandoned: 0 })
    expect(outcomes).toEqual([])
    expect(await at.visible()).toHaveLength(1)
  })

  test('waits for the open poll, and gives back what it brings', async () => {
    await using at = await rig(jobs)
    const opened = Promise.withResolvers<void>()
    const announced = faulty(at.aws, (real) => ({
      receive(queue, request, call) {
        opened.resolve()
        return real.receive(queue, request, call)
      },
    }))
    const handled: number[] = []
    const consumer = consume(announced, jobs, { waitTime: '5s', handlers: { job: ({ n }) => void handled.push(n) } })
    await consumer.start()
    await opened.promise
    const stopping = consumer.stop()
    await at.put(Job, { n: 1 })
    expect(await stopping).toEqual({ released: 1, abandoned: 0 })
    expect(handled).toEqual([])
    expect(await at.visible()).toHaveLength(1)
  })

  test('may be called twice, before start, and ends a consumer for good', async () => {
    await using at = await rig(jobs)
    const consumer = consume(at.aws, jobs, { handlers: { job: () => {} } })
    await consumer.start()
    const [first, second] = await Promise.all([consumer.stop(), consumer.stop()])
    expect(second).toBe(first)
    await expect(consumer.start()).rejects.toThrow(
      "The consumer of queue 'jobs' is stopped. Create a new one to start again.",
    )
    const unstarted = consume(at.aws, jobs, { handlers: { job: () => {} } })
    expect(await unstarted.stop()).toEqual({ released: 0, abandoned: 0 })
    await expect(unstarted.run()).rejects.toThrow('is stopped')
  })

  test('does not wait for a look-up that hangs, or for releases that are refused', async () => {
    await using at = await rig(jobs)
    const hanging = { ...at.aws, queue: () => new Promise<never>(() => {}) }
    const starting = consume(hanging, jobs, { handlers: { job: () => {} } })
    void starting.start()
    expect(await starting.stop({ timeout: '10m' })).toEqual({ released: 0, abandoned: 0 })

    await at.put(Job, { n: 1 })
    const refusing = faulty(at.aws, () => ({
      changeVisibility: () =>
        Promise.reject(Object.assign(new Error('no'), { verdict: 'later', unknown: false } as const)),
    }))
    const consumer = consume(refusing, jobs, {
      handlers: {
        job() {
          throw new Error('again')
        },
      },
    })
    const settled = seen(consumer, 'settled')
    await consumer.start()
    await settled
    expect(await consumer.stop({ timeout: '2s' })).toEqual({ released: 0, abandoned: 0 })
  })

  test('gives up deletes that keep failing at its deadline', async () => {
    await using at = await rig(jobs)
    await at.put(Job, { n: 1 })
    const failing = faulty(at.aws, () => ({
      delete: () => Promise.reject(Object.assign(new Error('reset'), { verdict: 'now', unknown: true } as const)),
    }))
    const consumer = consume(failing, jobs, { handlers: { job: () => {} } })
    const settled = seen(consumer, 'settled')
    await consumer.start()
    await settled
    const before = performance.now()
    expect(await consumer.stop({ timeout: '2s' })).toEqual({ released: 0, abandoned: 0 })
    expect(performance.now() - before).toBeLessThan(4_000)
    expect(await at.left()).toBe(1)
  })
})

describe('run', () => {
  test('stops on SIGTERM, takes its echo for the same, cuts the poll on the second, and leaves no listener behind', async () => {
    await using real = await rig(jobs)
    let now = 0
    const polling = Promise.withResolvers<void>()
    const announced = faulty(real.aws, (sqs) => ({
      receive(queue, request, call) {
        polling.resolve()
        return sqs.receive(queue, request, call)
      },
    }))
    const at = { aws: { ...announced, clock: { ...real.aws.clock, now: () => now } } }
    const listeners = () => process.listenerCount('SIGTERM') + process.listenerCount('SIGINT')
    const before = listeners()
    const consumer = consume(at.aws, jobs, { waitTime: '20s', handlers: { job: () => {} } })
    const running = consumer.run()
    await polling.promise
    expect(listeners()).toBe(before + 2)
    process.emit('SIGTERM', 'SIGTERM')
    now = 499
    process.emit('SIGINT', 'SIGINT')
    expect(consumer.state).toBe('stopping')
    expect(real.lines.map(({ message }) => message)).not.toContain('stopping without waiting for the open poll')
    now = 500
    process.emit('SIGTERM', 'SIGTERM')
    expect(await running).toEqual({ released: 0, abandoned: 0 })
    expect(listeners()).toBe(before)
  })

  test('removes its signal listeners when the start fails', async () => {
    await using at = await rig(jobs)
    const missing = defineQueue('missing', { messages: [Job] })
    const before = process.listenerCount('SIGTERM')
    await expect(consume(at.aws, missing, { handlers: { job: () => {} } }).run()).rejects.toThrow(/missing/)
    expect(process.listenerCount('SIGTERM')).toBe(before)
  })
})
