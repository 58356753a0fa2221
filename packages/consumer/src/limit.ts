import PQueue from 'p-queue'

/**
 * How many may run at once. What finds a place starts in the same turn, at the cost of a count: nearly all do, since no
 * more is received than can run. What finds none stands in line, which is a p-queue.
 */
export class Limit {
  readonly #most: number
  readonly #onIdle: () => void
  /** Paused while there is no place. */
  readonly #line = new PQueue({ concurrency: 1 })
  #running = 0
  #paused = false

  /** `onIdle` is called when nothing runs any more and nothing stands in line. */
  constructor(most: number, onIdle: () => void = () => {}) {
    this.#most = most
    this.#onIdle = onIdle
  }

  /** Whether there is a place for who comes now: nobody stands in line. */
  get isOpen(): boolean {
    return this.#hasPlace && this.#line.size + this.#line.pending === 0
  }

  get #hasPlace(): boolean {
    return !this.#paused && this.#running < this.#most
  }

  /** Takes a place until the task has ended. */
  async run<T>(task: () => Promise<T>): Promise<T> {
    this.#running++
    try {
      return await task()
    } finally {
      this.#running--
      this.#moved()
    }
  }

  /** Stands in line. `turn` is called when there is a place, to `run` or to leave it to the next. */
  async wait(turn: () => void): Promise<void> {
    this.#stopIfFull()
    await this.#line.add(() => {
      turn()
      this.#stopIfFull()
    })
    this.#moved()
  }

  /** Nobody's turn comes until `resume`. */
  pause(): void {
    this.#paused = true
    this.#line.pause()
  }

  resume(): void {
    this.#paused = false
    this.#moved()
  }

  #stopIfFull(): void {
    if (!this.#hasPlace) this.#line.pause()
  }

  #moved(): void {
    if (this.#line.isPaused && this.#hasPlace) this.#line.start()
    if (this.#running + this.#line.size + this.#line.pending === 0) this.#onIdle()
  }
}
