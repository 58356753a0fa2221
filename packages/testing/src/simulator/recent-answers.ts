import type { Clock } from '@waybill/core'

/** Five minutes ("Amazon SQS FIFO delivery logic", SQS ReceiveMessage); from the first, since nothing says that a repetition prolongs it. */
const KNOWN = 5 * 60_000

/** What was answered of late, by deduplication id or ReceiveRequestAttemptId: the same id gets the same answer again. */
export class RecentAnswers<Answer> {
  readonly #clock: Clock
  readonly #answers = new Map<string, { readonly answer: Answer; readonly until: number }>()
  #sweepAt = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  find(id: string): Answer | undefined {
    const known = this.#answers.get(id)
    return known && known.until > this.#clock.now() ? known.answer : undefined
  }

  remember(id: string, answer: Answer): void {
    const now = this.#clock.now()
    this.#sweep(now)
    this.#answers.set(id, { answer, until: now + KNOWN })
  }

  clear(): void {
    this.#answers.clear()
  }

  #sweep(now: number): void {
    if (now < this.#sweepAt) return
    this.#sweepAt = now + KNOWN
    for (const [id, { until }] of this.#answers) if (until <= now) this.#answers.delete(id)
  }
}
