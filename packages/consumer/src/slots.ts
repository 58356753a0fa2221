import { TrackedTasks } from '@waybill/core'
import PQueue from 'p-queue'

/** The handlers that may run at once: of all types together, and of those types that have a limit of their own. */
export class Slots {
  readonly #all: PQueue
  readonly #byType = new Map<string, PQueue>()
  /** What waits for a slot and may still be told that there will be none. */
  readonly #waiting = new Set<() => void>()
  readonly #tasks: TrackedTasks
  #closed = false

  constructor(
    concurrency: number,
    types: Iterable<readonly [type: string, handler: { concurrency: number | undefined }]>,
    onError: (error: unknown) => void,
  ) {
    this.#all = new PQueue({ concurrency })
    this.#tasks = new TrackedTasks(onError)
    for (const [type, { concurrency: limit }] of types) {
      if (limit !== undefined) this.#byType.set(type, new PQueue({ concurrency: limit }))
    }
  }

  /** How many wait for a slot of their type, whatever is free beside. */
  get waitingForType(): number {
    let waiting = 0
    for (const queue of this.#byType.values()) waiting += queue.size
    return waiting
  }

  /** Runs when a slot is free. Resolves with undefined when the slots were closed first: it has not run then. */
  run<T>(type: string, task: () => Promise<T>): Promise<T | undefined> {
    const limited = this.#byType.get(type)
    return limited ? this.#in(limited, () => this.#in(this.#all, task)) : this.#in(this.#all, task)
  }

  /** Runs when a slot is free, closed or not: for what has begun already. */
  finish<T>(type: string, task: () => Promise<T>): Promise<T> {
    const limited = this.#byType.get(type)
    return limited ? limited.add(() => this.#all.add(task)) : this.#all.add(task)
  }

  /** From now on nothing new starts; what waits for a slot is told so at once. */
  close(): void {
    this.#closed = true
    for (const giveUp of this.#waiting) giveUp()
    this.#waiting.clear()
  }

  #in<T>(queue: PQueue, task: () => Promise<T>): Promise<T | undefined> {
    const { promise, resolve } = Promise.withResolvers<T | undefined>()
    if (this.#closed) return Promise.resolve(undefined)
    const giveUp = () => resolve(undefined)
    this.#waiting.add(giveUp)
    this.#tasks.run(() =>
      queue.add(async () => {
        if (!this.#waiting.delete(giveUp)) return
        const running = task()
        resolve(running)
        await running.catch(() => undefined)
      }),
    )
    return promise
  }
}
