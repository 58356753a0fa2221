import { expect, test } from 'vitest'
import { apply, createConsumer, createProducer, plan } from 'waybill'
import { dropAnswer, expectSettled, simulate, VirtualClock } from 'waybill/testing'
import { receipts } from '../src/contracts.ts'
import { receiptHandlers } from '../src/receipt-handlers.ts'
import { fakeMailer } from './fake-mailer.ts'

const receipt = { orderId: 'A-1', email: 'ada@example.com' }

// #region time
test('a receipt waits for a minute while the mailer is down', async () => {
  const clock = new VirtualClock()
  const mailer = fakeMailer({ down: true })
  await using aws = simulate({ clock })
  await apply(await plan(aws, [receipts]))
  await using consumer = createConsumer(aws, receipts, { handlers: receiptHandlers(mailer) })
  await using producer = createProducer(aws, receipts)
  using _ = clock.startAtEnd() // a stop waits for the open poll: time has to pass for it
  await consumer.start()

  await clock.until(producer.send('receipt.send', receipt))
  await clock.advance('1s')
  mailer.state.down = false
  await clock.advance('58s')
  expect(mailer.sent).toEqual([])
  await clock.advance('2s')
  expect(mailer.sent).toEqual(['ada@example.com'])
})
// #endregion

test('a receipt whose mailbox does not exist goes to the dead-letter queue', async () => {
  await using aws = simulate()
  await apply(await plan(aws, [receipts]))
  await using consumer = createConsumer(aws, receipts, { handlers: receiptHandlers(fakeMailer()) })
  await using producer = createProducer(aws, receipts)
  await consumer.start()
  // #region spying
  const settled = expectSettled(consumer, 'receipt.send', { id: 'r-1' })
  await producer.send('receipt.send', { ...receipt, email: 'ada@example.invalid' }, { id: 'r-1' })
  expect(await settled).toMatchObject({ outcome: 'dead-letter', attempt: 1, reason: 'no such mailbox' })
  expect(aws.deadLetters(receipts)).toMatchObject([{ id: 'r-1', provenance: { reason: 'no such mailbox' } }])
  expect(aws.contents(receipts).visible).toEqual([])
  expect(aws.requests.filter(({ action }) => action === 'SendMessageBatch')).toHaveLength(2)
  // #endregion
})

test('a receipt is mailed once although the answer to its delete is lost', async () => {
  const mailer = fakeMailer()
  await using aws = simulate()
  await apply(await plan(aws, [receipts]))
  await using consumer = createConsumer(aws, receipts, { handlers: receiptHandlers(mailer) })
  await using producer = createProducer(aws, receipts)
  await consumer.start()
  // #region fault
  aws.faults.on('delete', dropAnswer(), { times: 1 })
  // #endregion
  const settled = expectSettled(consumer, 'receipt.send')
  await producer.send('receipt.send', receipt)
  await settled
  await consumer.stop()
  expect(mailer.sent).toEqual(['ada@example.com'])
  expect(aws.contents(receipts)).toEqual({ visible: [], inFlight: [], delayed: [] })
})
