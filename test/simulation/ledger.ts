export interface Step {
  readonly of: string
  readonly n: number
}

const keyOf = ({ of, n }: Step) => `${of}${n}`

/** What became of each message, and what may not have. */
export class Ledger {
  readonly problems = new Set<string>()
  readonly #ordered: boolean
  readonly #isDead: (key: string) => boolean
  readonly #accepted = new Map<string, Step>()
  readonly #handled = new Set<string>()
  readonly #again = new Set<string>()
  readonly #begun = new Set<string>()
  readonly #running = new Set<string>()

  /** `ordered`: of a group, one after another. */
  constructor(ordered: boolean, isDead: (key: string) => boolean) {
    this.#ordered = ordered
    this.#isDead = isDead
  }

  accept(step: Step): void {
    this.#accepted.set(keyOf(step), step)
  }

  /** A handler begins with it. One that is `alone` leaves it when its signal aborts: no other such may be at it. */
  begin(step: Step, alone: boolean): void {
    const key = keyOf(step)
    if (alone && this.#running.has(key)) this.problems.add(`${key} runs twice at once`)
    if (alone) this.#running.add(key)
    if (this.#begun.has(key)) return
    this.#begun.add(key)
    if (!this.#ordered) return
    for (const [earlier, { of, n }] of this.#accepted)
      if (of === step.of && n < step.n && !this.#isDone(earlier))
        this.problems.add(`${key} began before ${earlier} was done`)
  }

  /** What runs now need not be alone any more. */
  forgiveRunning(): void {
    this.#running.clear()
  }

  /** A handler that was alone has ended, or its process has died. */
  end(step: Step): void {
    this.#running.delete(keyOf(step))
  }

  /** One that is `heedful` has ended when its signal aborted: it can't be handled a second time by mistake. */
  handle(step: Step, heedful: boolean): void {
    const key = keyOf(step)
    if (heedful && this.#handled.has(key)) this.#again.add(key)
    this.#handled.add(key)
  }

  /** A delete is asked for. */
  deleting(key: string): void {
    if (!this.#isDone(key)) this.problems.add(`${key} was deleted before it was done`)
  }

  /** At the end, with nothing left in the queue. `once`: somebody has seen to it that nothing is handled twice. */
  close({ once }: { readonly once: boolean }): readonly string[] {
    if (once) for (const key of this.#again) this.problems.add(`${key} was handled twice`)
    for (const key of this.#accepted.keys()) if (!this.#isDone(key)) this.problems.add(`${key} is lost`)
    return [...this.problems]
  }

  #isDone(key: string): boolean {
    return this.#handled.has(key) || this.#isDead(key)
  }
}
