/**
 * Where an entry is. `waiting`: the buffer is full. `queued`: behind another of its key. `ready`: may join the next batch.
 * `in-flight`: in a call. `backing-off`: refused, to be tried again. `settled`: its promise is; the end.
 */
export type EntryState = 'waiting' | 'queued' | 'ready' | 'in-flight' | 'backing-off' | 'settled'

/** One item on its way through a {@link Batcher}. */
export class BatchEntry<Item, Value> {
  readonly item: Item
  readonly bytes: number
  readonly key: string | undefined
  readonly addedAt: number
  /** Comes closer when a keyed entry is of unknown outcome: past it, a second copy might be taken for another item. */
  deadline: number
  readonly promise: Promise<Value>
  state: EntryState = 'waiting'
  attempts = 0
  firstTriedAt = 0
  /** Whether an earlier attempt may have been accepted although its answer was lost. */
  unknown = false
  /** When one that is backing off may go again, on the clock. */
  retryAt = 0
  lastError: Error | undefined
  readonly #resolve: (value: Value) => void
  readonly #reject: (error: Error) => void
  #stopListening: (() => void) | undefined

  constructor(item: Item, bytes: number, key: string | undefined, addedAt: number, deadline: number) {
    this.item = item
    this.bytes = bytes
    this.key = key
    this.addedAt = addedAt
    this.deadline = deadline
    const { promise, resolve, reject } = Promise.withResolvers<Value>()
    this.promise = promise
    this.#resolve = resolve
    this.#reject = reject
  }

  onAbort(signal: AbortSignal, run: () => void): void {
    signal.addEventListener('abort', run)
    this.#stopListening = () => signal.removeEventListener('abort', run)
  }

  succeed(value: Value): void {
    this.#end()
    this.#resolve(value)
  }

  fail(error: Error): void {
    this.#end()
    this.#reject(error)
  }

  #end(): void {
    this.state = 'settled'
    this.#stopListening?.()
  }
}
