import { randomUUID } from 'node:crypto'
import type { Connection, ConnectOptions, SnsTransport, SqsTransport } from '@waybill/sqs'
import { apply, type Declaration, destroy, plan } from 'waybill'
import { capturedLog, type Line } from '../../../packages/consumer/test/support/captured-log.ts'

type Calls = SqsTransport & SnsTransport

/** By call, what each call was about, the oldest first: entries, handles, the request of a receive. */
type Asked = { readonly [Name in keyof Calls]: Parameters<Calls[Name]>[1][] }

/** A place for one case's producers and consumers, whose calls are noted. */
export interface Workplace extends AsyncDisposable {
  readonly aws: Connection
  readonly asked: Asked
  readonly lines: readonly Line[]
  /** As users do; removed at the end. */
  readonly provision: (...declarations: readonly Declaration[]) => Promise<void>
}

export function workplace(connect: (options: Pick<ConnectOptions, 'logger' | 'namePrefix'>) => Connection): Workplace {
  const { lines, logger } = capturedLog()
  const connection = connect({ logger, namePrefix: `d${randomUUID().slice(0, 8)}-` })
  const asked: Asked = { send: [], receive: [], delete: [], changeVisibility: [], publish: [] }
  const { sns, sqs } = connection
  const aws: Connection = {
    ...connection,
    sqs: {
      send: (...args) => (asked.send.push(args[1]), sqs.send(...args)),
      receive: (...args) => (asked.receive.push(args[1]), sqs.receive(...args)),
      delete: (...args) => (asked.delete.push(args[1]), sqs.delete(...args)),
      changeVisibility: (...args) => (asked.changeVisibility.push(args[1]), sqs.changeVisibility(...args)),
    },
    sns: { publish: (...args) => (asked.publish.push(args[1]), sns.publish(...args)) },
  }
  const provisioned: Declaration[] = []
  return {
    aws,
    asked,
    lines,
    async provision(...declarations) {
      provisioned.push(...declarations)
      await apply(await plan(connection, declarations))
    },
    async [Symbol.asyncDispose]() {
      await destroy(connection, provisioned)
      await connection.close()
    },
  }
}
