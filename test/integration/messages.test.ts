import { readProvenance, type ReceivedMessage } from '@waybill/sqs'
import { expect } from 'vitest'
import { apply, type Connection, createConsumer, createProducer, deadLetter, destroy, plan, retry } from 'waybill'
import { describeEachBackend } from '../support/backends.ts'
import { orders, parcels, receipts, shipments, stock } from '../support/contracts.ts'
import { Inbox } from '../support/inbox.ts'
import { QUICK, started } from './support/consumers.ts'
import { CALL } from './support/queues.ts'

const ALL = [orders, receipts, stock]

async function deploy(aws: Connection): Promise<void> {
  await apply(await plan(aws, ALL))
}

async function deadLetters(
  aws: Connection,
  queue: typeof receipts | typeof stock,
): Promise<readonly ReceivedMessage[]> {
  const found = await aws.queue({ name: `${queue.name}-dead-letter`, fifo: queue.fifo })
  return aws.sqs.receive(found, { max: 10, wait: 10, visibilityTimeout: 30 }, CALL)
}

describeEachBackend('messages, end to end', ({ test }) => {
  test('a plan that was applied leaves nothing to plan', async ({ aws }) => {
    const first = await plan(aws, ALL)
    expect(first.changes.length).toBeGreaterThan(0)
    await apply(first)
    expect(String(await plan(aws, ALL))).toBe('')
  })

  test('what was provisioned can be destroyed', async ({ aws }) => {
    await deploy(aws)
    await destroy(aws, ALL)
    expect(await aws.admin.findQueue(aws.queueName(stock))).toBeUndefined()
    expect(await aws.admin.findQueue(aws.queueName(receipts))).toBeUndefined()
  })

  test('a message sent to a queue reaches the handler of its type', async ({ aws }) => {
    await deploy(aws)
    await using producer = createProducer(aws, receipts)
    const sent = await producer.send('receipt.send', { orderId: 'A' }, { attributes: { tenant: 'acme' } })
    const inbox = new Inbox<unknown>()
    await using consumer = createConsumer(aws, receipts, {
      ...QUICK,
      handlers: {
        'receipt.send': (receipt, { id, attempt, attributes }) => inbox.add({ receipt, id, attempt, attributes }),
        'order.paid': () => deadLetter('not expected'),
      },
    })
    await consumer.start()
    expect(await inbox.first(1)).toEqual([
      { receipt: { orderId: 'A' }, id: sent.id, attempt: 1, attributes: { tenant: 'acme' } },
    ])
  })

  test('a topic fans out by type, under one id', async ({ aws }) => {
    await deploy(aws)
    await using producer = createProducer(aws, orders)
    const paid = await producer.send('order.paid', { orderId: 'A', step: 1 })
    const cancelled = await producer.send('order.cancelled', { orderId: 'A' })

    const atReceipts = new Inbox<string>()
    await using _receipts = await started(aws, receipts, {
      'receipt.send': () => deadLetter('not expected'),
      'order.paid': (_order, { id }) => atReceipts.add(id),
    })
    const atStock = new Inbox<string>()
    await using _stock = await started(aws, stock, {
      'order.paid': (_order, { id }) => atStock.add(id),
      'order.cancelled': (_order, { id }) => atStock.add(id),
    })
    expect(await atStock.first(2)).toEqual([paid.id, cancelled.id])
    expect(await atReceipts.first(1)).toEqual([paid.id])
  })

  test('attributes go through a topic as the contract declares them', async ({ aws }) => {
    await apply(await plan(aws, [shipments, parcels]))
    const attributes = { tenant: 'acme', sentAt: new Date(0) }
    await using producer = createProducer(aws, shipments)
    await producer.send('shipped', { orderId: 'A' }, { attributes })
    const inbox = new Inbox<unknown>()
    await using _parcels = await started(aws, parcels, {
      shipped: (_shipped, context) => inbox.add(context.attributes),
    })
    expect(await inbox.first(1)).toEqual([attributes])
  })

  test('a FIFO queue keeps the order of each group', async ({ aws }) => {
    await deploy(aws)
    const steps = [1, 2, 3, 4, 5]
    const groups = ['A', 'B', 'C']
    await using producer = createProducer(aws, orders)
    await Promise.all(steps.flatMap((step) => groups.map((orderId) => producer.send('order.paid', { orderId, step }))))
    const inbox = new Inbox<{ orderId: string; step: number }>()
    await using _stock = await started(aws, stock, {
      'order.paid': (order) => inbox.add(order),
      'order.cancelled': () => deadLetter('not expected'),
    })
    const handled = await inbox.first(15)
    for (const group of groups) {
      expect(handled.filter(({ orderId }) => orderId === group).map(({ step }) => step)).toEqual(steps)
    }
  })

  test('a failed message is handled again', async ({ aws }) => {
    await deploy(aws)
    await using producer = createProducer(aws, receipts)
    await producer.send('receipt.send', { orderId: 'A' })
    const attempts = new Inbox<number>()
    await using _receipts = await started(aws, receipts, {
      'receipt.send': (_receipt, { attempt }) => {
        attempts.add(attempt)
        return attempt === 1 ? retry({ delay: '1s' }) : undefined
      },
      'order.paid': () => deadLetter('not expected'),
    })
    expect(await attempts.first(2)).toEqual([1, 2])
  })

  test('a message that keeps failing is moved to the dead-letter queue, unchanged, and says why', async ({ aws }) => {
    await deploy(aws)
    await using producer = createProducer(aws, receipts)
    await producer.send('receipt.send', { orderId: 'A' })
    await using _receipts = await started(aws, receipts, {
      'receipt.send': () => {
        throw new Error('the printer is on fire')
      },
      'order.paid': () => deadLetter('not expected'),
    })
    const [moved] = await deadLetters(aws, receipts)
    expect(moved?.body).toBe('{"orderId":"A"}')
    expect(moved?.attributes['waybill-type']).toEqual({ type: 'String', value: 'receipt.send' })
    expect(readProvenance(moved?.attributes ?? {})).toMatchObject({
      queue: aws.queueName(receipts),
      attempts: 2,
      error: { message: 'the printer is on fire' },
    })
  })

  test('a group goes on when its first message is moved to the dead-letter queue', async ({ aws }) => {
    await deploy(aws)
    await using producer = createProducer(aws, orders)
    await producer.send('order.paid', { orderId: 'A', step: 1 })
    await producer.send('order.paid', { orderId: 'A', step: 2 })
    const inbox = new Inbox<number>()
    await using _stock = await started(aws, stock, {
      'order.paid': ({ step }) => (step === 1 ? deadLetter('unknown order') : inbox.add(step)),
      'order.cancelled': () => deadLetter('not expected'),
    })
    expect(await inbox.first(1)).toEqual([2])
    const [moved] = await deadLetters(aws, stock)
    expect(moved).toMatchObject({ body: '{"orderId":"A","step":1}', group: 'A' })
    expect(readProvenance(moved?.attributes ?? {})).toMatchObject({ group: 'A', reason: 'unknown order' })
  })

  test('a body that is no message is moved to the dead-letter queue', async ({ aws }) => {
    await deploy(aws)
    await aws.sqs.send(await aws.queue(receipts), [{ body: 'not JSON', attributes: {} }], CALL)
    await using _receipts = await started(aws, receipts, {
      'receipt.send': () => {},
      'order.paid': () => {},
    })
    expect((await deadLetters(aws, receipts)).map(({ body }) => body)).toEqual(['not JSON'])
  })

  test('a stop lets running handlers end, and gives back what has not started', async ({ aws }) => {
    await deploy(aws)
    await using producer = createProducer(aws, receipts)
    await Promise.all(['A', 'B', 'C'].map((orderId) => producer.send('receipt.send', { orderId })))
    const begun = new Inbox<string>()
    const ended = new Inbox<string>()
    const mayEnd = Promise.withResolvers<void>()
    const consumer = createConsumer(aws, receipts, {
      ...QUICK,
      concurrency: 1,
      handlers: {
        'receipt.send': async ({ orderId }) => {
          begun.add(orderId)
          await mayEnd.promise
          ended.add(orderId)
        },
        'order.paid': () => {},
      },
    })
    await consumer.start()
    await begun.first(1)
    const stopped = consumer.stop()
    mayEnd.resolve()
    expect(await stopped).toMatchObject({ abandoned: 0 })
    expect(ended.items).toEqual(begun.items)

    const rest = new Inbox<string>()
    await using _rest = await started(aws, receipts, {
      'receipt.send': ({ orderId }) => rest.add(orderId),
      'order.paid': () => {},
    })
    await rest.first(3 - ended.items.length)
    expect([...ended.items, ...rest.items].toSorted()).toEqual(['A', 'B', 'C'])
  })
})
