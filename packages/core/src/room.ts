import { LinkedList } from './linked-list.ts'
import { onAbort } from './on-abort.ts'

/** How much may be held before those who ask for room wait. Default: without limit. */
export interface RoomLimits {
  readonly maxHeldCount?: number | undefined
  readonly maxHeldBytes?: number | undefined
}

interface Waiting {
  readonly bytes: number
  readonly enter: () => void
}

/** Counts what is held, and lets in who asks for room in the order they came: small ones don't pass a big one. */
export class Room {
  readonly #limits: RoomLimits
  readonly #waiting = new LinkedList<Waiting>()
  #count = 0
  #bytes = 0

  constructor(limits: RoomLimits) {
    this.#limits = limits
  }

  /** Counts one that does not ask. */
  take(bytes: number): void {
    this.#count++
    this.#bytes += bytes
  }

  /** Resolves with true once there is room and it is counted; with false when the signal aborts before that. */
  enter(bytes: number, signal?: AbortSignal): Promise<boolean> {
    if (signal?.aborted) return Promise.resolve(false)
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const link = this.#waiting.push({
      bytes,
      enter: () => {
        stopListening?.()
        resolve(true)
      },
    })
    const stopListening =
      signal &&
      onAbort(signal, () => {
        stopListening?.()
        this.#waiting.remove(link)
        resolve(false)
        this.#letIn()
      })
    this.#letIn()
    return promise
  }

  leave(bytes: number): void {
    this.#count--
    this.#bytes -= bytes
    this.#letIn()
  }

  #letIn(): void {
    for (let next = this.#waiting.first; next && this.#fits(next.value.bytes); next = this.#waiting.first) {
      this.#waiting.remove(next)
      this.take(next.value.bytes)
      next.value.enter()
    }
  }

  /** One too big for the whole room is let in when it is alone. */
  #fits(bytes: number): boolean {
    const { maxHeldCount = Infinity, maxHeldBytes = Infinity } = this.#limits
    return this.#count === 0 || (this.#count < maxHeldCount && this.#bytes + bytes <= maxHeldBytes)
  }
}
