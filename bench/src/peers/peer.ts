import { z } from 'zod'

/** What a message says: which it is, and how many milliseconds its handler takes. */
export const Job = z.object({ n: z.int(), ms: z.number() })
export type Job = z.output<typeof Job>

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
export interface Peer {
  /** Library and configuration, as the tables show it. */
  readonly title: string
  /** Sends the jobs, in order, in the form in which `consume` takes them. Not measured. */
  send(place: Place, jobs: readonly Job[]): Promise<void>
  /** Resolves when it has begun to handle what comes. It goes on until its process is ended. */
  consume(work: Work): Promise<void>
}
