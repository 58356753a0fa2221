import type { AnyQueue, AnyTopic } from '@waybill/schema'
import type { Connection, ReceivedMessage } from '@waybill/sqs'
import { embedded } from '@waybill/testing'
import { afterAll } from 'vitest'

const CALL = { timeout: 5_000 }
const FIFO = { FifoQueue: 'true' }

// One emulator a test file; each test has names of its own.
const backend = await embedded()
afterAll(() => backend.close())
let accounts = 0

/** An empty place for queues and topics. */
export function account() {
  const namePrefix = `test${accounts++}-`
  const aws = backend.connect({ namePrefix })

  async function create(queue: AnyQueue): Promise<void> {
    await aws.admin.createQueue(aws.queueName(queue), queue.fifo ? FIFO : {})
  }

  /** A topic with a queue that gets all of it as it is. */
  async function createTopic(topic: AnyTopic, queue: AnyQueue): Promise<void> {
    await create(queue)
    const { url } = await aws.queue(queue)
    const { QueueArn = '' } = await aws.admin.queueAttributes(url)
    const arn = await aws.admin.createTopic(aws.topicName(topic), topic.fifo ? { FifoTopic: 'true' } : {})
    await aws.admin.subscribe(arn, QueueArn, { RawMessageDelivery: 'true' })
  }

  return {
    aws,
    create,
    createTopic,
    /** Everything that can be received, in the order it comes. */
    received: (queue: AnyQueue) => drain(aws, queue),
    [Symbol.asyncDispose]: () => aws.close(),
  }
}

async function drain(aws: Connection, declared: AnyQueue): Promise<ReceivedMessage[]> {
  const queue = await aws.queue(declared)
  const all: ReceivedMessage[] = []
  for (;;) {
    const some = await aws.sqs.receive(queue, { max: 10, wait: 0, visibilityTimeout: 600 }, CALL)
    if (some.length === 0) return all
    all.push(...some)
    // A message group gives its next one only then.
    await aws.sqs.delete(
      queue,
      some.map(({ receiptHandle }) => receiptHandle),
      CALL,
    )
  }
}

/** The values of a message's attributes. */
export function texts({ attributes }: ReceivedMessage): Record<string, unknown> {
  return Object.fromEntries(Object.entries(attributes).map(([name, { value }]) => [name, value]))
}
