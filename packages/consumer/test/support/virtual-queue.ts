import { sleep } from '@waybill/core'
import {
  type Attributes,
  type EntryResult,
  type ReceivedMessage,
  type ReceiveRequest,
  SqsError,
  type VisibilityEntry,
} from '@waybill/sqs'
import type { VirtualClock } from '../../../core/test/support/virtual-clock.ts'

interface Stored {
  readonly id: string
  readonly body: string
  readonly attributes: Attributes
  readonly group: string | undefined
  /** The newest, and how many there were. */
  handle: string
  receives: number
  visibleAt: number
}

const OK: EntryResult<void> = { ok: true, value: undefined }

/**
 * What SQS does with one queue, as AWS documents it and its answers show it. A redrive policy, retention, the 12 hours of
 * a receive and the bound of messages in flight are left out.
 */
export class VirtualQueue {
  readonly #clock: VirtualClock
  readonly #fifo: boolean
  readonly #answers = new Map<string, readonly ReceivedMessage[]>()
  #stored: readonly Stored[] = []
  #changed = new AbortController()
  #count = 0

  constructor(clock: VirtualClock, fifo: boolean) {
    this.#clock = clock
    this.#fifo = fifo
  }

  get stored(): readonly Readonly<Stored>[] {
    return this.#stored
  }

  put(message: Pick<Stored, 'body' | 'attributes' | 'group' | 'receives'>): void {
    this.#stored = [...this.#stored, { ...message, id: `m${this.#count++}`, handle: '', visibleAt: 0 }]
    this.#wake()
  }

  /** Waits as a long poll does: for the first message that there is. */
  async receive({ max, wait, visibilityTimeout, attemptId = '' }: ReceiveRequest, cut?: AbortSignal) {
    const answered = this.#answers.get(attemptId)
    if (answered) return this.#again(answered, visibilityTimeout)
    const end = this.#clock.now() + wait * 1_000
    for (;;) {
      if (cut?.aborted) throw new SqsError('aborted', 'The poll was cut.', { verdict: 'never', unknown: true })
      const messages = this.#take(max, visibilityTimeout)
      if (messages.length > 0 && this.#fifo) this.#answers.set(attemptId, messages)
      const now = this.#clock.now()
      if (messages.length > 0 || now >= end) return messages
      const next = Math.min(end, ...this.#stored.map(({ visibleAt }) => visibleAt).filter((at) => at > now))
      await sleep(this.#clock, next - now, AbortSignal.any([this.#changed.signal, ...(cut ? [cut] : [])]))
    }
  }

  /** By an old handle: a FIFO queue refuses it, a standard one says that all is well and may do nothing. */
  delete(handle: string): EntryResult<void> {
    const message = this.#find(handle)
    if (!message) return OK
    if (this.#fifo && !this.#isInFlight(handle)) return expired()
    if (message.handle === handle) this.#stored = this.#stored.filter((other) => other !== message)
    this.#wake()
    return OK
  }

  /** By an old handle: a FIFO queue refuses it, on a standard one it moves the message whoever has it by now. */
  changeVisibility({ handle, visibilityTimeout }: VisibilityEntry): EntryResult<void> {
    const message = this.#find(handle)
    if (!message || (this.#fifo && !this.#isInFlight(handle))) return expired()
    const now = this.#clock.now()
    if (message.visibleAt > now) message.visibleAt = now + visibilityTimeout * 1_000
    this.#wake()
    return OK
  }

  /** On FIFO a receive fills up from one group before it takes the next, and nothing passes what is in flight before it. */
  #take(max: number, visibilityTimeout: number): ReceivedMessage[] {
    const now = this.#clock.now()
    const lines = this.#fifo ? Map.groupBy(this.#stored, ({ group }) => group).values() : this.#stored.map((m) => [m])
    const free = Array.from(lines, (line) => {
      const blocked = line.findIndex(({ visibleAt }) => visibleAt > now)
      return blocked < 0 ? line : line.slice(0, blocked)
    }).flat()
    return free.slice(0, max).map((message) => {
      message.receives++
      message.handle = `${message.id}/${message.receives}`
      message.visibleAt = now + visibilityTimeout * 1_000
      const { id, body, attributes, group, handle, receives } = message
      const sent = { body, attributes, group, sequenceNumber: undefined, sentAt: 0 }
      return { ...sent, messageId: id, receiptHandle: handle, receives }
    })
  }

  /** The same attempt id gets the same messages, hidden anew, unless anything happened to them since. */
  #again(messages: readonly ReceivedMessage[], visibilityTimeout: number): readonly ReceivedMessage[] {
    if (!messages.every(({ receiptHandle }) => this.#isInFlight(receiptHandle)))
      throw new SqsError('invalid-request', 'The attempt id is not valid any more.', {
        verdict: 'never',
        unknown: false,
      })
    for (const { receiptHandle } of messages) this.changeVisibility({ handle: receiptHandle, visibilityTimeout })
    return messages
  }

  #find(handle: string): Stored | undefined {
    return this.#stored.find(({ id }) => handle.startsWith(`${id}/`))
  }

  #isInFlight(handle: string): boolean {
    const message = this.#find(handle)
    return message !== undefined && message.handle === handle && message.visibleAt > this.#clock.now()
  }

  /** Open polls look again. */
  #wake(): void {
    const changed = this.#changed
    this.#changed = new AbortController()
    changed.abort()
  }
}

function expired(): EntryResult<void> {
  const error = new SqsError('handle-lost', 'The receipt handle has expired.', { verdict: 'lost', unknown: false })
  return { ok: false, error, verdict: 'lost', unknown: false }
}
