import { type AnyMessage, type AnyQueue, encode, type PayloadOf } from '@waybill/schema'
import {
  type Admin,
  createConnection,
  pack,
  type SendEntry,
  type SqsTransport,
  type VisibilityEntry,
} from '@waybill/sqs'
import { VirtualClock } from '../../../core/test/support/virtual-clock.ts'
import { capturedLog } from './captured-log.ts'
import { type Faults, withFaults } from './faults.ts'
import { VirtualQueue } from './virtual-queue.ts'

export interface Put {
  readonly group?: string
  readonly version?: number
  /** How often it was received before. */
  readonly receives?: number
}

/** A connection to one queue and its dead-letter queue, on a clock of their own: hours pass in milliseconds. */
export function virtualSqs(declared: AnyQueue, look: Partial<Pick<Admin, 'findQueue' | 'queueAttributes'>> = {}) {
  const clock = new VirtualClock()
  const { logger, lines } = capturedLog()
  const queue = new VirtualQueue(clock, declared.fifo)
  const faults: Faults = {}
  const dead: SendEntry[] = []
  const changes: (VisibilityEntry & { readonly at: number })[] = []
  let sent = 0
  const real: SqsTransport = {
    async send(_target, entries) {
      dead.push(...entries)
      return entries.map(() => ({ ok: true, value: { messageId: 'copy' } }))
    },
    receive: async (_queue, request, { signal }) => queue.receive(request, signal),
    delete: async (_queue, handles) => handles.map((handle) => queue.delete(handle)),
    async changeVisibility(_queue, entries) {
      changes.push(...entries.map((entry) => ({ ...entry, at: clock.now() })))
      return entries.map((entry) => queue.changeVisibility(entry))
    },
  }
  const aws = createConnection({
    sqs: withFaults(real, faults),
    sns: { publish: beyond },
    admin: { ...admin(declared.fifo), ...look },
    clock,
    logger,
    region: async () => 'eu-central-1',
    close: async () => {},
  })

  return {
    aws,
    clock,
    lines,
    faults,
    /** What the dead-letter queue was sent. */
    dead,
    /** The visibility changes that have reached the queue. */
    changes,
    /** What is in the queue, visible or not. */
    left: () => queue.stored,
    put<M extends AnyMessage>(message: M, payload: PayloadOf<M>, more: Put = {}): void {
      const { group, receives = 0, version = message.version } = more
      const attributes = pack({ type: message.type, version, id: `id-${sent++}`, trace: {}, attributes: {} })
      queue.put({ body: encode(message, payload), attributes, group, receives })
    },
  }
}

const beyond = () => Promise.reject(new Error('The virtual SQS does not do that.'))

const admin = (fifo: boolean): Admin => ({
  account: async () => '000000000000',
  findQueue: async (name) => `http://virtual/000000000000/${name}`,
  queueAttributes: async () => (fifo ? { FifoQueue: 'true' } : {}),
  createQueue: beyond,
  setQueueAttributes: beyond,
  deleteQueue: beyond,
  topicAttributes: beyond,
  createTopic: beyond,
  setTopicAttribute: beyond,
  deleteTopic: beyond,
  subscriptions: beyond,
  subscribe: beyond,
  setSubscriptionAttribute: beyond,
  unsubscribe: beyond,
})
