import { setTimeout } from 'node:timers/promises'
import { SNS } from '@aws-sdk/client-sns'
import { SQS } from '@aws-sdk/client-sqs'
import { type Duration, milliseconds } from '@waybill/core'
import { connect, type Connection, type ConnectOptions } from '@waybill/sqs'
import { embedded, simulate, systemClock } from '@waybill/testing'
import { inject } from 'vitest'
import type { ApiMessage, HotSqsApi } from '../../../packages/sqs/src/aws-api.ts'
import { directClients } from '../../../packages/sqs/src/direct/direct-clients.ts'
import { HttpClient } from '../../../packages/sqs/src/http/http-client.ts'
import { account, type Account } from './account.ts'

export type Backend = 'simulator' | 'fauxqs' | 'localstack' | 'aws'

export interface Subject {
  readonly name: Backend
  /** The hot calls are Waybill's own requests, the others the AWS SDK's. */
  readonly transport?: 'direct'
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

function at(endpoint: string | undefined, patience: number, transport?: 'direct') {
  const place = endpoint && { endpoint, region: 'us-east-1' }
  const aws = endpoint && { credentials: { accessKeyId: 'test', secretAccessKey: 'test' } }
  const config = { ...place, ...aws, maxAttempts: 1 }
  const sqs = new SQS(config)
  const sns = new SNS(config)
  const http = new HttpClient()
  if (transport === 'direct') {
    const clients = { sqs: () => sqs, sns: () => sns }
    const direct = directClients({ http, credentials: sqs.config.credentials, ...clients })
    Object.assign(sqs, withBytes(direct.sqs()))
    Object.assign(sns, direct.sns())
  }
  return {
    account: () => account({ sqs, sns, pass: waiting, patience }),
    connect: (options: ConnectOptions) => connect({ ...options, ...place, ...(aws && { aws }), transport }),
    close: async () => {
      sqs.destroy()
      sns.destroy()
      await http.destroy()
    },
  }
}

/** The direct calls leave it to who reads a message to decode what is binary in it. */
function withBytes({ receiveMessage, ...others }: HotSqsApi): HotSqsApi {
  return {
    ...others,
    async receiveMessage(input, options) {
      const { Messages, ...answer } = await receiveMessage(input, options)
      return { ...answer, ...(Messages && { Messages: Messages.map(decoded) }) }
    },
  }
}

function decoded({ MessageAttributes = {}, ...message }: ApiMessage): ApiMessage {
  const attributes = Object.entries(MessageAttributes).map(([name, { BinaryValue: value, ...rest }]) => {
    const bytes = typeof value === 'string' ? new Uint8Array(Buffer.from(value, 'base64')) : value
    return [name, bytes === undefined ? rest : { ...rest, BinaryValue: bytes }] as const
  })
  return attributes.length === 0 ? message : { ...message, MessageAttributes: Object.fromEntries(attributes) }
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
  { name: 'fauxqs', open: () => openFauxqs() },
  { name: 'fauxqs', transport: 'direct', open: () => openFauxqs('direct') },
  ...(inject('localstack').state === 'skipped'
    ? []
    : ([
        { name: 'localstack', open: () => openLocalStack() },
        { name: 'localstack', transport: 'direct', open: () => openLocalStack('direct') },
      ] as const)),
  ...(process.env['WAYBILL_TEST_AWS'] === '1' ? [{ name: 'aws', open: async () => at(undefined, 2) } as const] : []),
]

async function openFauxqs(transport?: 'direct') {
  const backend = await embedded()
  const opened = at(backend.endpoint, 0, transport)
  return { ...opened, close: () => opened.close().then(() => backend.close()) }
}

async function openLocalStack(transport?: 'direct') {
  const localstack = inject('localstack')
  if (localstack.state === 'running') return at(localstack.endpoint, 0, transport)
  throw new Error(`LocalStack: ${localstack.reason}`)
}
