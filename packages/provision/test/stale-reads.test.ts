// SQS may show an attribute as it was for up to a minute.
import { apply, plan } from '@waybill/provision'
import { defineQueue, defineTopic } from '@waybill/schema'
import { type Fault, simulate } from '@waybill/testing'
import { expect, test } from 'vitest'
import { OrderPaid, SendReceipt } from './support/contracts.ts'

const a = defineTopic('a', { messages: [OrderPaid] })
const b = defineTopic('b', { messages: [OrderPaid] })
const before = defineQueue('inbox', { subscriptions: [a.select('order.paid')], deadLetter: {} })
const after = defineQueue('inbox', { subscriptions: [b.select('order.paid')], deadLetter: {} })

test('an attribute that SQS shows late is not taken for a change of somebody else', async () => {
  await using aws = simulate()
  await apply(await plan(aws, [before]))
  const { url } = await aws.queue(before)
  const old = await aws.admin.queueAttributes(url)
  const planned = await plan(aws, [after, a], { prune: true })
  // one node of SQS lags: the read before the removal gets what was there at first
  let unsubscribed = false
  let lagging = 1
  const stale: Fault = async ({ action, input }, make) => {
    if (action === 'Unsubscribe') unsubscribed = true
    const answer = await make()
    return action === 'GetQueueAttributes' && input['QueueUrl'] === url && unsubscribed && lagging-- > 0
      ? { Attributes: old }
      : answer
  }
  aws.faults.on('admin', stale)
  await apply(planned)
  aws.faults.clear()
  expect(String(await plan(aws, [after, a]))).toBe('')
})

test('a removal that reads late does not sweep away the statement that the same plan has made', async () => {
  await using aws = simulate()
  const news = defineTopic('news', { messages: [OrderPaid] })
  const common = { messages: [SendReceipt], deadLetter: { name: 'failed' } } as const
  const made = (name: string, subscribed: boolean) =>
    subscribed
      ? defineQueue(name, { ...common, subscriptions: [news.select('order.paid')] })
      : defineQueue(name, common)
  await apply(await plan(aws, [news, made('one', false), made('two', true)]))
  const failed = async () => aws.admin.queueAttributes((await aws.queue({ name: 'failed', fifo: false })).url)
  const old = await failed()
  const wanted = [news, made('one', true), made('two', false)]
  const planned = await plan(aws, wanted, { prune: true })
  let unsubscribed = false
  let lagging = 1
  aws.faults.on('admin', async ({ action, input }, make) => {
    if (action === 'Unsubscribe') unsubscribed = true
    const answer = await make()
    const late = action === 'GetQueueAttributes' && String(input['QueueUrl']).endsWith('/failed') && unsubscribed
    return late && lagging-- > 0 ? { Attributes: old } : answer
  })
  await apply(planned)
  aws.faults.clear()
  expect(JSON.parse((await failed())['Policy'] || '{"Statement":[]}')).toMatchObject({
    Statement: [{ Sid: 'waybill-one' }],
  })
  expect(String(await plan(aws, wanted))).toBe('')
})
