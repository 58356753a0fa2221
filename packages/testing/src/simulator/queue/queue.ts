import type { Clock } from '@waybill/core'
import type { Random } from '../../random.ts'
import { sqsError } from '../aws-error.ts'
import { Leases } from './leases.ts'
import { LongPolls } from './long-polls.ts'
import { MessageStore } from './message-store.ts'
import type { NewMessage, StoredMessage } from './message.ts'
import { type QueueAttributes, type RedrivePolicy, redrivePolicyOf } from './queue-attributes.ts'
import { type Receipt, Receives } from './receives.ts'
import { RecentAnswers } from '../recent-answers.ts'

/** What standard queues may do and what a test may want, alike for all queues of a simulation. */
export interface QueueBehaviour {
  readonly clock: Clock
  readonly random: Random
  readonly reorder: number
  readonly duplicate: number
  readonly inFlightLimit: number
  /** The queue with this ARN. */
  readonly queueAt: (arn: string) => SimulatedQueue | undefined
}

interface Stored {
  readonly messageId: string
  readonly sequenceNumber: string | undefined
}

/** What SQS does with one queue. */
export class SimulatedQueue {
  readonly name: string
  readonly arn: string
  readonly url: string
  readonly fifo: boolean
  readonly createdAt: number
  tags: Readonly<Record<string, string>> = {}
  /** Deletes and visibility changes. */
  readonly leases: Leases
  readonly receives: Receives
  readonly #behaviour: QueueBehaviour
  readonly #store: MessageStore
  readonly #polls: LongPolls<readonly Receipt[]>
  readonly #deduplication: RecentAnswers<Stored>
  /** As the queue was created: changing the attribute changes nothing (case 75). */
  readonly #scope: 'messageGroup' | 'queue'
  #attributes: QueueAttributes
  /** What they say of it, read once. */
  #redrive: RedrivePolicy | undefined
  #changedAt: number
  #purgedAt = -Infinity

  constructor(
    { name, arn, url }: { readonly name: string; readonly arn: string; readonly url: string },
    attributes: QueueAttributes,
    behaviour: QueueBehaviour,
  ) {
    const { clock, duplicate, inFlightLimit, random, reorder } = behaviour
    this.name = name
    this.arn = arn
    this.url = url
    this.fifo = attributes['FifoQueue'] === 'true'
    this.#attributes = attributes
    this.#redrive = redrivePolicyOf(attributes)
    this.createdAt = this.#changedAt = Math.floor(clock.epoch() / 1_000)
    this.#scope = attributes['DeduplicationScope'] === 'messageGroup' ? 'messageGroup' : 'queue'
    this.#behaviour = behaviour
    this.#deduplication = new RecentAnswers(clock)
    this.#store = new MessageStore({
      fifo: this.fifo,
      expiresAt: (message) => this.#expiresAt(message),
      reorder: this.fifo ? 0 : reorder,
      random,
    })
    this.#polls = new LongPolls(clock, () => this.#store.nextChange)
    const parts = { queueArn: arn, fifo: this.fifo, clock, store: this.#store }
    this.leases = new Leases(parts)
    this.receives = new Receives({
      ...parts,
      polls: this.#polls,
      leases: this.leases,
      inFlightLimit,
      isDuplicated: () => !this.fifo && duplicate > 0 && random() < duplicate,
      isWithdrawn: (message) => this.#isWithdrawn(message),
    })
  }

  get redrive(): RedrivePolicy | undefined {
    return this.#redrive
  }

  get attributes(): QueueAttributes {
    return this.#attributes
  }

  /** Seconds since 1970. */
  get changedAt(): number {
    return this.#changedAt
  }

  /** Everything that is in the queue now. */
  messages(): StoredMessage[] {
    this.#store.surface(this.#behaviour.clock.now())
    return [...this.#store.all()]
  }

  /** Takes a message, or says what it said to the first with that deduplication id. `delay` in seconds. */
  send(message: NewMessage, delay?: number): Stored {
    return this.#unlessKnown(message, () => {
      const stored = this.#store.add(message)
      // a FIFO queue knows no delay but its own
      const seconds = (this.fifo ? undefined : delay) ?? Number(this.#attributes['DelaySeconds'])
      if (seconds > 0) this.#store.hide(stored, 'delayed', this.#behaviour.clock.now() + seconds * 1_000)
      return stored
    })
  }

  /** Polls that are open get what has come. After all of a batch, so that they get all of it. */
  wake(): void {
    this.#polls.serve()
  }

  /** The visibility timeout of what these handles stand for ends now. */
  expire(handles: readonly string[]): void {
    this.leases.expire(handles)
    this.wake()
  }

  /** What a receive would get next, for a move task. */
  peek(): StoredMessage | undefined {
    let next: StoredMessage | undefined
    this.#store.surface(this.#behaviour.clock.now())
    this.#store.take(1, (message) => {
      next = message
      return true
    })
    return next
  }

  /** Takes it out, for a move task. */
  withdraw(message: StoredMessage): void {
    this.#store.remove(message)
  }

  purge(): void {
    const now = this.#behaviour.clock.now()
    if (now < this.#purgedAt + 60_000)
      throw sqsError(
        'PurgeQueueInProgress',
        `Only one PurgeQueue operation on ${this.name} is allowed every 60 seconds.`,
      )
    this.#purgedAt = now
    this.#store.clear()
    this.#deduplication.clear()
    this.receives.clear()
  }

  setAttributes(attributes: QueueAttributes): void {
    const before = this.#attributes['DelaySeconds']
    this.#attributes = attributes
    this.#redrive = redrivePolicyOf(attributes)
    this.#store.retain()
    this.#changedAt = Math.floor(this.#behaviour.clock.epoch() / 1_000)
    if (this.fifo && attributes['DelaySeconds'] !== before) this.#delayAnew(Number(attributes['DelaySeconds']))
    this.wake()
  }

  #unlessKnown(message: NewMessage, store: () => StoredMessage): Stored {
    const { deduplicationId, group = '' } = message
    const key = this.#scope === 'messageGroup' ? `${group} ${deduplicationId}` : `${deduplicationId}`
    const first = this.fifo ? this.#deduplication.find(key) : undefined
    if (first) return first
    const stored = store()
    const answer = { messageId: stored.id, sequenceNumber: this.fifo ? sequenceNumber(stored) : undefined }
    if (this.fifo) this.#deduplication.remember(key, answer)
    return answer
  }

  #isWithdrawn(message: StoredMessage): boolean {
    const redrive = this.#redrive
    const deadLetters = redrive && this.#behaviour.queueAt(redrive.deadLetterTargetArn)
    // at the receive after the last one that is allowed, not when that ends (case 77)
    if (!deadLetters || message.receives < redrive.maxReceiveCount) return false
    this.#store.remove(message)
    deadLetters.#adopt(message, this.arn)
    return true
  }

  /** Its deduplication id becomes its id: what was sent here with that id before is the same message. */
  #adopt(message: StoredMessage, from: string): void {
    const { firstReceivedAt, id, receives, receivesBefore } = message
    const moved: NewMessage = {
      ...message,
      deduplicationId: this.fifo ? id : undefined,
      receivesBefore: receivesBefore + receives,
      firstReceivedBefore: firstReceivedAt,
      // a standard queue goes on counting the retention from the first enqueue, a FIFO queue begins anew (case 82)
      enqueuedAt: this.fifo ? this.#behaviour.clock.now() : message.enqueuedAt,
      deadLetterSource: from,
    }
    this.#unlessKnown(moved, () => this.#store.add(moved))
    this.wake()
  }

  #expiresAt({ enqueuedAt }: StoredMessage): number {
    return enqueuedAt + Number(this.#attributes['MessageRetentionPeriod']) * 1_000
  }

  /** "Amazon SQS delay queues": a changed delay concerns what a FIFO queue has already. */
  #delayAnew(seconds: number): void {
    for (const message of this.messages()) {
      if (message.receives > 0) continue
      const until = message.enqueuedAt + seconds * 1_000
      if (until > this.#behaviour.clock.now()) this.#store.hide(message, 'delayed', until)
      else if (message.state === 'delayed') this.#store.show(message)
    }
  }
}

/** 20 digits as SQS writes them, growing with each message of the queue. */
export function sequenceNumber({ sequence }: StoredMessage): string {
  return String(18_850_000_000_000_000_000n + BigInt(sequence) * 256n)
}
