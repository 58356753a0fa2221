import { setTimeout } from 'node:timers/promises'
import { SNS } from '@aws-sdk/client-sns'
import { SQS } from '@aws-sdk/client-sqs'
import { type Duration, milliseconds } from '@waybill/core'
import { connect, type Connection, type ConnectOptions } from '@waybill/sqs'
import { embedded, simulate, systemClock } from '@waybill/testing'
import { inject } from 'vitest'
import { account, type Account } from './account.ts'

export type Backend = 'simulator' | 'fauxqs' | 'localstack' | 'aws'

export interface Subject {
  readonly name: Backend
  /** Starts the backend, once a file. */
  readonly open: () => Promise<{
    /** An account of its own for each case. */
    readonly account: () => Promise<Account>
    /** Waybill, on real time everywhere. */
    readonly connect: (options: Pick<ConnectOptions, 'logger' | 'namePrefix'>) => Connection
    readonly close: () => Promise<void>
  }>
}

const waiting = (time: Duration) => setTimeout(milliseconds(time, 'pass'))

function at(endpoint: string | undefined, patience: number) {
  const place = endpoint && { endpoint, region: 'us-east-1' }
  const aws = endpoint && { credentials: { accessKeyId: 'test', secretAccessKey: 'test' } }
  const config = { ...place, ...aws, maxAttempts: 1 }
  const sqs = new SQS(config)
  const sns = new SNS(config)
  return {
    account: () => account({ sqs, sns, pass: waiting, patience }),
    connect: (options: ConnectOptions) => connect({ ...options, ...place, ...(aws && { aws }) }),
    close: async () => {
      sqs.destroy()
      sns.destroy()
    },
  }
}

/** Every backend that this run has. */
export const subjects: readonly Subject[] = [
  {
    name: 'simulator',
    open: async () => ({
      account() {
        const { api, clock } = simulate()
        return account({ ...api, pass: (time) => clock.advance(time), patience: 0 })
      },
      connect: (options) => simulate({ ...options, clock: systemClock }),
      close: async () => {},
    }),
  },
  {
    name: 'fauxqs',
    async open() {
      const backend = await embedded()
      const opened = at(backend.endpoint, 0)
      return { ...opened, close: () => opened.close().then(() => backend.close()) }
    },
  },
  ...(inject('localstack').state === 'skipped' ? [] : [{ name: 'localstack', open: openLocalStack } as const]),
  ...(process.env['WAYBILL_TEST_AWS'] === '1' ? [{ name: 'aws', open: async () => at(undefined, 2) } as const] : []),
]

async function openLocalStack() {
  const localstack = inject('localstack')
  if (localstack.state === 'running') return at(localstack.endpoint, 0)
  throw new Error(`LocalStack: ${localstack.reason}`)
}
