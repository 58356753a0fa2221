/** Promises that nobody awaits where they start; whoever closes the owner waits for them here. */
export class TrackedTasks {
  readonly #onError: (error: unknown) => void
  #running = 0
  #idle: PromiseWithResolvers<void> | undefined

  /** `onError` hears of tasks that reject: a task should handle its own errors, so this is a bug's last witness. */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError
  }

  get size(): number {
    return this.#running
  }

  run(task: () => Promise<void>): void {
    this.#running++
    // if `onError` throws, that is an unhandled rejection: as loud as it can be
    void task().then(this.#ended, this.#failed)
  }

  /** Resolves when no task is running, those started meanwhile included. */
  async idle(): Promise<void> {
    while (this.#running > 0) {
      this.#idle ??= Promise.withResolvers()
      await this.#idle.promise
    }
  }

  readonly #ended = (): void => {
    if (--this.#running > 0) return
    this.#idle?.resolve()
    this.#idle = undefined
  }

  readonly #failed = (error: unknown): void => {
    this.#ended()
    this.#onError(error)
  }
}
