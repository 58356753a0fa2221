/** Promises that nobody awaits where they start; whoever closes the owner waits for them here. */
export class TrackedTasks {
  readonly #running = new Set<Promise<void>>()
  readonly #onError: (error: unknown) => void

  /** `onError` hears of tasks that reject: a task should handle its own errors, so this is a bug's last witness. */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError
  }

  get size(): number {
    return this.#running.size
  }

  run(task: () => Promise<void>): void {
    const running: Promise<void> = task()
      .catch(this.#onError)
      .finally(() => this.#running.delete(running))
    this.#running.add(running)
  }

  /** Resolves when no task is running, those started meanwhile included. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running)
  }
}
