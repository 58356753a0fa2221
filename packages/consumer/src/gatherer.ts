import { Alarm, type Clock } from '@waybill/core'

/** Collects items for a batch handler: closes when `size` are there, or `wait` milliseconds after the first. */
export class Gatherer<Item, Result> {
  readonly #clock: Clock
  readonly #size: number
  readonly #wait: number
  readonly #run: (items: readonly Item[]) => Promise<readonly Result[]>
  readonly #alarm: Alarm
  #closed = false
  #waiting: { readonly item: Item; readonly resolve: (result: Promise<Result>) => void }[] = []

  /** `run` answers by position. */
  constructor(clock: Clock, size: number, wait: number, run: (items: readonly Item[]) => Promise<readonly Result[]>) {
    this.#clock = clock
    this.#size = size
    this.#wait = wait
    this.#run = run
    this.#alarm = new Alarm(clock, () => this.flush())
  }

  /** The batch that the next item goes to, told from others by its identity. */
  get batch(): object {
    return this.#waiting
  }

  add(item: Item): Promise<Result> {
    const { promise, resolve } = Promise.withResolvers<Result>()
    this.#waiting.push({ item, resolve })
    if (this.#closed || this.#waiting.length >= this.#size) this.flush()
    else this.#alarm.ringBy(this.#clock.now() + this.#wait)
    return promise
  }

  /** Runs what is there, and from now on each item as it comes. */
  close(): void {
    this.#closed = true
    this.flush()
  }

  /** Runs what is there. */
  flush(): void {
    this.#alarm.cancel()
    const batch = this.#waiting
    if (batch.length === 0) return
    this.#waiting = []
    const results = this.#run(batch.map(({ item }) => item))
    for (const [index, { resolve }] of batch.entries()) resolve(results.then((all) => positional(all, index)))
  }
}

function positional<Result>(all: readonly Result[], index: number): Result {
  const result = all[index]
  if (result === undefined) throw new Error(`Bug: a batch has no result for its item ${index}.`)
  return result
}
