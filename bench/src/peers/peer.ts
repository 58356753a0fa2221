import { z } from 'zod'

/** What a message says: which it is, and how many milliseconds its handler takes. */
export const Job = z.object({ n: z.int(), ms: z.number() })
export type Job = z.output<typeof Job>

/** Checked, as Waybill does. For libraries that leave both to their user. */
export function bodyOf(job: Job): string {
  return JSON.stringify(Job.parse(job))
}

/** Where a queue is. */
export const Place = z.object({ endpoint: z.string(), name: z.string(), url: z.string() })
export type Place = z.output<typeof Place>

export interface Work {
  readonly place: Place
  /** Handlers that may run at once. */
  readonly concurrency: number
  readonly handle: (job: Job) => Promise<void>
}

/** A library in one configuration, used as its documentation says and tuned as well as it allows. */
interface Peer {
  /** Library and configuration, as the tables show it. */
  readonly title: string
}

export interface ConsumingPeer extends Peer {
  /** Sends the jobs, in order, in the form in which `consume` takes them. Not measured. */
  send(place: Place, jobs: readonly Job[]): Promise<void>
  /** Resolves when it has begun to handle what comes. It goes on until its process is ended. */
  consume(work: Work): Promise<void>
}

export interface ProducingPeer extends Peer {
  /** Makes ready to send, until its process is ended. */
  produce(place: Place): Sender
}

interface Sender {
  /** Sends what is at hand in this turn of the event loop. A promise for each job, which resolves once SQS has it. */
  send(jobs: readonly Job[]): readonly Promise<unknown>[]
  /** Why its batches left when they did, as often as they did. For those that have reasons. */
  readonly closed?: ReadonlyMap<string, number>
}
