import {
  type Consumer,
  type ConsumerEvents,
  type ConsumerOptions,
  createConsumer,
  type Middleware,
} from '@waybill/consumer'
import { type AnyMessage, type AnyQueue, encode, type PayloadOf } from '@waybill/schema'
import { type Attributes, type Connection, pack, type ReceivedMessage, type SqsTransport } from '@waybill/sqs'
import { embedded } from '@waybill/testing'
import { afterAll } from 'vitest'
import { capturedLog } from './captured-log.ts'

export interface Put {
  readonly group?: string
  readonly id?: string
  readonly version?: number
  readonly attributes?: Record<string, string>
}

// One emulator a test file: each rig has a name prefix of its own.
const backend = await embedded()
afterAll(() => backend.close())
let rigs = 0

/** The queues of one declaration, empty, and what tests do with them. */
export async function rig(declared: AnyQueue) {
  const { logger, lines } = capturedLog()
  const prefix = `rig${rigs++}-`
  const aws = backend.connect({ logger, namePrefix: prefix })
  const { deadLetter } = declared['~definition']
  const kind = declared.fifo ? { FifoQueue: 'true' } : {}
  const suffix = declared.fifo ? '.fifo' : ''
  let redrive = {}
  if (deadLetter) {
    const url = await aws.admin.createQueue(prefix + deadLetter.name + suffix, kind)
    const { QueueArn } = await aws.admin.queueAttributes(url)
    redrive = { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: QueueArn, maxReceiveCount: 1_000 }) }
  }
  await aws.admin.createQueue(prefix + declared.name + suffix, { ...kind, ...redrive })
  const queue = await aws.queue(declared)
  const deadLetterQueue = deadLetter && (await aws.queue({ name: deadLetter.name, fifo: declared.fifo }))
  let sent = 0

  async function putRaw(body: string, attributes: Attributes, { group }: Put = {}): Promise<void> {
    const fifo = declared.fifo ? { group: group ?? 'g', deduplicationId: `d${sent++}` } : { group }
    const [result] = await aws.sqs.send(queue, [{ body, attributes, ...fifo }], { timeout: 5_000 })
    if (!result?.ok) throw new Error('The rig could not send.', { cause: result?.error })
  }

  return {
    aws,
    lines,
    queue,
    putRaw,
    put<M extends AnyMessage>(message: M, payload: PayloadOf<M>, more: Put = {}): Promise<void> {
      const { id = `id-${sent++}`, attributes = {}, version = message.version } = more
      return putRaw(encode(message, payload), pack({ type: message.type, version, id, trace: {}, attributes }), more)
    },
    /** What is visible now, and in the dead-letter queue. */
    visible: () => contents(aws, queue),
    dead: () => (deadLetterQueue ? contents(aws, deadLetterQueue) : Promise.resolve([])),
    /** Messages in the queue, visible or not. */
    async left(): Promise<number> {
      const attributes = await aws.admin.queueAttributes(queue.url)
      return (
        Number(attributes['ApproximateNumberOfMessages']) + Number(attributes['ApproximateNumberOfMessagesNotVisible'])
      )
    },
    [Symbol.asyncDispose]: () => aws.close(),
  }
}

async function contents(
  aws: Connection,
  queue: { name: string; url: string; fifo: boolean },
): Promise<ReceivedMessage[]> {
  const all: ReceivedMessage[] = []
  for (;;) {
    const some = await aws.sqs.receive(queue, { max: 10, wait: 0, visibilityTimeout: 600 }, { timeout: 5_000 })
    if (some.length === 0) return all
    all.push(...some)
  }
}

/** The connection with some transport calls replaced: `real` is what they replace. */
export function faulty(aws: Connection, replace: (real: SqsTransport) => Partial<SqsTransport>): Connection {
  return { ...aws, sqs: { ...aws.sqs, ...replace(aws.sqs) } }
}

/** Test-sized waits; a test says what it is about. */
export function consume<Q extends AnyQueue, const Us extends readonly Middleware[]>(
  aws: Connection,
  queue: Q,
  options: ConsumerOptions<Q, Us>,
): Consumer {
  return createConsumer(aws, queue, { waitTime: '1s', backoff: { first: '1ms', max: '5ms' }, ...options })
}

/** Resolves with the first `count` events of that name. */
export function seen<Name extends keyof ConsumerEvents>(
  consumer: Consumer,
  name: Name,
  count = 1,
): Promise<ConsumerEvents[Name][]> {
  const events: ConsumerEvents[Name][] = []
  const { promise, resolve } = Promise.withResolvers<ConsumerEvents[Name][]>()
  const listening = consumer.on(name, (event) => {
    events.push(event)
    if (events.length < count) return
    listening[Symbol.dispose]()
    resolve(events)
  })
  return promise
}
