import type { Timer } from '@waybill/core'
import type { Account } from '../account.ts'
import { newMessage, type StoredMessage } from '../queue/message.ts'
import type { SimulatedQueue } from '../queue/queue.ts'

export interface MoveTaskRequest {
  readonly source: SimulatedQueue
  /** Undefined: each message goes back to where it came from. */
  readonly destinationArn: string | undefined
  /** Messages in a second, if it was said. */
  readonly rate: number | undefined
}

/** SQS StartMessageMoveTask: at most, and what SQS may reach when nothing is said. */
export const FASTEST = 500

/** Moves messages back from a dead-letter queue: what a receive would get, one after another as the clock goes on. */
export class MoveTask {
  readonly id: string
  readonly request: MoveTaskRequest
  readonly toMove: number
  readonly startedAt: number
  readonly #account: Account
  #status: 'RUNNING' | 'COMPLETED' | 'CANCELLING' | 'CANCELLED' | 'FAILED' = 'RUNNING'
  #failure: string | undefined
  #moved = 0
  #next: Timer

  constructor(account: Account, request: MoveTaskRequest) {
    this.id = account.id()
    this.request = request
    this.toMove = request.source.messages().filter(({ state }) => state === 'visible').length
    this.startedAt = Math.floor(account.clock.epoch())
    this.#account = account
    this.#next = account.clock.after(0, () => this.#move())
  }

  get status() {
    return this.#status
  }

  get failure(): string | undefined {
    return this.#failure
  }

  get moved(): number {
    return this.#moved
  }

  /** It ends when its next message would have been due. */
  cancel(): void {
    this.#status = 'CANCELLING'
  }

  /** Nothing more happens, whatever its status. */
  stop(): void {
    this.#next.cancel()
  }

  #move(): void {
    const { destinationArn, rate = FASTEST, source } = this.request
    if (this.#status === 'CANCELLING') return this.#end('CANCELLED')
    if (this.#account.queues.get(source.name) !== source) return this.#end('FAILED', NO_QUEUE)
    const message = this.#moved < this.toMove ? source.peek() : undefined
    if (!message) return this.#end('COMPLETED')
    const to = destinationArn ?? message.deadLetterSource
    if (to === undefined) return this.#end('FAILED', 'CouldNotDetermineMessageSource')
    const destination = this.#account.queueAt(to)
    if (!destination) return this.#end('FAILED', NO_QUEUE)
    source.withdraw(message)
    redrive(this.#account, message, destination)
    this.#moved++
    if (this.#moved >= this.toMove) return this.#end('COMPLETED')
    this.#next = this.#account.clock.after(1_000 / rate, () => this.#move())
  }

  #end(status: 'COMPLETED' | 'CANCELLED' | 'FAILED', failure?: string): void {
    this.#status = status
    this.#failure = failure
  }
}

const NO_QUEUE = 'AWS.SimpleQueueService.NonExistentQueue'

/** A redriven message is a new one: its own id, age and receive count. */
function redrive(account: Account, message: StoredMessage, destination: SimulatedQueue): void {
  const redriven = newMessage(account, message)
  destination.send({ ...redriven, deduplicationId: destination.fifo ? redriven.id : undefined })
  destination.wake()
}
