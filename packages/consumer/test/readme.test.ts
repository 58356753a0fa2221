import { createConsumer, deadLetter, retry } from '@waybill/consumer'
import { defineMessage, defineQueue } from '@waybill/schema'
import { readProvenance } from '@waybill/sqs'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { faulty, rig, seen } from './support/rig.ts'

const SendReceipt = defineMessage('receipt.send', z.object({ orderId: z.string(), email: z.email() }))
const receipts = defineQueue('receipts', { messages: [SendReceipt], deadLetter: { attempts: 10 } })

const mails: string[] = []
const mailer = {
  knows: (email: string) => email !== 'nobody@example.com',
  isDown: () => false,
  send: async (email: string, _options: { readonly signal: AbortSignal }) => void mails.push(email),
}
const counted: string[] = []
const metrics = { count: (type: string, outcome: string) => counted.push(`${type} ${outcome}`) }

test('the example of the README handles what it can, and moves the rest', async () => {
  await using at = await rig(receipts)
  await at.put(SendReceipt, { orderId: '1', email: 'ada@example.com' })
  await at.put(SendReceipt, { orderId: '2', email: 'nobody@example.com' })
  // Shorter polls: a stop waits for the open one.
  const connection = faulty(at.aws, (real) => ({
    receive: (queue, request, call) => real.receive(queue, { ...request, wait: 1 }, call),
  }))
  // #region readme
  await using consumer = createConsumer(connection, receipts, {
    concurrency: 50,
    handlers: {
      'receipt.send': async (receipt, { signal }) => {
        if (!mailer.knows(receipt.email)) return deadLetter('no such mailbox')
        if (mailer.isDown()) return retry({ delay: '1m' })
        return mailer.send(receipt.email, { signal })
      },
    },
    on: { settled: ({ type, outcome }) => metrics.count(type, outcome) },
  })
  await consumer.start() // or run(): until SIGTERM or SIGINT
  // #endregion
  await seen(consumer, 'settled', 2)
  await consumer.stop()
  const dead = await at.dead()
  expect(mails).toEqual(['ada@example.com'])
  expect(counted.toSorted()).toEqual(['receipt.send dead-letter', 'receipt.send done'])
  expect(dead.map(({ attributes }) => readProvenance(attributes)?.reason)).toEqual(['no such mailbox'])
  expect(await at.left()).toBe(0)
})
