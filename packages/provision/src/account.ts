import { quote } from '@waybill/core'
import type { Tags } from '@waybill/schema'
import { type Connection, type Declared, partitionOf, unless } from '@waybill/sqs'
import { allEnded } from './all-ended.ts'
import type { Attributes } from './change.ts'
import { keyOf } from './declarations.ts'
import { type FoundSubscription, findSubscriptions } from './find-subscriptions.ts'
import { checkOwner, otherOwner } from './other-account.ts'
import type { Place, Places } from './places.ts'

interface Found {
  /** AWS's own: a queue's URL, a topic's ARN. */
  readonly id: string
  readonly attributes: Attributes
  /** None, when they were not asked for. */
  readonly tags: Tags
}

/** A queue or topic and, when the account has it, what it is like there. */
interface AccountQueue extends Place {
  /** The account that it is of, when that is another than the credentials'. */
  readonly owner: string | undefined
  readonly found: Found | undefined
}

interface AccountTopic extends Place {
  readonly owner: string | undefined
  /** The subscriptions are those of the queues of the plan. */
  readonly found: (Found & { readonly subscriptions: readonly FoundSubscription[] }) | undefined
}

/** The needed queues and topics in an account and region, as they were when read. */
export interface Account extends Places {
  queue(declared: Declared): AccountQueue
  topic(declared: Declared): AccountTopic
}

interface Wanted {
  readonly declared: Declared
  readonly tags: Tags
}

interface AllWanted {
  readonly queues: readonly Wanted[]
  readonly topics: readonly Wanted[]
}

/**
 * Reads what the declarations are about. Tags are asked for only where some are wanted: that takes a permission, and there
 * is none for another account's.
 */
export async function readAccount(connection: Connection, { queues, topics }: AllWanted): Promise<Account> {
  const { admin } = connection
  const account = await admin.account()
  const region = await connection.region()

  async function readQueue({ declared, tags: wanted }: Wanted): Promise<AccountQueue> {
    const name = connection.queueName(declared)
    const ref = await unless('queue-not-found', connection.queue(declared))
    const attributes = ref && (await unless('queue-not-found', admin.queueAttributes(ref.url)))
    if (ref && attributes) {
      const arn = attributes['QueueArn'] ?? ''
      const owner = otherOwner(arn, account)
      const tags = owner || isEmpty(wanted) ? {} : await admin.queueTags(ref.url)
      return { name, arn, owner, found: { id: ref.url, attributes, tags } }
    }
    checkOwner('queue', name, connection.queueAccount(declared), account)
    const arn = `arn:${partitionOf(region)}:sqs:${region}:${account}:${name}`
    return { name, arn, owner: undefined, found: undefined }
  }

  const queue = await byKey(queues, readQueue)
  const queueArns = queues.map(({ declared }) => queue(declared).arn)

  async function readTopic({ declared, tags: wanted }: Wanted): Promise<AccountTopic> {
    const name = connection.topicName(declared)
    const { arn } = await connection.topic(declared)
    const owner = otherOwner(arn, account)
    const attributes = await admin.topicAttributes(arn)
    if (attributes) {
      const tags = owner || isEmpty(wanted) ? {} : await admin.topicTags(arn)
      const subscriptions = await findSubscriptions(admin, arn, queueArns, account)
      return { name, arn, owner, found: { id: arn, attributes, tags, subscriptions } }
    }
    checkOwner('topic', name, owner, account)
    return { name, arn, owner, found: undefined }
  }

  return { queue, topic: await byKey(topics, readTopic) }
}

const isEmpty = (tags: Tags) => Object.keys(tags).length === 0

async function byKey<Read>(
  wanted: readonly Wanted[],
  read: (one: Wanted) => Promise<Read>,
): Promise<(one: Declared) => Read> {
  const all = new Map(await allEnded(wanted.map(async (one) => [keyOf(one.declared), await read(one)] as const)))
  return (one) => {
    const value = all.get(keyOf(one))
    if (value === undefined) throw new TypeError(`${quote(one.name)} was not read`)
    return value
  }
}
