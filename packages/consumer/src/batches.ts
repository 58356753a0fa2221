import { type Clock, quote } from '@waybill/core'
import type { Logger } from '@waybill/sqs'
import { HandlerTimeoutError, NonRetryableError } from './errors.ts'
import type { ForgottenReturns } from './forgotten-returns.ts'
import { Gatherer } from './gatherer.ts'
import type { HeldDelivery } from './held-delivery.ts'
import { isLost, type Lane } from './lane.ts'
import type { LeaseManager } from './lease-manager.ts'
import { DONE, isOutcome, type Outcome, type Run, runs } from './outcome.ts'
import type { BatchHandler, BatchItem } from './resolve-handlers.ts'
import type { Slots } from './slots.ts'
import type { Turn } from './turn.ts'

/** `unhandled`: no handler was called for it. */
export type ItemResult = Outcome | 'unhandled'

interface Gathered {
  readonly item: BatchItem
  readonly held: HeldDelivery
  readonly lane: Lane
}

export interface BatchesOptions {
  readonly type: string
  readonly handler: BatchHandler
  readonly clock: Clock
  readonly log: Logger
  readonly slots: Slots
  readonly leases: LeaseManager
  readonly forgotten: ForgottenReturns
}

/** The batches of one type: gathered, then handled together in one slot. */
export class Batches {
  readonly #options: BatchesOptions
  readonly #gatherer: Gatherer<Gathered, ItemResult>
  /** The batch that a lane's last item went to. */
  readonly #joined = new WeakMap<Lane, object>()
  readonly #running = new Set<AbortController>()

  constructor(options: BatchesOptions) {
    const { clock, handler, slots, type } = options
    this.#options = options
    this.#gatherer = new Gatherer(clock, handler.batch.size, handler.batch.wait, async (items) => {
      const results = await slots.inSlot(type, () => slots.atRate(() => this.#handleOurs(items), items.length))
      return typeof results === 'string' ? items.map(() => 'unhandled') : results
    })
  }

  /**
   * Resolves with the item's own outcome; rejects with what the handler threw. In a lane, an item is in one batch with the
   * one before it, or handled after that was.
   */
  async add(item: BatchItem, { before, held, lane, onGathered }: Turn): Promise<ItemResult> {
    if (before && this.#joined.get(lane) !== this.#gatherer.batch && (await before).kind !== 'next') return 'unhandled'
    const { batch } = this.#gatherer
    this.#joined.set(lane, batch)
    const result = this.#gatherer.add({ item, held, lane })
    if (this.#options.slots.isClosed) this.#gatherer.flush()
    if (this.#gatherer.batch === batch) onGathered?.()
    return result
  }

  /** What gathers is handled as it is, or given back when there are no slots. */
  flush(): void {
    this.#gatherer.flush()
  }

  /** What gathers is handled as it is, and from now on each item as it comes. */
  close(): void {
    this.#gatherer.close()
  }

  /** Aborts the signals of the batches that run. */
  abort(reason: Error): void {
    for (const controller of this.#running) controller.abort(reason)
  }

  /** A batch may have waited long for its slot: what is not ours any more is left out. */
  async #handleOurs(gathered: readonly Gathered[]): Promise<readonly ItemResult[]> {
    for (const { held } of gathered) this.#options.leases.notice(held)
    // One that is lost takes those of its lane with it: somebody else handles the group from there.
    const ours = gathered.flatMap(({ item, lane }) => (isLost(lane) ? [] : [item]))
    const outcomes = ours.length > 0 ? await this.#handle(ours) : []
    const byItem = new Map(ours.map((item, index) => [item, outcomes[index]]))
    return gathered.map(({ item }) => byItem.get(item) ?? 'unhandled')
  }

  async #handle(items: readonly BatchItem[]): Promise<readonly Outcome[]> {
    const { clock, forgotten, log, type } = this.#options
    const { batch, timeout } = this.#options.handler
    const controller = new AbortController()
    const timer = timeout === undefined ? undefined : clock.after(timeout, () => this.#timeOut(controller, timeout))
    const run: Run = { made: undefined, unhandled: false }
    this.#running.add(controller)
    try {
      const context = { signal: controller.signal, log: log.child({ type, batch: items.length }) }
      const result = await runs.run(run, async () => batch.handle(items, context))
      if (isOutcome(result)) return items.map(() => result)
      if (typeof result === 'object' && result !== null) return outcomesByItem(result, items, type)
      const outcome = forgotten.settle(run, type, 'handler')
      return items.map(() => outcome)
    } catch (error) {
      const reason: unknown = controller.signal.reason
      throw reason instanceof HandlerTimeoutError ? reason : thrownByBatch(error, items.length)
    } finally {
      timer?.cancel()
      this.#running.delete(controller)
    }
  }

  #timeOut(controller: AbortController, ms: number): void {
    const { log, type } = this.#options
    log.warn(
      { type, timeoutMs: ms },
      `a batch handler of ${type} is over its timeout; its signal aborts, its slot is free when it ends`,
    )
    controller.abort(new HandlerTimeoutError(type, ms))
  }
}

/** What the map says; an item that it lacks is done. A map that can't be read as meant must not pass for one that lacks all. */
function outcomesByItem(result: unknown, items: readonly BatchItem[], type: string): readonly Outcome[] {
  const wrong = (what: string) =>
    new TypeError(
      `The batch handler of ${type} returned ${what}. Return nothing, an outcome, or new Map([[item, retry()]]) with items of the batch.`,
    )
  if (!(result instanceof Map)) throw wrong(quote(result))
  const known = new Set<unknown>(items)
  const map = new Map<unknown, unknown>(result)
  for (const [key, outcome] of map) {
    if (!known.has(key)) throw wrong(`a Map with the key ${quote(key)}, which is no item`)
    if (!isOutcome(outcome)) throw wrong(`a Map with ${quote(outcome)}, which is no outcome`)
  }
  return items.map((item) => {
    const outcome = map.get(item)
    return isOutcome(outcome) ? outcome : DONE
  })
}

/** A throw can't say which items it means: the others must not be moved with the one that can't be handled. */
function thrownByBatch(error: unknown, size: number): unknown {
  if (!(error instanceof NonRetryableError) || size === 1) return error
  return new Error(
    `${error.message} (all ${size} items of the batch are tried again; return a Map with deadLetter() for the one that can't be handled)`,
    { cause: error },
  )
}
