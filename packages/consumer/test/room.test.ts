import { sleep } from '@waybill/core'
import { createConsumer } from '@waybill/consumer'
import { defineMessage, defineQueue } from '@waybill/schema'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { refusal } from './support/lease-rig.ts'
import { virtualSqs } from './support/virtual-sqs.ts'

const Slow = defineMessage('slow', z.object({ n: z.int() }))
const Quick = defineMessage('quick', z.object({}))
const both = defineQueue('both', { messages: [Slow, Quick], fifo: true, group: () => 'g', deadLetter: { attempts: 9 } })

/** A consumer that holds all it may, twenty messages of a type with one slot, and a message of another type that waits in SQS. */
async function full(handleSlow: (n: number) => Promise<void>) {
  const at = await virtualSqs(both)
  for (let n = 0; n < 20; n++) at.put(Slow, { n }, { group: `g${n}` })
  let quick: number | undefined
  const consumer = createConsumer(at.aws, both, {
    concurrency: 2,
    retryIn: () => '15m',
    handlers: {
      slow: { concurrency: 1, handle: ({ n }) => handleSlow(n) },
      quick: () => void (quick = at.clock.now()),
    },
  })
  await consumer.start()
  await at.clock.advance('1s')
  expect(consumer.health().held).toBe(20)
  at.put(Quick, {}, { group: 'quick' })
  await at.clock.advance('10s')
  expect(quick).toBeUndefined()
  return { ...at, handledQuick: () => quick }
}

test('a group that parks makes room at once', async () => {
  const failing = Promise.withResolvers<void>()
  const at = await full((n) => (n === 0 ? failing.promise : new Promise(() => {})))
  failing.reject(new Error('down'))
  await at.clock.advance('1s')
  expect(at.handledQuick()).toBeDefined()
})

test('a lost lease makes room at once, although its handler runs on', async () => {
  const at = await full(() => new Promise(() => {}))
  at.faults.changeVisibility = async (make, queue, entries, call) => {
    const results = await make(queue, entries, call)
    return results.map((result, index) => (entries[index]?.handle === 'm0/1' ? refusal('lost') : result))
  }
  await at.clock.advance('20s')
  expect(at.handledQuick()).toBeDefined()
})

test('what is read too late leaves nothing held, and takes no place for good', async () => {
  const short = defineQueue('short', {
    messages: [Slow],
    fifo: true,
    group: () => 'g',
    visibilityTimeout: '5s',
    deadLetter: { attempts: 99 },
  })
  const at = await virtualSqs(short)
  for (let n = 0; n < 10; n++) at.put(Slow, { n })
  let late = 11
  at.faults.receive = async (make, ...args) => {
    const messages = await make(...args)
    if (messages.length > 1 && late-- > 0) at.clock.freeze('6s')
    return messages
  }
  let [running, most] = [0, 0]
  const consumer = createConsumer(at.aws, short, {
    handlers: {
      async slow({ n }) {
        if (n < 10) return
        most = Math.max(most, ++running)
        await sleep(at.clock, 10_000)
        running--
      },
    },
  })
  await consumer.start()
  await at.clock.advance('10m')
  expect(consumer.health().held).toBe(0)
  for (let n = 10; n < 30; n++) at.put(Slow, { n }, { group: `g${n}` })
  await at.clock.advance('1m')
  expect({ most, left: at.left() }).toEqual({ most: 10, left: [] })
})
