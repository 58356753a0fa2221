import { type AnyMessage, type AnyQueue, encode, type PayloadOf } from '@waybill/schema'
import {
  type Admin,
  pack,
  type ReceivedMessage,
  type SendEntry,
  type SqsTransport,
  type VisibilityEntry,
} from '@waybill/sqs'
import { type QueuedMessage, simulate, VirtualClock } from '@waybill/testing'
import { capturedLog } from './captured-log.ts'
import { type Faults, withFaults } from './faults.ts'

export interface Put {
  readonly group?: string
  readonly version?: number
}

const CALL = { timeout: 5_000 }

/**
 * One declared queue and its dead-letter queue, without a redrive policy, on a clock that stands still unless told
 * otherwise. A receipt handle reads `m0/1`: of the first message, its first receive.
 */
export async function virtualSqs(declared: AnyQueue, look: Partial<Pick<Admin, 'findQueue' | 'queueAttributes'>> = {}) {
  const clock = new VirtualClock()
  const { logger, lines } = capturedLog()
  const simulated = simulate({ clock, logger, region: 'eu-central-1' })
  const faults: Faults = {}
  const dead: SendEntry[] = []
  const changes: (VisibilityEntry & { readonly at: number })[] = []
  const { deadLetter } = declared['~definition']
  for (const { name } of [declared, ...(deadLetter ? [deadLetter] : [])]) {
    const physical = simulated.queueName({ name, fifo: declared.fifo })
    await simulated.admin.createQueue(physical, declared.fifo ? { FifoQueue: 'true' } : {})
  }
  const queue = await simulated.queue(declared)
  const readable = withReadableHandles(simulated.sqs)
  const real: SqsTransport = {
    ...readable,
    async send(target, entries, call) {
      dead.push(...entries)
      return readable.send(target, entries, call)
    },
    async changeVisibility(target, entries, call) {
      changes.push(...entries.map((entry) => ({ ...entry, at: clock.now() })))
      return readable.changeVisibility(target, entries, call)
    },
  }
  let sent = 0
  const sending: Promise<unknown>[] = []

  return {
    aws: { ...simulated, sqs: withFaults(real, faults), admin: { ...simulated.admin, ...look } },
    clock,
    lines,
    faults,
    /** What the dead-letter queue was sent. */
    dead,
    /** The visibility changes that have reached the queue. */
    changes,
    /** What is in the queue, in the order in which it was put there. */
    left(): readonly (QueuedMessage & { readonly hidden: boolean })[] {
      const { delayed, inFlight, visible } = simulated.contents(declared)
      const all = [
        ...visible.map((message) => ({ ...message, hidden: false })),
        ...[...delayed, ...inFlight].map((message) => ({ ...message, hidden: true })),
      ]
      return all.toSorted((a, b) => numberIn(a.id) - numberIn(b.id))
    },
    /** The queue has it at once: the simulator takes what it is sent before it answers. */
    put<M extends AnyMessage>(message: M, payload: PayloadOf<M>, more: Put = {}): void {
      const { group = declared.fifo ? 'g' : undefined, version = message.version } = more
      const attributes = pack({ type: message.type, version, id: `id-${sent}`, trace: {}, attributes: {} })
      const deduplicationId = declared.fifo ? `d${sent}` : undefined
      sent++
      const entry = { body: encode(message, payload), attributes, group, deduplicationId }
      sending.push(
        simulated.sqs.send(queue, [entry], CALL).then(([result]) => {
          if (!result?.ok) throw result?.error ?? new Error('The simulator did not answer.')
        }),
      )
    },
  }
}

function withReadableHandles(sqs: SqsTransport): SqsTransport {
  const handles = new Map<string, string>()
  const handleOf = (readable: string) => handles.get(readable) ?? readable
  const named = (message: ReceivedMessage): ReceivedMessage => {
    const readable = `m${numberIn(String(message.attributes['waybill-id']?.value))}/${message.receives}`
    handles.set(readable, message.receiptHandle)
    return { ...message, receiptHandle: readable }
  }
  return {
    ...sqs,
    receive: async (...args) => (await sqs.receive(...args)).map(named),
    delete: (queue, readable, call) => sqs.delete(queue, readable.map(handleOf), call),
    changeVisibility: (queue, entries, call) =>
      sqs.changeVisibility(
        queue,
        entries.map((entry) => ({ ...entry, handle: handleOf(entry.handle) })),
        call,
      ),
  }
}

const numberIn = (id = '') => Number(id.replace('id-', ''))
