import type { Backoff } from './backoff.ts'
import type { Clock } from './clock.ts'
import type { BatchLimits, CloseReason } from './next-batch.ts'
import type { RoomLimits } from './room.ts'
import type { Attempt, Refusal } from './verdict.ts'

/** Why the batcher itself gave an item up. */
export type GaveUp = 'timeout' | 'aborted' | 'group-failed' | 'closed'

export interface BatcherOptions<Item, Value> extends BatchLimits, RoomLimits {
  readonly clock: Clock
  /** Milliseconds that an item may wait for company. */
  readonly linger: number
  /** Whether an item that comes after a pause of `linger` leaves with its turn: no company is to be expected. */
  readonly eager?: boolean | undefined
  /**
   * One call. Its answer is positional: a missing position is a refusal to try again. `isOpen` says of a position whether its
   * item has not been given up meanwhile.
   */
  readonly send: (
    items: readonly Item[],
    reason: CloseReason,
    isOpen: (index: number) => boolean,
  ) => Promise<readonly Attempt<Value>[]>
  readonly bytes: (item: Item) => number
  /** Makes the error that a given-up item rejects with. `unknown`: it may have been accepted all the same. */
  readonly giveUp: (why: GaveUp, item: Item, unknown: boolean, cause: unknown) => Error
  /** Makes the error that a finally refused item rejects with; `unknown` also counts earlier attempts. Default: the refusal's own. */
  readonly refused?: (item: Item, refusal: Refusal) => Error
  /** Whether the later items of its key go on when an item fails. Default: they fail with it, so that none overtakes. */
  readonly keysGoOn?: boolean
  readonly maxInFlight: number
  /** Delays by verdict. */
  readonly backoff: { readonly now: Backoff; readonly later: Backoff }
  /** Milliseconds from its first attempt in which a keyed item of unknown outcome may be sent again. */
  readonly unknownWindow: number
}

export interface AddOptions {
  /** Items of one key are sent one at a time and in order. */
  readonly key?: string | undefined
  /** On the clock, in milliseconds: no attempt starts after it, and what is still in a call then is given up. */
  readonly deadline: number
  readonly signal?: AbortSignal | undefined
}

/** As {@link AddOptions}, but for an item whose time counts from when it could leave: there is room, and none of its key before it. */
export interface AddInTurnOptions extends Omit<AddOptions, 'deadline'> {
  /** Milliseconds. */
  readonly timeout: number
}
