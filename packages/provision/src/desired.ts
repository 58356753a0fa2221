import type { AnyQueue, AnyTopic } from '@waybill/schema'
import { type Declared, RETENTION_SECONDS, WAIT_SECONDS } from '@waybill/sqs'
import type { Place } from './account.ts'
import type { Attributes } from './change.ts'
import { allQueues, deadLetterOf, type Declarations, keyOf, targetsOf, undeliveredOf } from './declarations.ts'
import { allowTopics, sidFor, type Statement } from './policy.ts'

/** Where declared queues and topics are, or will be. */
export interface Places {
  queue(declared: Declared): Place
  topic(declared: Declared): Place
}

export interface DesiredQueue {
  readonly declared: Declared
  readonly attributes: Attributes
  readonly statements: readonly Statement[]
}

export interface DesiredTopic {
  readonly declared: Declared
  readonly attributes: Attributes
}

export interface DesiredSubscription {
  readonly topic: Declared
  readonly queue: Declared
  readonly attributes: Attributes
}

/** What declarations ask for, in the order in which it is created. */
export interface Desired {
  readonly queues: readonly DesiredQueue[]
  readonly topics: readonly DesiredTopic[]
  readonly subscriptions: readonly DesiredSubscription[]
}

/** SQS's own net for processes that die: it must not act before Waybill has made its attempts, of which there are at most 500. */
const maxReceiveCount = (attempts: number) => Math.max(10, 2 * attempts)

export function desiredOf({ queues, topics }: Declarations, places: Places): Desired {
  const declared = new Map(queues.map((queue) => [keyOf(queue), queue]))
  return {
    queues: allQueues(queues).map((one) => {
      const queue = declared.get(keyOf(one))
      return {
        declared: one,
        attributes: queue ? queueAttributes(queue, places) : deadLetterAttributes(one, queues),
        statements: statementsFor(one, queues, places),
      }
    }),
    topics: topics.map((topic) => ({ declared: topic, attributes: topicAttributes(topic) })),
    subscriptions: queues.flatMap((queue) => subscriptionsOf(queue, places)),
  }
}

function queueAttributes(queue: AnyQueue, places: Places): Attributes {
  const { deadLetter, retention, throughput, visibilityTimeout } = queue['~definition']
  const target = deadLetterOf(queue)
  return {
    ...fifoAttributes(queue.fifo, throughput),
    VisibilityTimeout: String(visibilityTimeout),
    MessageRetentionPeriod: String(retention),
    ReceiveMessageWaitTimeSeconds: String(WAIT_SECONDS),
    ...(deadLetter &&
      target && {
        RedrivePolicy: JSON.stringify({
          deadLetterTargetArn: places.queue(target).arn,
          maxReceiveCount: maxReceiveCount(deadLetter.attempts),
        }),
      }),
  }
}

/** As long as SQS allows: on a standard dead-letter queue a message keeps the age that it had. */
function deadLetterAttributes(one: Declared, queues: readonly AnyQueue[]): Attributes {
  const source = queues.find((queue) => targetsOf(queue).some((target) => keyOf(target) === keyOf(one)))
  return {
    ...fifoAttributes(one.fifo, source?.['~definition'].throughput ?? 'high'),
    MessageRetentionPeriod: String(RETENTION_SECONDS.max),
    ReceiveMessageWaitTimeSeconds: String(WAIT_SECONDS),
  }
}

function fifoAttributes(fifo: boolean, throughput: AnyQueue['~definition']['throughput']): Attributes {
  if (!fifo) return {}
  const high = throughput === 'high'
  return {
    FifoQueue: 'true',
    ContentBasedDeduplication: 'false',
    DeduplicationScope: high ? 'messageGroup' : 'queue',
    FifoThroughputLimit: high ? 'perMessageGroupId' : 'perQueue',
  }
}

function topicAttributes({ fifo, '~definition': { throughput } }: AnyTopic): Attributes {
  if (!fifo) return {}
  return {
    FifoTopic: 'true',
    ContentBasedDeduplication: 'false',
    FifoThroughputScope: throughput === 'high' ? 'MessageGroup' : 'Topic',
  }
}

/** For each queue that gets messages of topics, or leaves undelivered ones, here. */
function statementsFor(one: Declared, queues: readonly AnyQueue[], places: Places): Statement[] {
  const here = (other: Declared | undefined) => other !== undefined && keyOf(other) === keyOf(one)
  return queues
    .filter((queue) => queue['~definition'].subscriptions.length > 0 && (here(queue) || here(undeliveredOf(queue))))
    .map((queue) => {
      const topicArns = queue['~definition'].subscriptions.map(({ '~topic': topic }) => places.topic(topic).arn)
      return allowTopics(sidFor(places.queue(queue).name), places.queue(one).arn, topicArns)
    })
}

function subscriptionsOf(queue: AnyQueue, places: Places): DesiredSubscription[] {
  const undelivered = undeliveredOf(queue)
  if (!undelivered) return []
  const deadLetterTargetArn = places.queue(undelivered).arn
  return queue['~definition'].subscriptions.map(({ types, '~topic': topic }) => ({
    topic,
    queue,
    attributes: {
      TopicArn: places.topic(topic).arn,
      Endpoint: places.queue(queue).arn,
      RawMessageDelivery: 'true',
      FilterPolicyScope: 'MessageAttributes',
      FilterPolicy: JSON.stringify({ 'waybill-type': types }),
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn }),
    },
  }))
}
