import { quote } from '@waybill/core'
import {
  type Connection,
  type Declared,
  type FoundSubscription,
  partitionOf,
  SqsError,
  type SqsErrorCode,
} from '@waybill/sqs'
import type { Attributes } from './change.ts'
import { allQueues, type Declarations, keyOf } from './declarations.ts'
import { ProvisionError } from './provision-error.ts'

/** Where a declared queue or topic is, or will be. */
export interface Place {
  /** Physical. */
  readonly name: string
  readonly arn: string
}

/** A queue or topic and, when the account has it, what it is like there. */
interface AccountQueue extends Place {
  readonly found: { readonly url: string; readonly attributes: Attributes } | undefined
}

interface AccountTopic extends Place {
  readonly found: { readonly attributes: Attributes; readonly subscriptions: readonly FoundSubscription[] } | undefined
}

/** The declared queues and topics in an account and region, their dead-letter queues included, as they were when read. */
export interface Account {
  queue(declared: Declared): AccountQueue
  topic(declared: Declared): AccountTopic
}

/** Reads what the declarations are about. */
export async function readAccount(connection: Connection, { queues, topics }: Declarations): Promise<Account> {
  const { admin } = connection
  const [account, region] = await Promise.all([admin.account(), connection.region()])

  async function readQueue(declared: Declared): Promise<AccountQueue> {
    const name = connection.queueName(declared)
    const ref = await unless('queue-not-found', connection.queue(declared))
    const attributes = ref && (await unless('queue-not-found', admin.queueAttributes(ref.url)))
    if (ref && attributes) return { name, arn: attributes['QueueArn'] ?? '', found: { url: ref.url, attributes } }
    checkOwner('queue', name, connection.queueAccount(declared), account)
    return { name, arn: `arn:${partitionOf(region)}:sqs:${region}:${account}:${name}`, found: undefined }
  }

  async function readTopic(declared: Declared): Promise<AccountTopic> {
    const name = connection.topicName(declared)
    const { arn } = await connection.topic(declared)
    const attributes = await admin.topicAttributes(arn)
    if (attributes) return { name, arn, found: { attributes, subscriptions: await admin.subscriptions(arn) } }
    checkOwner('topic', name, arn.split(':')[4], account)
    return { name, arn, found: undefined }
  }

  const [foundQueues, foundTopics] = await Promise.all([byKey(allQueues(queues), readQueue), byKey(topics, readTopic)])
  return { queue: foundQueues, topic: foundTopics }
}

async function byKey<Found>(
  declared: readonly Declared[],
  read: (one: Declared) => Promise<Found>,
): Promise<(one: Declared) => Found> {
  const found = new Map(await Promise.all(declared.map(async (one) => [keyOf(one), await read(one)] as const)))
  return (one) => {
    const value = found.get(keyOf(one))
    if (value === undefined) throw new TypeError(`${quote(one.name)} was not read`)
    return value
  }
}

/** The value, or undefined when the call fails with this code. */
export async function unless<Value>(code: SqsErrorCode, call: Promise<Value>): Promise<Value | undefined> {
  try {
    return await call
  } catch (error) {
    if (error instanceof SqsError && error.code === code) return undefined
    throw error
  }
}

/** What is missing can be created only in the account of the credentials. */
function checkOwner(kind: 'queue' | 'topic', name: string, owner: string | undefined, account: string): void {
  if (owner === undefined || owner === account) return
  throw new ProvisionError(
    'elsewhere',
    `There is no ${kind} ${quote(name)} in account ${owner}, and these credentials are of account ${account}: it can't be created from here. Create it there, or correct connect({ accountId, locate }).`,
  )
}
