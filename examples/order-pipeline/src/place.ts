import { randomBytes } from 'node:crypto'
import type { Connection, Logger } from 'waybill'
import { embedded } from 'waybill/testing'
import { type DemoOptions, UsageError } from './options.ts'
import { connectTo } from './run.ts'

/** Where a run takes place. */
export interface Place extends AsyncDisposable {
  readonly connection: Connection
  /** Undefined: AWS. */
  readonly endpoint: string | undefined
  readonly prefix: string
  /** Whether queues and topics outlive the run, so that they must be removed. */
  readonly lasts: boolean
}

export async function openPlace(on: DemoOptions['on'], logger: Logger): Promise<Place> {
  if (on.kind === 'embedded') {
    const backend = await embedded({ port: on.port, logger })
    return place(backend, backend.endpoint, '', false)
  }
  if (on.kind === 'aws' && !on.yes && !process.stdin.isTTY) {
    throw new UsageError('--aws asks before it creates anything, and there is no terminal to ask in. Add --yes.')
  }
  const endpoint = on.kind === 'endpoint' ? on.url : undefined
  const prefix = `demo-${randomBytes(3).toString('hex')}-`
  return place(connectTo({ endpoint, prefix }, logger), endpoint, prefix, true)
}

function place(connection: Connection, endpoint: string | undefined, prefix: string, lasts: boolean): Place {
  return { connection, endpoint, prefix, lasts, [Symbol.asyncDispose]: () => connection.close() }
}
