import { deadLetter, middleware, retry } from '@waybill/consumer'
import { defineMessage, defineQueue } from '@waybill/schema'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { consume, rig, seen } from './support/rig.ts'

const Job = defineMessage('job', z.object({ n: z.int() }))
const jobs = defineQueue('jobs', { messages: [Job], deadLetter: { attempts: 3 } })

describe.concurrent('middleware', () => {
  test('runs around the handler, the first outermost, and its additions are in the context', async () => {
    await using at = await rig(jobs)
    await at.put(Job, { n: 1 })
    const order: string[] = []
    const layer = (name: string) =>
      middleware(async (delivery, next) => {
        order.push(`${name} sees ${JSON.stringify(delivery.payload)}`)
        const result = await next()
        order.push(`${name} gets ${result.outcome}`)
        return result
      })
    const withDb = middleware((_delivery, next) => next({ db: 'a database' }))
    const consumer = consume(at.aws, jobs, {
      use: [layer('outer'), withDb, layer('inner')],
      handlers: {
        job: (_payload, { db, id, log }) => (order.push(`handler has ${db}`), log.info({ id }, 'logged'), undefined),
      },
    })
    const settled = seen(consumer, 'settled')
    await consumer.start()
    await settled
    await consumer.stop()
    expect(order).toEqual([
      'outer sees {"n":1}',
      'inner sees {"n":1}',
      'handler has a database',
      'inner gets done',
      'outer gets done',
    ])
    expect(at.lines).toContainEqual(
      expect.objectContaining({
        message: 'logged',
        fields: expect.objectContaining({ queue: 'jobs', type: 'job', attempt: 1 }),
      }),
    )
  })

  test('may settle a message without its handler', async () => {
    await using at = await rig(jobs)
    await at.put(Job, { n: 1 })
    let handled = false
    const consumer = consume(at.aws, jobs, {
      use: [middleware(async () => deadLetter('not for us'))],
      handlers: { job: () => void (handled = true) },
    })
    const settled = seen(consumer, 'settled')
    await consumer.start()
    expect(await settled).toMatchObject([{ outcome: 'dead-letter' }])
    await consumer.stop()
    expect(handled).toBe(false)
  })

  test('may turn the handler’s error into an outcome', async () => {
    await using at = await rig(jobs)
    await at.put(Job, { n: 1 })
    const consumer = consume(at.aws, jobs, {
      use: [
        middleware(async (_delivery, next) => {
          try {
            return await next()
          } catch {
            return deadLetter('it threw')
          }
        }),
      ],
      handlers: {
        job: () => {
          throw new Error('no')
        },
      },
    })
    const settled = seen(consumer, 'settled')
    await consumer.start()
    expect(await settled).toMatchObject([{ outcome: 'dead-letter' }])
    await consumer.stop()
    expect(await at.dead()).toHaveLength(1)
  })

  test('that forgets to return keeps the handler’s outcome: nothing is deleted that is to be retried', async () => {
    await using at = await rig(jobs)
    await at.put(Job, { n: 1 })
    const forgetful: unknown = async (_delivery: unknown, next: () => Promise<unknown>) => void (await next())
    const attempts: number[] = []
    const consumer = consume(at.aws, jobs, {
      use: [forgetful as ReturnType<typeof middleware>],
      handlers: { job: (_payload, { attempt }) => (attempts.push(attempt) === 1 ? retry({ delay: '0s' }) : undefined) },
    })
    const settled = seen(consumer, 'settled', 2)
    await consumer.start()
    expect((await settled).map((event) => event.outcome)).toEqual(['retry', 'done'])
    await consumer.stop()
  })

  test('that neither goes on nor returns an outcome, or goes on twice, fails the attempt', async () => {
    await using at = await rig(jobs)
    await at.put(Job, { n: 1 })
    let starts = 0
    let handled = 0
    const consumer = consume(at.aws, jobs, {
      use: [
        middleware(async (_delivery, next) => {
          starts++
          if (starts === 1) return undefined as never
          const first = await next()
          if (starts === 2) await next()
          return first
        }),
      ],
      handlers: { job: () => void handled++ },
    })
    const settled = seen(consumer, 'settled', 3)
    await consumer.start()
    expect((await settled).map(({ outcome, error }) => [outcome, error?.message])).toEqual([
      ['retry', expect.stringContaining('neither called next() nor returned an outcome')],
      ['retry', expect.stringContaining('called next() twice')],
      ['done', undefined],
    ])
    await consumer.stop()
    expect(handled).toBe(2)
  })
})
