import { middleware } from '@waybill/consumer'
import { defineMessage, defineQueue } from '@waybill/schema'
import { readProvenance } from '@waybill/sqs'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { consume, rig, seen } from './support/rig.ts'

const Job = defineMessage('job', z.object({ n: z.int() }), {
  attributes: z.object({
    tenant: z.string(),
    region: z.enum(['eu', 'us']).default('eu'),
    priority: z.codec(z.string().regex(/^\d+$/), z.int(), { decode: Number, encode: String }),
  }),
})
const Note = defineMessage('note', z.object({ n: z.int() }))
const jobs = defineQueue('jobs', { messages: [Job, Note], deadLetter: { attempts: 3 } })
const texts = { tenant: 'acme', priority: '3', later: 'x' }

describe.concurrent('attributes that the contract declares', () => {
  test('reach middleware and handler decoded, without others', async () => {
    await using at = await rig(jobs)
    await at.put(Job, { n: 1 }, { attributes: texts })
    await at.put(Note, { n: 2 }, { attributes: texts })
    const passed = new Map<string, unknown>()
    const handled = new Map<string, unknown>()
    const watch = middleware((delivery, next) => {
      passed.set(delivery.type, delivery.attributes)
      return next()
    })
    const consumer = consume(at.aws, jobs, {
      use: [watch],
      handlers: {
        job: (_job, { type, attributes }) => void handled.set(type, attributes),
        note: (_note, { type, attributes }) => void handled.set(type, attributes),
      },
    })
    const settled = seen(consumer, 'settled', 2)
    await consumer.start()
    await settled
    await consumer.stop()
    expect(handled.get('job')).toStrictEqual({ tenant: 'acme', region: 'eu', priority: 3 })
    expect(handled.get('note')).toEqual(texts)
    expect(passed).toEqual(handled)
  })

  test('reach a batch handler item by item', async () => {
    await using at = await rig(jobs)
    for (const priority of ['1', '2']) await at.put(Job, { n: 1 }, { attributes: { ...texts, priority } })
    const handled: number[] = []
    const consumer = consume(at.aws, jobs, {
      handlers: {
        job: {
          batch: { size: 2 },
          handleBatch: (items) => void handled.push(...items.map(({ context }) => context.attributes.priority)),
        },
        note: () => {},
      },
    })
    const settled = seen(consumer, 'settled', 2)
    await consumer.start()
    await settled
    await consumer.stop()
    expect(new Set(handled)).toEqual(new Set([1, 2]))
  })

  test.each([
    ['lack one', { priority: '3' }, /^invalid: job: an attribute doesn't fit its contract:\s+attributes\.tenant: /],
    ['have one that does not fit', { tenant: 'acme', priority: 'urgent' }, /attributes\.priority: /],
  ])('make a message invalid when they %s: moved, with the texts as they were', async (_what, attributes, reason) => {
    await using at = await rig(jobs)
    await at.put(Job, { n: 1 }, { attributes })
    let handled = 0
    const count = () => void handled++
    const consumer = consume(at.aws, jobs, { handlers: { job: count, note: count } })
    const invalid = seen(consumer, 'invalid')
    await consumer.start()
    expect(await invalid).toMatchObject([{ type: 'job', error: { code: 'invalid-attributes' } }])
    await consumer.stop()
    const [copy] = await at.dead()
    expect(copy?.attributes).toMatchObject(
      Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, { type: 'String', value }])),
    )
    expect(readProvenance(copy?.attributes ?? {})?.reason).toMatch(reason)
    expect({ handled, left: await at.left() }).toEqual({ handled: 0, left: 0 })
  })
})
