import { Alarm, type Clock } from '@waybill/core'

interface Poll<Answer> {
  readonly take: () => Answer | undefined
  readonly end: (answer: Answer | undefined) => void
}

/** Receives that wait for messages, served in the order in which they came. */
export class LongPolls<Answer> {
  readonly #clock: Clock
  readonly #waiting = new Set<Poll<Answer>>()
  readonly #alarm: Alarm
  readonly #nextChange: () => number

  /** `nextChange` is when something may become visible by itself, on the clock. */
  constructor(clock: Clock, nextChange: () => number) {
    this.#clock = clock
    this.#nextChange = nextChange
    this.#alarm = new Alarm(clock, () => this.serve())
  }

  /** Waits until `take` gives something; gives undefined when the wait, in milliseconds, is over or called off. */
  wait(take: () => Answer | undefined, ms: number, signal: AbortSignal | undefined): Promise<Answer | undefined> {
    return new Promise((resolve) => {
      const end = (answer: Answer | undefined) => {
        timer.cancel()
        signal?.removeEventListener('abort', onAbort)
        this.#waiting.delete(poll)
        if (this.#waiting.size === 0) this.#alarm.cancel()
        resolve(answer)
      }
      const onAbort = () => end(undefined)
      const timer = this.#clock.after(ms, onAbort)
      const poll = { take, end }
      signal?.addEventListener('abort', onAbort)
      this.#waiting.add(poll)
      this.#ringAtNextChange()
    })
  }

  /** Something has become visible: polls look again. */
  serve(): void {
    for (const { take, end } of this.#waiting) {
      const answer = take()
      if (answer === undefined) break
      end(answer)
    }
    this.#ringAtNextChange()
  }

  #ringAtNextChange(): void {
    const next = this.#nextChange()
    if (this.#waiting.size > 0 && next < Infinity) this.#alarm.ringBy(next)
  }
}
