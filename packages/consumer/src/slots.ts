import { TrackedTasks } from '@waybill/core'
import { Limit } from './limit.ts'
import type { RateLimit } from './rate-limit.ts'

export interface SlotsOptions {
  readonly concurrency: number
  /** The limits of single types. */
  readonly types: Iterable<readonly [type: string, handler: { readonly concurrency: number | undefined }]>
  /** How many of one message group may run at once. */
  readonly groupConcurrency: number | undefined
  /** How many may wait for their group before the oldest are given up. */
  readonly groupBound: number
  readonly rateLimit: RateLimit | undefined
  readonly onError: (error: unknown) => void
}

/** Who asks for a slot. */
export interface Asking {
  readonly type: string
  /** Undefined: it belongs to no group, or the group does not matter. */
  readonly group: string | undefined
  /** Whether it may be given up when too many wait for their group. */
  readonly yields: boolean
}

/** Why something did not run: the slots were `closed`, or too many of its group waited, `crowded`. */
export type NotRun = 'closed' | 'crowded'

/** The handlers that may run at once: of all types together, of one type, of one group; and how often one may start. */
export class Slots {
  readonly #options: SlotsOptions
  readonly #all: Limit
  /** Keeps back what needs no slot while it is paused. */
  readonly #gate = new Limit(Infinity)
  readonly #byType = new Map<string, Limit>()
  readonly #byGroup = new Map<string, Limit>()
  /** What waits for a slot and may still be told that there will be none. */
  readonly #waiting = new Set<(why: NotRun) => void>()
  /** Those of them that wait for their group and yield to others, the oldest first. */
  readonly #yielding = new Set<(why: NotRun) => void>()
  readonly #tasks: TrackedTasks
  #limited = 0
  #closed = false

  constructor(options: SlotsOptions) {
    this.#options = options
    this.#all = new Limit(options.concurrency)
    this.#tasks = new TrackedTasks(options.onError)
    for (const [type, { concurrency: limit }] of options.types) {
      if (limit !== undefined) this.#byType.set(type, new Limit(limit))
    }
  }

  /** How many wait for a slot of their type or group, whatever is free beside. */
  get waitingForLimit(): number {
    return this.#limited
  }

  /** Whether nothing starts, and nothing waits to. */
  get isClosed(): boolean {
    return this.#closed
  }

  /** Runs when its group and its type have a place, and a slot is free. */
  run<T extends object>(asking: Asking, task: () => Promise<T | NotRun>): Promise<T | NotRun> {
    return this.inGroup(asking, () => this.inSlot(asking.type, task))
  }

  /** Runs when its group has a place. */
  inGroup<T extends object>({ group, yields }: Asking, task: () => Promise<T | NotRun>): Promise<T | NotRun> {
    const { groupBound, groupConcurrency: concurrency } = this.#options
    if (group === undefined || concurrency === undefined) return task()
    const places = this.#byGroup.get(group) ?? new Limit(concurrency, () => this.#byGroup.delete(group))
    this.#byGroup.set(group, places)
    const result = this.#in(places, task, { limited: true, yields })
    const [oldest] = this.#limited > groupBound ? this.#yielding : []
    oldest?.('crowded')
    return result
  }

  /** Runs at once, or when it is no longer paused. */
  whenOpen<T extends object>(task: () => Promise<T | NotRun>): Promise<T | NotRun> {
    return this.#in(this.#gate, task)
  }

  /** Runs when there is a slot for its type. */
  inSlot<T extends object>(type: string, task: () => Promise<T | NotRun>): Promise<T | NotRun> {
    const limited = this.#byType.get(type)
    return limited ? this.#in(limited, () => this.#in(this.#all, task), { limited: true }) : this.#in(this.#all, task)
  }

  /** Runs when the rate allows so many starts. */
  atRate<T extends object>(task: () => Promise<T>, starts = 1): Promise<T | NotRun> {
    const { rateLimit } = this.#options
    if (this.#closed) return Promise.resolve('closed')
    return rateLimit ? this.#whenAllowed(rateLimit, starts, task) : task()
  }

  async #whenAllowed<T extends object>(
    rateLimit: RateLimit,
    starts: number,
    task: () => Promise<T>,
  ): Promise<T | NotRun> {
    return (await rateLimit.take(starts)) ? task() : 'closed'
  }

  /** Nothing new starts until `resume`; what waits goes on waiting. */
  pause(): void {
    this.#gate.pause()
    this.#all.pause()
    this.#options.rateLimit?.pause()
  }

  resume(): void {
    this.#closed = false
    this.#options.rateLimit?.resume()
    this.#all.resume()
    this.#gate.resume()
  }

  /** Nothing new starts, and what waits for a slot is told so at once. */
  close(): void {
    this.#closed = true
    for (const giveUp of this.#waiting) giveUp('closed')
    this.#options.rateLimit?.giveUp()
  }

  #in<T extends object>(
    limit: Limit,
    task: () => Promise<T | NotRun>,
    { limited = false, yields = false } = {},
  ): Promise<T | NotRun> {
    if (this.#closed) return Promise.resolve('closed')
    if (limit.isOpen) return limit.run(task)
    const { promise, resolve } = Promise.withResolvers<T | NotRun>()
    if (limited) this.#limited++
    const left = () => {
      if (!this.#waiting.delete(giveUp)) return false
      this.#yielding.delete(giveUp)
      if (limited) this.#limited--
      return true
    }
    const giveUp = (why: NotRun) => {
      if (left()) resolve(why)
    }
    this.#waiting.add(giveUp)
    if (yields) this.#yielding.add(giveUp)
    const turn = () => {
      if (left()) resolve(limit.run(task))
    }
    this.#tasks.run(() => limit.wait(turn))
    return promise
  }
}
