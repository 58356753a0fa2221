import type { AnyQueue, AnyTopic } from '@waybill/schema'
import { simulate, type SimulateOptions, type Simulation, VirtualClock } from '@waybill/testing'

export interface AccountOptions extends Omit<SimulateOptions, 'clock'> {
  /** Default: one that moves on by itself. */
  readonly clock?: VirtualClock
}

const Policy = JSON.stringify({
  Statement: [{ Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage', Resource: '*' }],
})

/** A simulated account with these in it, topics before the queues that subscribe to them. */
export async function account(
  declared: readonly (AnyQueue | AnyTopic)[],
  { clock = new VirtualClock({ auto: true }), ...options }: AccountOptions = {},
): Promise<Simulation<VirtualClock>> {
  const aws = simulate({ ...options, clock })
  for (const each of declared) {
    await (each.kind === 'queue'
      ? createQueue(aws, each)
      : aws.admin.createTopic(aws.topicName(each), each.fifo ? { FifoTopic: 'true' } : {}))
  }
  return aws
}

/** With all of its topics' messages, as they are. */
export async function createQueue(aws: Simulation, queue: AnyQueue): Promise<void> {
  const name = aws.queueName(queue)
  const url = await aws.admin.createQueue(name, { Policy, ...(queue.fifo && { FifoQueue: 'true' }) })
  const { QueueArn = '' } = await aws.admin.queueAttributes(url)
  for (const { '~topic': topic } of queue['~definition'].subscriptions) {
    const { arn } = await aws.topic(topic)
    await aws.admin.subscribe(arn, QueueArn, { RawMessageDelivery: 'true' })
  }
}
