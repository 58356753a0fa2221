import type { AddInTurnOptions, BatcherOptions } from './batcher-options.ts'
import { onAbort } from './on-abort.ts'
import type { Room } from './room.ts'

export interface EntranceOptions<Item, Value> extends Pick<BatcherOptions<Item, Value>, 'bytes' | 'giveUp'> {
  readonly room: Room
  /** Adds an item whose room is taken. */
  readonly add: (item: Item, bytes: number, options: AddInTurnOptions) => Promise<Value>
}

interface Waiting<Item> {
  readonly item: Item
  /** Aborts when it waits no longer. */
  readonly left: AbortController
}

/** Where items wait for room, to be added in their order. */
export class Entrance<Item, Value> {
  readonly #options: EntranceOptions<Item, Value>
  /** In their order, each with its promise. */
  readonly #waiting = new Map<Waiting<Item>, Promise<Value>>()

  constructor(options: EntranceOptions<Item, Value>) {
    this.#options = options
  }

  /** Settles as the item does. Calls `onAdded` once there is room, just before it is added; never when it leaves before that. */
  enter(item: Item, options: AddInTurnOptions, onAdded: () => void): Promise<Value> {
    const waiting = { item, left: new AbortController() }
    const promise = this.#enter(waiting, options, onAdded)
    this.#waiting.set(waiting, promise)
    return promise
  }

  async #enter(waiting: Waiting<Item>, options: AddInTurnOptions, onAdded: () => void): Promise<Value> {
    const { item, left } = waiting
    const { add, bytes: bytesOf, giveUp, room } = this.#options
    const { signal } = options
    const stop = signal && onAbort(signal, () => left.abort())
    const bytes = bytesOf(item)
    const entered = await room.enter(bytes, left.signal)
    stop?.()
    this.#waiting.delete(waiting)
    if (left.signal.aborted) {
      if (entered) room.leave(bytes)
      throw giveUp(signal?.aborted ? 'aborted' : 'closed', item, false, signal?.reason)
    }
    onAdded()
    return add(item, bytes, options)
  }

  /** The promises of those that wait. */
  promises(): Promise<Value>[] {
    return Array.from(this.#waiting.values())
  }

  /** Turns away all that wait: they reject as `closed`. Returns them, in their order. */
  turnAway(): Item[] {
    const waiting = Array.from(this.#waiting.keys())
    this.#waiting.clear()
    for (const { left } of waiting) left.abort()
    return waiting.map(({ item }) => item)
  }
}
