import { setTimeout as delay } from 'node:timers/promises'
import { type Connection, SqsError } from 'waybill'
import { alive } from './alive.ts'
import { queueNames } from './contracts.ts'
import type { Entry, Ledger, LedgerReader } from './ledger.ts'
import { createProgress, type Progress } from './progress.ts'
import { type Depths, readDepth, readDepths } from './queues.ts'
import type { View } from './view.ts'

export interface WatchOptions {
  readonly connection: Connection
  readonly ledger: Ledger
  readonly reader: LedgerReader
  readonly view: View
  /** Whether the counts of the queues are exact. */
  readonly exact: boolean
}

/** How far the workers are, and what is in the queues. */
export interface State {
  readonly progress: Progress
  readonly depths: Depths
}

export interface Watch {
  /** Resolves when a look shows it. */
  until(condition: (state: State) => boolean): Promise<void>
  /** The last look. */
  stop(): Promise<{ readonly entries: readonly Entry[]; readonly depths: Depths }>
}

const TICK = 100

/** Reads ledger and queues ten times a second, draws them, and writes into the ledger which workers were killed. */
export function startWatch({ connection, exact, ledger, reader, view }: WatchOptions): Watch {
  const stopping = new AbortController()
  const broken = Promise.withResolvers<never>()
  const waiting = new Set<(state: State) => void>()
  const entries: Entry[] = []
  const progress = createProgress()
  let depths: Depths | undefined

  function catchUp(): void {
    for (const entry of reader.read()) {
      entries.push(entry)
      progress.add(entry)
    }
  }

  async function look(): Promise<Depths> {
    catchUp()
    await reportKilled(connection, progress, ledger, exact)
    try {
      depths = await readDepths(connection)
    } catch (error) {
      // An outage that may pass: the last counts stand.
      if (!depths || !(error instanceof SqsError) || error.verdict === 'never') throw error
    }
    // What was handled meanwhile is not in the queues any more.
    catchUp()
    view.draw(progress, depths)
    for (const tell of waiting) tell({ progress, depths })
    return depths
  }

  async function loop(): Promise<Depths> {
    while (!stopping.signal.aborted) {
      await look()
      await delay(TICK, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
    return look()
  }

  const looping = loop().finally(() => view.end())
  looping.catch(broken.reject)
  return {
    until(condition) {
      const { promise, resolve } = Promise.withResolvers<void>()
      waiting.add((state) => condition(state) && resolve())
      return Promise.race([promise, broken.promise])
    },
    async stop() {
      stopping.abort()
      return { depths: await looping, entries }
    },
  }
}

async function reportKilled(connection: Connection, progress: Progress, ledger: Ledger, exact: boolean): Promise<void> {
  for (const queue of queueNames) {
    for (const worker of progress.queues[queue].running.keys()) {
      if (alive(worker)) continue
      const { inFlight } = await readDepth(connection, queue)
      ledger.write({ kind: 'killed', queue, worker, inFlight: exact ? inFlight : null })
    }
  }
}
