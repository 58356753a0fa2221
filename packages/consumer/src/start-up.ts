import { type Backoff, backoffDelay, refusalOf, sleep } from '@waybill/core'
import type { AnyQueue } from '@waybill/schema'
import { type Connection, type Logger, type QueueRef, SqsError } from '@waybill/sqs'
import type { ResolvedOptions } from './options.ts'
import { isWorthALine } from './fault-reports.ts'
import { attemptsOf, logSpan, type RedrivePolicy, redrivePolicyOf } from './redrive-policy.ts'

/** What a consumer knows of its queue before it polls. */
export interface Found {
  readonly queue: QueueRef
  readonly deadLetterQueue: QueueRef | undefined
  /** Starts after which a message is moved to the dead-letter queue. */
  readonly attempts: number
  /** Of the redrive policy; Infinity when there is none, or it could not be read. */
  readonly maxReceiveCount: number
  /** ARNs of the topics that the queue subscribes to. */
  readonly topics: ReadonlySet<string>
}

const BACKOFF: Backoff = { first: 500, max: 20_000, jitter: 0.5 }

/**
 * Finds what the consumer needs. Waits out a network that is down or a service that is throttling, until `signal` aborts
 * (then undefined); rejects for what waiting does not mend, such as a queue that does not exist.
 */
export async function startUp(
  connection: Connection,
  declared: AnyQueue,
  options: ResolvedOptions,
  log: Logger,
  signal: AbortSignal,
): Promise<Found | undefined> {
  for (let attempt = 1; !signal.aborted; attempt++) {
    try {
      return await find(connection, declared, options, log)
    } catch (thrown) {
      const { error, verdict } = refusalOf(thrown)
      if (verdict === 'never' || verdict === 'lost') throw error
      const delay = backoffDelay(BACKOFF, attempt, connection.clock.random)
      if (isWorthALine(attempt))
        log.warn({ failures: attempt, retryInMs: Math.round(delay) }, `can't start yet: ${error.message}`)
      await sleep(connection.clock, delay, signal)
    }
  }
  return undefined
}

async function find(connection: Connection, declared: AnyQueue, options: ResolvedOptions, log: Logger): Promise<Found> {
  const queue = await connection.queue(declared)
  const { subscriptions } = declared['~definition']
  const topics = await Promise.all(subscriptions.map((subscription) => connection.topic(subscription['~topic'])))
  const attributes = await attributesOf(connection, queue, log)
  if (attributes) verifyKind(declared, attributes)
  const policy = redrivePolicyOf(attributes)
  const deadLetterQueue = await findDeadLetterQueue(connection, declared, attributes !== undefined, policy, log)
  const attempts = attemptsOf(declared, policy, log)
  if (deadLetterQueue && attempts < Infinity) logSpan(attempts, options, log)
  return {
    queue,
    deadLetterQueue,
    attempts,
    maxReceiveCount: policy?.maxReceiveCount ?? Infinity,
    topics: new Set(topics.map((topic) => topic.arn)),
  }
}

async function attributesOf(
  connection: Connection,
  queue: QueueRef,
  log: Logger,
): Promise<Readonly<Record<string, string>> | undefined> {
  try {
    return await connection.admin.queueAttributes(queue.url)
  } catch (error) {
    if (!(error instanceof SqsError) || error.code !== 'access-denied') throw error
    log.warn(
      'the queue is not verified: allow sqs:GetQueueAttributes, and the start-up checks its type and its dead-letter queue',
    )
    return undefined
  }
}

function verifyKind(declared: AnyQueue, attributes: Readonly<Record<string, string>>): void {
  const fifo = attributes['FifoQueue'] === 'true'
  if (fifo === declared.fifo) return
  const [is, said] = fifo ? ['a FIFO queue', 'fifo: true'] : ['a standard queue', 'no fifo']
  throw new SqsError(
    'invalid-request',
    `Queue '${declared.name}' is ${is} in the account. Declare it with ${said}, or locate another.`,
    {
      verdict: 'never',
      unknown: false,
    },
  )
}

/** The queue that the redrive policy names, since SQS moves messages there too; else the declared one. */
async function findDeadLetterQueue(
  connection: Connection,
  { fifo, '~definition': { deadLetter } }: AnyQueue,
  verified: boolean,
  policy: RedrivePolicy | undefined,
  log: Logger,
): Promise<QueueRef | undefined> {
  const declared = deadLetter && { name: deadLetter.name, fifo }
  if (!policy) {
    if (declared && verified) {
      log.warn(
        'the queue has no redrive policy: a message that kills its worker comes again for ever. apply(plan) sets one.',
      )
    }
    return declared && unlessMissing(() => connection.queue(declared), log)
  }
  if (declared && connection.queueName(declared) !== policy.name) {
    log.warn(
      { redrivePolicy: policy.name, declared: connection.queueName(declared) },
      'the redrive policy names another dead-letter queue than the declaration; messages go where the policy says',
    )
  }
  return unlessMissing(async () => {
    const url = await connection.admin.findQueue(policy.name, policy.account)
    return url === undefined ? undefined : { name: policy.name, url, fifo }
  }, log)
}

/** Without its dead-letter queue a consumer can work: what is exhausted is kept. */
async function unlessMissing(find: () => Promise<QueueRef | undefined>, log: Logger): Promise<QueueRef | undefined> {
  try {
    const found = await find()
    if (!found) log.error('the dead-letter queue that the redrive policy names is missing; exhausted messages are kept')
    return found
  } catch (error) {
    if (!(error instanceof SqsError) || (error.code !== 'queue-not-found' && error.code !== 'access-denied'))
      throw error
    const hint = error.code === 'access-denied' ? ' Allow sqs:GetQueueUrl on it.' : ''
    log.error({ err: error }, `no dead-letter queue was found; exhausted messages are kept: ${error.message}${hint}`)
    return undefined
  }
}
