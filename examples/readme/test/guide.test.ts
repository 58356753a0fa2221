import { DatabaseSync } from 'node:sqlite'
import { apply, createConsumer, createProducer, plan } from 'waybill'
import { dropAnswer, simulate, VirtualClock } from 'waybill/testing'
import { describe, expect, test } from 'vitest'
import { parcels, pickUp } from '../src/attributes.ts'
import { orders, receipts, stock } from '../src/contracts.ts'
import { breakCircuit, runWorker } from '../src/limits.ts'
import { invoices, tidyUp } from '../src/provisioning.ts'
import { bill, bills, remindAll, reminders, watched } from '../src/sending.ts'
import { settling } from '../src/settling.ts'
import { overPostgres, overSqlite, sqlStore } from '../src/sql-store.ts'

const paid = (orderId: string, cents: number) => ({ orderId, amount: { cents, currency: 'EUR' }, paidAt: new Date(0) })

test('outcomes, batches and middleware do what the guide says', async () => {
  await using aws = simulate()
  await apply(await plan(aws, [orders, receipts, stock]))
  await using toReceipts = createProducer(aws, receipts)
  await using toTopic = createProducer(aws, orders)
  const mailed: string[] = []
  const mailer = {
    knows: (email: string) => email !== 'nobody@example.com',
    isDown: async () => mailed.length === 0 && mailed.push('was down') === 1,
    send: async (email: string) => void mailed.push(email),
  }
  const rows: (readonly string[])[] = []
  const db = { insert: async (ids: readonly string[]) => (rows.push(ids), ids.map(() => true)), release() {} }
  const consumers = settling(aws, mailer, { connect: async () => db })
  await Promise.all(consumers.map((consumer) => consumer.start()))
  await toReceipts.send('receipt.send', { orderId: '1', email: 'ada@example.com' })
  await toReceipts.send('receipt.send', { orderId: '2', email: 'nobody@example.com' })
  await toTopic.send('order.paid', paid('3', -1))
  await expect.poll(() => ({ mailed, rows })).toEqual({ mailed: ['was down', 'ada@example.com'], rows: [['3']] })
  const reasons = () => new Set(aws.deadLetters(receipts).map(({ provenance }) => provenance?.reason))
  await expect.poll(reasons).toEqual(new Set(['a negative amount', 'no such mailbox']))
  await Promise.all(consumers.map((consumer) => consumer.stop({ cutPolls: true })))
})

test('attributes reach the handler as the contract declares them', async () => {
  await using aws = simulate()
  await apply(await plan(aws, [parcels]))
  const picked: unknown[] = []
  await using consumer = await pickUp(aws, { pickUp: async (...what) => void picked.push(what) }, '17')
  await consumer.start()
  await expect.poll(() => picked).toEqual([['17', 't1', true]])
  await consumer.stop({ cutPolls: true })
})

test('a producer sends many, sends again what it does not know of, and hands back what it could not send', async () => {
  await using aws = simulate()
  await apply(await plan(aws, [bills, reminders]))
  const invoice = (invoiceId: string) => ({ invoiceId, tenant: 'acme' })
  async function* due() {
    yield invoice('1')
    yield invoice('2')
  }
  expect(await remindAll(aws, due(), aws.logger)).toBe(2)
  expect(aws.contents(reminders).visible.map(({ id }) => id)).toEqual(['due-1', 'due-2'])

  const reasons: unknown[] = []
  const producer = watched(aws, { record: (_ms, { reason }) => void reasons.push(reason) })
  await producer.send('invoice.due', invoice('0'))
  await producer.close()
  expect(reasons).toEqual(['idle'])

  aws.faults.on('send', dropAnswer({ after: '6s' }), { times: 1 })
  const kept: unknown[] = []
  await bill(aws, invoice('3'), async (unsent) => void kept.push(...unsent))
  expect(kept).toEqual([])
  expect(aws.contents(bills).visible.map(({ id }) => id)).toEqual([expect.any(String), 'invoice-3'])
})

test('a plan with options removes, allows and tags what it says', async () => {
  await using aws = simulate()
  await tidyUp(aws)
  const { url } = await aws.queue(invoices)
  await aws.admin.setQueueAttributes(url, { MessageRetentionPeriod: '1209600', RedrivePolicy: '' })
  await aws.admin.subscribe((await aws.topic(orders)).arn, 'arn:aws:sqs:us-east-1:000000000000:invoices', {})
  await aws.admin.tagQueue(url, { env: 'dev' })
  expect((await tidyUp(aws)).split('\n')).toEqual([
    'update queue invoices: MessageRetentionPeriod from 1209600 to 345600',
    expect.stringMatching(/^update queue invoices: RedrivePolicy from nothing to /),
    'tag queue invoices: env from dev to prod',
    'remove subscription orders.fifo to invoices: it is not declared.',
  ])
  expect(await tidyUp(aws)).toBe('')
})

test('a worker under limits runs until a signal', async () => {
  await using aws = simulate()
  await apply(await plan(aws, [orders, receipts, stock]))
  await using toTopic = createProducer(aws, orders)
  const handled: string[] = []
  const both = { 'order.paid': () => void handled.push('paid') }
  const running = runWorker(aws, { ...both, 'receipt.send': () => {} }, { ...both, 'order.cancelled': () => {} }, 0)
  await toTopic.send('order.paid', paid('1', 5))
  await expect.poll(() => handled).toEqual(['paid', 'paid'])
  process.emit('SIGTERM')
  await running
})

test('a circuit breaker pauses a consumer whose handlers all fail, and resumes it when what they need is up', async () => {
  const clock = new VirtualClock()
  await using aws = simulate({ clock })
  await apply(await plan(aws, [receipts]))
  await using producer = createProducer(aws, receipts)
  await clock.until(
    Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        producer.send('receipt.send', { orderId: `${n}`, email: 'ada@example.com' }),
      ),
    ),
  )
  let [up, handled] = [false, 0]
  const consumer = createConsumer(aws, receipts, {
    handlers: {
      'order.paid': () => {},
      'receipt.send'() {
        if (!up) throw new Error('down')
        handled++
      },
    },
  })
  breakCircuit(consumer, async () => up)
  using _ = clock.startAtEnd()
  await consumer.start()
  await clock.advance('30m')
  expect(consumer.state).toBe('paused')
  up = true
  await expect.poll(() => consumer.state, { timeout: 10_000 }).toBe('running')
  await clock.advance('30m')
  expect(handled).toBe(40)
  await clock.until(consumer.stop({ cutPolls: true }))
})

describe('a store in an SQL database', () => {
  function store() {
    const db = new DatabaseSync(':memory:')
    db.exec(
      'create table work (key text primary key, owner text not null, until bigint not null, done boolean not null)',
    )
    return sqlStore(overSqlite(db))
  }

  test('gives a pool what it takes', async () => {
    const asked: unknown[] = []
    const query = async (text: string, values: unknown[]) => (asked.push([text, values]), { rows: [{ done: true }] })
    const { begin } = sqlStore(overPostgres({ query }), () => 1_000)
    expect(await begin('k', 'a', 500)).toBe('begun')
    expect(asked).toEqual([[expect.stringContaining('$4'), ['k', 'a', 1_500, 1_000]]])
  })

  test('lets one owner at a time begin, until its time is over', async () => {
    const { begin } = store()
    expect(await begin('k', 'a', 60_000)).toBe('begun')
    expect(await begin('k', 'b', 60_000)).toBe('in-progress')
    expect(await begin('k', 'a', -1)).toBe('begun')
    expect(await begin('k', 'b', 60_000)).toBe('begun')
  })

  test('remembers what is done, and forgets what is released by its owner', async () => {
    const { begin, finish, release } = store()
    await begin('k', 'a', 60_000)
    await release('k', 'b')
    expect(await begin('k', 'b', 60_000)).toBe('in-progress')
    await release('k', 'a')
    expect(await begin('k', 'b', 60_000)).toBe('begun')
    await finish('k', 'b', 60_000)
    await release('k', 'b')
    expect(await begin('k', 'b', 60_000)).toBe('done')
    await finish('k', 'b', -1)
    expect(await begin('k', 'c', 60_000)).toBe('begun')
  })
})
