import type { AnyQueue, AnyTopic, Tags } from '@waybill/schema'
import type { Declared } from '@waybill/sqs'
import type { Attributes } from './change.ts'
import { keyOf, undeliveredOf } from './declarations.ts'
import type { Needed } from './needed.ts'
import type { Places } from './places.ts'
import { allowTopics, sidFor, type Statement } from './policy.ts'
import { queueAttributes } from './queue-attributes.ts'

export interface DesiredQueue {
  readonly declared: Declared
  readonly attributes: Attributes
  readonly statements: readonly Statement[]
  readonly tags: Tags
}

export interface DesiredTopic {
  readonly declared: Declared
  readonly attributes: Attributes
  readonly tags: Tags
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

export function desiredOf({ queues, topics }: Needed, places: Places): Desired {
  const declarations = queues.flatMap(({ declaration }) => declaration ?? [])
  return {
    queues: queues.map((queue) => ({
      declared: queue.declared,
      attributes: queueAttributes(queue, places),
      statements: statementsFor(queue.declared, declarations, places),
      tags: queue.tags,
    })),
    topics: topics.map(({ declared, tags }) => ({ declared, attributes: topicAttributes(declared), tags })),
    subscriptions: declarations.flatMap((queue) => subscriptionsOf(queue, places)),
  }
}

function topicAttributes({ fifo, '~definition': definition }: AnyTopic): Attributes {
  const { encryption, maximumMessageSize, throughput } = definition
  return {
    ...(fifo && {
      FifoTopic: 'true',
      FifoThroughputScope: throughput === 'high' ? 'MessageGroup' : 'Topic',
    }),
    ...(maximumMessageSize !== undefined && { MaximumMessageSize: String(maximumMessageSize) }),
    ...(encryption && { KmsMasterKeyId: encryption.kmsKey }),
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
