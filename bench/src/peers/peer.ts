import { z } from 'zod'
import type { Body } from '../contracts/body.ts'
import type { Contract } from '../contracts/index.ts'

/** Where a queue is, or a topic, whose `url` is its ARN. */
export const Place = z.object({ endpoint: z.string(), name: z.string(), url: z.string(), fifo: z.boolean() })
export type Place = z.output<typeof Place>

export interface Work {
  readonly place: Place
  readonly contract: Contract
  /** Handlers that may run at once. */
  readonly concurrency: number
  readonly handle: (body: Body) => Promise<void>
}

/** A library in one configuration, used as its documentation says and tuned as well as it allows. */
export interface ListedPeer<Loaded> extends Peer {
  readonly load: () => Promise<Loaded>
}

export interface Peer {
  /** Library and configuration, as the tables show it. */
  readonly title: string
}

export interface ConsumingPeer {
  /** Sends the bodies, in order, in the form in which `consume` takes them. Not measured. */
  send(place: Place, contract: Contract, bodies: readonly Body[]): Promise<void>
  /** Resolves when it has begun to handle what comes. It goes on until its process is ended. */
  consume(work: Work): Promise<void>
}

export interface ProducingPeer {
  /** It sends lists: so many callers give what they have together, and wait for all of it. Default: one. */
  readonly takes?: number
  /** Makes ready to send, until its process is ended. */
  produce(place: Place, contract: Contract): Sender
  /** The same for a topic. For those that can. */
  publish?(place: Place, contract: Contract): Sender
}

export interface Sender {
  /** Sends what is at hand in this turn of the event loop. A promise for each body, which resolves once AWS has it. */
  send(bodies: readonly Body[]): readonly Promise<unknown>[]
  /** Why its batches left when they did, as often as they did. For those that have reasons. */
  readonly closed?: ReadonlyMap<string, number>
}
