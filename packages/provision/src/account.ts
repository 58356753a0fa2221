import { quote } from '@waybill/core'
import type { Tags } from '@waybill/schema'
import { type Connection, type Declared, type FoundSubscription, partitionOf, unless } from '@waybill/sqs'
import { allEnded } from './all-ended.ts'
import type { Attributes } from './change.ts'
import { keyOf } from './declarations.ts'
import type { Place, Places } from './places.ts'
import { ProvisionError } from './provision-error.ts'

interface Found {
  /** AWS's own: a queue's URL, a topic's ARN. */
  readonly id: string
  readonly attributes: Attributes
  /** None, when they were not asked for. */
  readonly tags: Tags
}

/** A queue or topic and, when the account has it, what it is like there. */
interface AccountQueue extends Place {
  readonly found: Found | undefined
}

interface AccountTopic extends Place {
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

/** Reads what the declarations are about. Tags are asked for only where some are wanted: that takes a permission. */
export async function readAccount(connection: Connection, { queues, topics }: AllWanted): Promise<Account> {
  const { admin } = connection
  const account = await admin.account()
  const region = await connection.region()

  async function readQueue({ declared, tags: wanted }: Wanted): Promise<AccountQueue> {
    const name = connection.queueName(declared)
    const ref = await unless('queue-not-found', connection.queue(declared))
    const attributes = ref && (await unless('queue-not-found', admin.queueAttributes(ref.url)))
    if (ref && attributes) {
      const tags = isEmpty(wanted) ? {} : await admin.queueTags(ref.url)
      return { name, arn: attributes['QueueArn'] ?? '', found: { id: ref.url, attributes, tags } }
    }
    checkOwner('queue', name, connection.queueAccount(declared), account)
    return { name, arn: `arn:${partitionOf(region)}:sqs:${region}:${account}:${name}`, found: undefined }
  }

  async function readTopic({ declared, tags: wanted }: Wanted): Promise<AccountTopic> {
    const name = connection.topicName(declared)
    const { arn } = await connection.topic(declared)
    const attributes = await admin.topicAttributes(arn)
    if (attributes) {
      const tags = isEmpty(wanted) ? {} : await admin.topicTags(arn)
      return { name, arn, found: { id: arn, attributes, tags, subscriptions: await admin.subscriptions(arn) } }
    }
    checkOwner('topic', name, arn.split(':')[4], account)
    return { name, arn, found: undefined }
  }

  return { queue: await byKey(queues, readQueue), topic: await byKey(topics, readTopic) }
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

/** What is missing can be created only in the account of the credentials. */
function checkOwner(kind: 'queue' | 'topic', name: string, owner: string | undefined, account: string): void {
  if (owner === undefined || owner === account) return
  throw new ProvisionError(
    'elsewhere',
    `There is no ${kind} ${quote(name)} in account ${owner}, and these credentials are of account ${account}: it can't be created from here. Create it there, or correct connect({ accountId, locate }).`,
  )
}
