import type { HeldDelivery } from './held-delivery.ts'
import { after, type Transitions } from './transitions.ts'

/**
 * `queued` behind a lane of the same key; `active`: one after another has its turn; `parked`: its head has failed and waits
 * for its back-off; `lost`: a lease of it was lost, nothing that has not begun may start; `ended`: no handler of it runs.
 */
export type LaneState = 'queued' | 'active' | 'parked' | 'lost' | 'ended'
type LaneEvent = 'begin' | 'park' | 'resume' | 'lose' | 'end'

export const LANE: Transitions<LaneState, LaneEvent> = {
  queued: { begin: 'active', lose: 'lost' },
  active: { park: 'parked', lose: 'lost', end: 'ended' },
  parked: { resume: 'active', lose: 'lost' },
  lost: { end: 'ended' },
  ended: {},
}

/**
 * Deliveries to be handled one after another: one receive of one message group on a FIFO queue, a single delivery on a
 * standard one. Lanes of one key take turns: on FIFO that keeps the group's order when it comes again before the last
 * lane has ended; on standard a second delivery of a message waits for the first.
 */
export class Lane {
  /** The message group, or the message id on a standard queue. */
  readonly key: string
  readonly fifo: boolean
  readonly deliveries: readonly HeldDelivery[]
  /** How many of them have had their turn, or have it. */
  begun = 0
  readonly ending = new Ending()
  #state: LaneState = 'queued'

  constructor(key: string, fifo: boolean, deliveries: readonly HeldDelivery[]) {
    this.key = key
    this.fifo = fifo
    this.deliveries = deliveries
  }

  get state(): LaneState {
    return this.#state
  }

  on(event: LaneEvent): void {
    this.#state = after(LANE, this.#state, event)
  }

  /** In how many seconds it comes again; undefined: it does not. */
  end(again: number | undefined): void {
    this.on('end')
    this.ending.reach(again)
  }
}

/** The end of a lane, for the next one of its key. Leads to nothing: who keeps it keeps no messages. */
export class Ending {
  #reached: PromiseWithResolvers<number | undefined> | undefined

  /** Resolves as the lane was ended. */
  get reached(): Promise<number | undefined> {
    this.#reached ??= Promise.withResolvers()
    return this.#reached.promise
  }

  reach(again: number | undefined): void {
    this.#reached?.resolve(again)
  }
}

/** Splits one receive into lanes, in the order in which SQS gave the messages. */
export function lanesOf(deliveries: readonly HeldDelivery[], fifo: boolean): Lane[] {
  if (!fifo) return deliveries.map((delivery) => new Lane(delivery.received.messageId, false, [delivery]))
  const groups = Map.groupBy(deliveries, ({ received }) => received.group ?? '')
  return Array.from(groups, ([group, members]) => new Lane(group, true, members))
}

/** Whether a lease of it was lost. */
export const isLost = (lane: Lane): boolean => lane.state === 'lost'
