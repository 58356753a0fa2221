// What others send. Waybill opens SNS's envelope, of a topic that the queue subscribes to; every other body is plain JSON,
// read where the queue declares `untyped`. EventBridge's and S3's events are that: it knows no envelope of theirs.
import { expect } from 'vitest'
import { type Connection, createConsumer, createProducer, defineMessage, defineQueue, defineTopic } from 'waybill'
import { z } from 'zod'
import { Inbox } from '../../support/inbox.ts'
import { duty } from '../support/duty.ts'

const Event = defineMessage('event', z.record(z.string(), z.json()))
const events = defineQueue('events', { messages: [Event], untyped: { as: 'event' } })
const news = defineTopic('news', { messages: [Event] })
const newsQueue = defineQueue('news-queue', {
  messages: [Event],
  subscriptions: [news.select('event')],
  untyped: { as: 'event' },
})
const history = defineTopic('history', { messages: [Event], fifo: true, group: () => 'g' })
const historyQueue = defineQueue('history-queue', { subscriptions: [history.select('event')], fifo: true })

type Received = { readonly payload: unknown; readonly id: string; readonly attributes: unknown }

async function consuming(aws: Connection, queue: typeof events, inbox: Inbox<Received>): Promise<AsyncDisposable> {
  const consumer = createConsumer(aws, queue, {
    waitTime: '1s',
    handlers: { event: (payload, { attributes, id }) => inbox.add({ payload, id, attributes }) },
  })
  await consumer.start()
  return consumer
}

const FOREIGN: Readonly<Record<string, object>> = {
  'an event of EventBridge': {
    version: '0',
    id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
    'detail-type': 'EC2 Instance State-change Notification',
    source: 'aws.ec2',
    account: '111122223333',
    time: '2030-01-01T00:00:00Z',
    region: 'us-east-1',
    resources: [],
    detail: { state: 'terminated' },
  },
  'an event of S3': {
    Records: [
      {
        eventVersion: '2.1',
        eventSource: 'aws:s3',
        eventName: 'ObjectCreated:Put',
        s3: { object: { key: 'a%40b', size: 1 } },
      },
    ],
  },
  'a test event of S3': {
    Service: 'Amazon S3',
    Event: 's3:TestEvent',
    Time: '2030-01-01T00:00:00.000Z',
    Bucket: 'bucket',
    RequestId: '5582815E1AEA5ADF',
    HostId: '8cLeGAmw098X5cv4Zkwcmo8vvZa3eH3eKxsPzbB9wrR',
  },
  'a body with Message': { Message: '{"inner":1}' },
  'a body like the envelope of another topic': {
    Type: 'Notification',
    MessageId: '22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324',
    TopicArn: 'arn:aws:sns:us-east-1:111122223333:elsewhere',
    Message: '{"inner":1}',
  },
}

for (const [where, queue] of [
  ['where untyped is declared', events],
  ['also where the queue subscribes to a topic', newsQueue],
] as const)
  duty(
    145,
    `bodies of others, events of EventBridge and S3 too, arrive as they are, ${where}`,
    async ({ aws, provision }) => {
      await provision(queue)
      const entries = Object.values(FOREIGN).map((body) => ({ body: JSON.stringify(body), attributes: {} }))
      await aws.sqs.send(await aws.queue(queue), entries, { timeout: 5_000 })
      const inbox = new Inbox<Received>()
      await using _consumer = await consuming(aws, queue, inbox)
      const payloads = (await inbox.first(entries.length)).map(({ payload }) => payload)
      expect(new Set(payloads)).toEqual(new Set(Object.values(FOREIGN)))
    },
  )

duty(145, "a payload that looks like its topic's own envelope is a payload", async ({ aws, provision }) => {
  await provision(newsQueue)
  const { arn } = await aws.topic(news)
  const payload = { Type: 'Notification', MessageId: 'm', TopicArn: arn, Message: '{"inner":1}' }
  await using producer = createProducer(aws, newsQueue)
  const { id } = await producer.send('event', payload)
  const inbox = new Inbox<Received>()
  await using _consumer = await consuming(aws, newsQueue, inbox)
  expect(await inbox.first(1)).toEqual([{ payload, id, attributes: {} }])
})

for (const [topic, queue] of [
  [news, newsQueue],
  [history, historyQueue],
] as const)
  for (const raw of ['true', 'false'])
    duty(
      145,
      `a message by way of a ${topic.fifo ? 'FIFO' : 'standard'} topic is read ${raw === 'true' ? 'raw' : 'in its envelope'}`,
      async ({ aws, provision }) => {
        await provision(topic, queue)
        const { arn: topicArn } = await aws.topic(topic)
        for (const { arn } of await aws.admin.subscriptions(topicArn))
          await aws.admin.setSubscriptionAttribute(arn, 'RawMessageDelivery', raw)
        await using producer = createProducer(aws, topic)
        const { id } = await producer.send('event', { n: 1 }, { attributes: { tenant: 'acme' } })
        const request = { max: 1, wait: 10, visibilityTimeout: 0 }
        const [onTheWire] = await aws.sqs.receive(await aws.queue(queue), request, { timeout: 15_000 })
        expect(onTheWire?.body.includes('TopicArn')).toBe(raw === 'false')
        const inbox = new Inbox<Received>()
        await using _consumer = await consuming(aws, queue, inbox)
        expect(await inbox.first(1)).toEqual([{ payload: { n: 1 }, id, attributes: { tenant: 'acme' } }])
      },
    )
