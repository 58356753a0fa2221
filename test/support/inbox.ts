/** Collects what handlers get, and lets a test wait for it. */
export class Inbox<Item> {
  readonly items: Item[] = []
  #waiting: { readonly count: number; readonly resolve: () => void } | undefined

  add(item: Item): void {
    this.items.push(item)
    if (this.#waiting && this.items.length >= this.#waiting.count) this.#waiting.resolve()
  }

  /** Resolves with the items once there are so many. */
  async first(count: number): Promise<readonly Item[]> {
    if (this.items.length < count) {
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#waiting = { count, resolve }
      await promise
    }
    return this.items
  }
}
