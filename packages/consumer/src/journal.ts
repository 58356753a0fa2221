/**
 * The messages that were handled here, by SQS's message id. A redelivery of one is deleted, not handled again. Bounded:
 * the oldest are forgotten.
 */
export class Journal {
  readonly #handled = new Set<string>()
  readonly #size: number

  constructor(size = 10_000) {
    this.#size = size
  }

  add(messageId: string): void {
    this.#handled.delete(messageId)
    this.#handled.add(messageId)
    if (this.#handled.size <= this.#size) return
    for (const oldest of this.#handled) {
      this.#handled.delete(oldest)
      return
    }
  }

  has(messageId: string): boolean {
    return this.#handled.has(messageId)
  }
}
