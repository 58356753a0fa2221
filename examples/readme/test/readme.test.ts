import { createProducer, SqsError } from 'waybill'
import { type Backend, embedded } from 'waybill/testing'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Mailer, sendReceipts } from '../src/consuming.ts'
import { receipts, stock } from '../src/contracts.ts'
import { connectToOwn } from '../src/own-queues.ts'
import { confirmPayment } from '../src/producing.ts'
import { provision } from '../src/provisioning.ts'

let aws: Backend

beforeEach(async () => {
  aws = await embedded({ region: 'eu-central-1' })
  // What `connect()` finds when it is told nothing.
  vi.stubEnv('AWS_ENDPOINT_URL', aws.endpoint)
  vi.stubEnv('AWS_REGION', 'eu-central-1')
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test')
  vi.stubEnv('WAYBILL_LOG_LEVEL', 'silent')
  vi.spyOn(console, 'log').mockReturnValue()
})

afterEach(async () => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
  await aws.close()
})

test('a payment reaches both queues, and SIGTERM ends the worker', async () => {
  const sent = Promise.withResolvers<{ readonly orderId: string }>()
  const mailer: Mailer = { isDown: async () => false, send: async (what) => sent.resolve(what) }
  await provision()
  await confirmPayment('A-1', { cents: 1250, currency: 'EUR' })
  const running = sendReceipts(mailer)
  expect(await sent.promise).toMatchObject({ orderId: 'A-1', amount: { cents: 1250, currency: 'EUR' } })

  const [reserved] = await aws.sqs.receive(
    await aws.queue(stock),
    { max: 1, wait: 1, visibilityTimeout: 30 },
    { timeout: 5_000 },
  )
  expect(reserved).toMatchObject({ group: 'A-1' })

  process.emit('SIGTERM', 'SIGTERM')
  // A second one, after a second by the clock, cuts the open long poll: the test need not wait for that.
  const now = performance.now.bind(performance)
  vi.spyOn(performance, 'now').mockImplementation(() => now() + 1_000)
  process.emit('SIGTERM', 'SIGTERM')
  await running
})

test('queues that others made are found where `locate` says', async () => {
  vi.stubEnv('SQS_ENDPOINT', aws.endpoint)
  vi.stubEnv('RECEIPTS_QUEUE', 'https://sqs.eu-central-1.amazonaws.com/123456789012/prod-receipts')
  await using connection = connectToOwn('test', 'test')
  await using producer = createProducer(connection, receipts)
  const receipt = { orderId: 'A-1', email: 'ada@example.com' }
  await expect(producer.send('receipt.send', receipt)).rejects.toMatchObject({ cause: expect.any(SqsError) })

  await aws.admin.createQueue('prod-receipts', {})
  expect(await producer.send('receipt.send', receipt)).toMatchObject({ id: expect.any(String) })
})
