import { isLost, type Lane } from './lane.ts'
import type { HeldDelivery } from './held-delivery.ts'
import type { Parking } from './parking.ts'
import { takeTurns } from './take-turns.ts'
import { type Next, NEXT, RELEASE_NOW, type Turn } from './turn.ts'

export interface LaneRunnerOptions {
  readonly parking: Parking
  readonly process: (turn: Turn) => Promise<Next>
  /** Whether a delivery may gather for the batch that the one before it gathers for. */
  readonly joins: (held: HeldDelivery, before: HeldDelivery) => boolean
  readonly stopping: () => boolean
  /** A parked lane takes no place of those that run; it takes one again when its back-off is over. */
  readonly onPark: () => void
  readonly onResume: () => void
}

/** Takes a lane through its deliveries, in order; a head that fails is tried again in place. */
export class LaneRunner {
  readonly #options: LaneRunnerOptions

  constructor(options: LaneRunnerOptions) {
    this.#options = options
  }

  /** Resolves with what becomes of the lane: all done, or what is left of it to be released. */
  async run(lane: Lane): Promise<Next> {
    const { joins, process } = this.#options
    let most = Infinity
    let at = 0
    for (let held = lane.deliveries[at]; held; held = lane.deliveries[at]) {
      // What had not begun was handed back.
      if (isLost(lane)) return RELEASE_NOW
      const follower = most > 1 ? lane.deliveries[at + 1] : undefined
      let next: Next
      if (follower && joins(follower, held)) {
        const taken = await takeTurns(lane, at, most, process, joins)
        at += taken.done
        next = taken.next
      } else {
        lane.begun = at + 1
        next = await process({ lane, held, before: undefined, onGathered: undefined })
        if (next.kind === 'next') at++
      }
      // What has failed is tried again by itself.
      most = next.kind === 'again' ? 1 : Infinity
      if (next.kind === 'release') return next
      if (next.kind === 'next') continue
      const left = await this.#park(lane, next.ms, next.unhandled)
      if (left > 0 || isLost(lane)) return this.#woken(lane.deliveries[at], left)
    }
    return NEXT
  }

  /** Resolves with the milliseconds that are left of the wait. */
  async #park(lane: Lane, ms: number, unhandled?: boolean): Promise<number> {
    const { onPark, onResume, parking } = this.#options
    for (const held of lane.deliveries) if (held.state === 'running') held.wait()
    if (isLost(lane)) return ms
    lane.on('park')
    const waiting = parking.wait(lane, ms, unhandled)
    onPark()
    const left = await waiting
    onResume()
    if (lane.state === 'parked') lane.on('resume')
    return left
  }

  /** Woken early: the head comes again after what is left of its back-off, unless it is somebody else's. */
  #woken(head: HeldDelivery | undefined, left: number): Next {
    return this.#options.stopping() || head?.state === 'lost'
      ? RELEASE_NOW
      : { kind: 'release', seconds: Math.ceil(left / 1_000) }
  }
}
