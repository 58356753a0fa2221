/** Where handlers wait until a test lets them go on. */
export class Gate {
  readonly #reached = Promise.withResolvers<void>()
  readonly #opened = Promise.withResolvers<void>()

  /** Resolves when the first handler has come to it. */
  get reached(): Promise<void> {
    return this.#reached.promise
  }

  pass(): Promise<void> {
    this.#reached.resolve()
    return this.#opened.promise
  }

  open(): void {
    this.#opened.resolve()
  }
}
