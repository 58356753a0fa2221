import { randomUUID } from 'node:crypto'
import { type Duration } from '@waybill/core'
import type { SnsApi, SqsApi } from '@waybill/sqs'

/** What a case says in place of a name or an ARN. */
type Strings = Readonly<Record<string, string>>

interface AccountParts {
  readonly sqs: SqsApi
  readonly sns: SnsApi
  /** Lets so much time pass: by waiting, or by turning a virtual clock. */
  readonly pass: (time: Duration) => Promise<void>
  /** Seconds that a receive waits when the case does not say: AWS may overlook messages when it need not wait. */
  readonly patience: number
}

export type Account = Awaited<ReturnType<typeof account>>

/** SQS and SNS as one case sees them: with names of its own, everything removed afterwards. */
export async function account({ sqs, sns, pass, patience }: AccountParts) {
  const prefix = `c${randomUUID().slice(0, 8)}-`
  const cleanUps: (() => Promise<unknown>)[] = []
  let names = 0

  async function createQueue(attributes: Strings = {}, name = `q${names++}`): Promise<string> {
    const suffix = attributes['FifoQueue'] === 'true' ? '.fifo' : ''
    const created = await sqs.createQueue({ QueueName: `${prefix}${name}${suffix}`, Attributes: { ...attributes } })
    const url = created.QueueUrl ?? ''
    cleanUps.push(() => sqs.deleteQueue({ QueueUrl: url }))
    return url
  }

  async function createTopic(attributes: Strings = {}): Promise<string> {
    const suffix = attributes['FifoTopic'] === 'true' ? '.fifo' : ''
    const created = await sns.createTopic({ Name: `${prefix}t${names++}${suffix}`, Attributes: { ...attributes } })
    const arn = created.TopicArn ?? ''
    cleanUps.push(() => sns.deleteTopic({ TopicArn: arn }))
    return arn
  }

  async function attributesOf(queueUrl: string): Promise<Strings> {
    const { Attributes = {} } = await sqs.getQueueAttributes({ QueueUrl: queueUrl, AttributeNames: ['All'] })
    return Attributes
  }

  const arnOf = async (queueUrl: string): Promise<string> => (await attributesOf(queueUrl))['QueueArn'] ?? ''

  /** Whatever a receive brings, attributes and all. */
  async function receive(queueUrl: string, request: Partial<Parameters<SqsApi['receiveMessage']>[0]> = {}) {
    const { Messages = [] } = await sqs.receiveMessage({
      QueueUrl: queueUrl,
      MaxNumberOfMessages: 10,
      WaitTimeSeconds: patience,
      MessageAttributeNames: ['All'],
      MessageSystemAttributeNames: ['All'],
      ...request,
    })
    return Messages
  }

  return {
    sqs,
    sns,
    pass,
    /** What names of this case begin with. */
    prefix,
    createQueue,
    createFifoQueue: (attributes: Strings = {}) => createQueue({ FifoQueue: 'true', ...attributes }),
    createTopic,
    attributesOf,
    arnOf,
    receive,
    bodies: async (...args: Parameters<typeof receive>) => (await receive(...args)).map(({ Body }) => Body),

    /** A queue, and the dead-letter queue that it moves to after so many receives. */
    async createQueueWithDeadLetters(maxReceiveCount: number, attributes: Strings = {}) {
      const kind: Strings = attributes['FifoQueue'] === 'true' ? { FifoQueue: 'true' } : {}
      const deadLetterUrl = await createQueue(kind)
      const deadLetterTargetArn = await arnOf(deadLetterUrl)
      const url = await createQueue({
        ...attributes,
        RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount }),
      })
      return { url, deadLetterUrl, arn: await arnOf(url), deadLetterArn: deadLetterTargetArn }
    },

    /** A queue that takes what SNS brings from the topic, and its subscription. */
    async subscribe(topicArn: string, attributes: Strings = {}, queueAttributes: Strings = {}) {
      const url = await createQueue(queueAttributes)
      const arn = await arnOf(url)
      await sqs.setQueueAttributes({ QueueUrl: url, Attributes: { Policy: allowing(topicArn, arn) } })
      const { SubscriptionArn = '' } = await sns.subscribe({
        TopicArn: topicArn,
        Protocol: 'sqs',
        Endpoint: arn,
        Attributes: { ...attributes },
        ReturnSubscriptionArn: true,
      })
      return { url, arn, subscriptionArn: SubscriptionArn }
    },

    async [Symbol.asyncDispose]() {
      await Promise.allSettled(cleanUps.map((cleanUp) => cleanUp()))
    },
  }
}

/** The policy of a queue that takes from a topic. */
export function allowing(topicArn: string, queueArn: string): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'sns.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: queueArn,
        Condition: { ArnEquals: { 'aws:SourceArn': topicArn } },
      },
    ],
  })
}
