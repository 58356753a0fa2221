/**
 * The messages that were handled here, by SQS's message id. A redelivery of one is deleted, not handled again. Bounded: it
 * knows the last `size` at least, and twice as many at most.
 */
export class Journal {
  // Whole generations are forgotten: a set from which the oldest is taken again and again gets slow.
  #recent = new Set<string>()
  #before = new Set<string>()
  readonly #size: number

  constructor(size = 10_000) {
    this.#size = size
  }

  add(messageId: string): void {
    this.#recent.add(messageId)
    if (this.#recent.size < this.#size) return
    this.#before = this.#recent
    this.#recent = new Set()
  }

  has(messageId: string): boolean {
    return this.#recent.has(messageId) || this.#before.has(messageId)
  }
}
