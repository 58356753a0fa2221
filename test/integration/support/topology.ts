import { type Connection, defineMessage, defineQueue, defineTopic } from 'waybill'
import { z } from 'zod'

export const Step = z.object({ n: z.int() })
const Paid = defineMessage('order.paid', Step)
const Cancelled = defineMessage('order.cancelled', Step)
const Returned = defineMessage('order.returned', Step)
export const messages = [Paid, Cancelled, Returned] as const

/** A standard topic with three queues of different types. */
export const news = defineTopic('news', { messages })
export const receipts = defineQueue('receipts', { subscriptions: [news.select('order.paid')], deadLetter: {} })
export const refunds = defineQueue('refunds', {
  subscriptions: [news.select('order.cancelled', 'order.returned')],
  deadLetter: {},
})
export const audit = defineQueue('audit', {
  subscriptions: [news.select('order.paid', 'order.cancelled', 'order.returned')],
})

/** A FIFO topic with two FIFO queues and a standard one. */
export const history = defineTopic('history', { messages, fifo: true, group: () => 'all' })
export const stock = defineQueue('stock', {
  subscriptions: [history.select('order.paid')],
  fifo: true,
  deadLetter: {},
})
export const ledger = defineQueue('ledger', {
  subscriptions: [history.select('order.paid', 'order.cancelled', 'order.returned')],
  fifo: true,
  deadLetter: {},
})
export const mails = defineQueue('mails', { subscriptions: [history.select('order.cancelled')] })

export const ALL = [receipts, refunds, audit, stock, ledger, mails]

/** Where the standard topic and its first queue are. */
export async function lookedUp(aws: Connection) {
  const { admin } = aws
  const { url } = await aws.queue(receipts)
  const { QueueArn: queueArn = '' } = await admin.queueAttributes(url)
  const { arn: topicArn } = await aws.topic(news)
  const subscription = (await admin.subscriptions(topicArn)).find(({ endpoint }) => endpoint === queueArn)
  const [queue, topic] = [aws.queueName(receipts), aws.topicName(news)]
  return { admin, url, queueArn, topicArn, queue, topic, subscriptionArn: subscription?.arn ?? '' }
}

export type LookedUp = Awaited<ReturnType<typeof lookedUp>>
