import type { Clock } from '@waybill/core'
import type { Logger } from '@waybill/sqs'
import { HandlerTimeoutError, LeaseLostError } from './errors.ts'
import type { ForgottenReturns } from './forgotten-returns.ts'
import { Gatherer } from './gatherer.ts'
import { DONE, isOutcome, type Outcome, type Retry, type Run, runs } from './outcome.ts'
import type { BatchHandler, BatchItem } from './resolve-handlers.ts'
import type { Slots } from './slots.ts'

/** The batches of one type: gathered, then handled together in one slot. */
export class Batches {
  readonly #type: string
  readonly #handler: BatchHandler
  readonly #clock: Clock
  readonly #log: Logger
  readonly #forgotten: ForgottenReturns
  readonly #gatherer: Gatherer<BatchItem, Outcome>
  readonly #running = new Set<AbortController>()
  #aborted: Error | undefined

  constructor(
    type: string,
    handler: BatchHandler,
    clock: Clock,
    log: Logger,
    slots: Slots,
    forgotten: ForgottenReturns,
  ) {
    this.#type = type
    this.#handler = handler
    this.#clock = clock
    this.#log = log
    this.#forgotten = forgotten
    this.#gatherer = new Gatherer(clock, handler.batch.size, handler.batch.wait, (items) =>
      slots.finish(type, () => this.#handleOurs(items)),
    )
  }

  /** Resolves with the item's own outcome; rejects with what the handler threw. */
  add(item: BatchItem): Promise<Outcome> {
    return this.#gatherer.add(item)
  }

  /** What gathers is handled as it is. */
  close(): void {
    this.#gatherer.close()
  }

  /** Aborts the signals of the batches that run. */
  abort(reason: Error): void {
    this.#aborted = reason
    for (const controller of this.#running) controller.abort(reason)
  }

  /** A batch may have waited long for its slot: what is not ours any more is left out. */
  async #handleOurs(items: readonly BatchItem[]): Promise<readonly Outcome[]> {
    if (this.#aborted) throw this.#aborted
    const ours = items.filter((item) => !isLost(item))
    const outcomes = ours.length > 0 ? await this.#handle(ours) : []
    return items.map((item) => outcomes[ours.indexOf(item)] ?? LOST)
  }

  async #handle(items: readonly BatchItem[]): Promise<readonly Outcome[]> {
    const { batch, timeout } = this.#handler
    const controller = new AbortController()
    const timer =
      timeout === undefined ? undefined : this.#clock.after(timeout, () => this.#timeOut(controller, timeout))
    const log = this.#log.child({ type: this.#type, batch: items.length })
    const run: Run = { made: undefined }
    this.#running.add(controller)
    try {
      const result = await runs.run(run, async () => batch.handle(items, { signal: controller.signal, log }))
      if (isOutcome(result)) return items.map(() => result)
      if (typeof result === 'object' && result !== null) return items.map((item) => result.get(item) ?? DONE)
      const outcome = this.#forgotten.settle(run, this.#type, 'handler')
      return items.map(() => outcome)
    } catch (error) {
      throw controller.signal.reason instanceof HandlerTimeoutError ? controller.signal.reason : error
    } finally {
      timer?.cancel()
      this.#running.delete(controller)
    }
  }

  #timeOut(controller: AbortController, ms: number): void {
    this.#log.warn(
      { type: this.#type, timeoutMs: ms },
      `a batch handler of ${this.#type} is over its timeout; its signal aborts, its slot is free when it ends`,
    )
    controller.abort(new HandlerTimeoutError(this.#type, ms))
  }
}

const isLost = (item: BatchItem) => item.context.signal.reason instanceof LeaseLostError

/** Says nothing to SQS: a lost delivery settles by itself. */
const LOST: Retry = { outcome: 'retry', delay: undefined, reason: 'its lease was lost before its batch began' }
