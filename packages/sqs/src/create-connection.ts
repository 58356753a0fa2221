import { type Clock, OptionsError } from '@waybill/core'
import type { Connection, Declared } from './connection.ts'
import { type Locate, type Located, placeOf } from './locate.ts'
import type { Logger } from './logger.ts'
import { partitionOf } from './partition-of.ts'
import type { Admin, QueueRef, SnsTransport, SqsTransport, TopicRef } from './ports.ts'
import { remember } from './remember.ts'
import { errorOf } from './error-text.ts'

/** What a connection is made of: the AWS SDK's parts, or a simulator's. */
export interface ConnectionParts {
  readonly sqs: SqsTransport
  readonly sns: SnsTransport
  readonly admin: Admin
  readonly clock: Clock
  readonly logger: Logger
  readonly region: () => Promise<string>
  /** Default: that of the credentials, asked for when a topic is first looked for. */
  readonly accountId?: string | undefined
  readonly namePrefix?: string | undefined
  readonly locate?: Locate | undefined
  /** Called once, however often the connection is closed. */
  readonly close: () => Promise<void>
}

/** A {@link Connection} of these parts: adds where declared queues and topics are, asked once and remembered. */
export function createConnection(parts: ConnectionParts): Connection {
  const { sqs, sns, admin, clock, logger, region, namePrefix = '', locate } = parts
  let account = parts.accountId
  const askAccount = remember(
    () => 'own',
    () => admin.account(),
  )
  const place = (kind: Located['kind'], declared: Declared) => placeOf(kind, declared, namePrefix, locate)

  function queueAccount(declared: Declared): string | undefined {
    const at = place('queue', declared)
    if (at.by === 'arn') return at.account
    return at.by === 'url' ? accountIn(at.url) : parts.accountId
  }

  async function findQueue(declared: Declared): Promise<QueueRef> {
    const at = place('queue', declared)
    if (at.by === 'url') {
      const regionOfUrl = regionIn(at.url)
      if (regionOfUrl !== undefined) checkRegion(at.url, regionOfUrl, await region())
      return { name: declared.name, url: at.url, fifo: declared.fifo }
    }
    if (at.by === 'arn') checkRegion(at.arn, at.region, await region())
    const owner = queueAccount(declared)
    const url = await admin.findQueue(at.name, owner)
    if (url === undefined) throw missing(declared, at.name, await region(), owner ?? account)
    // found without naming an account, it is in that of the credentials: topics need not ask
    if (owner === undefined) account ??= accountIn(url)
    return { name: declared.name, url, fifo: declared.fifo }
  }

  async function findTopic(declared: Declared): Promise<TopicRef> {
    const at = place('topic', declared)
    const here = await region()
    if (at.by === 'arn') checkRegion(at.arn, at.region, here)
    const arn =
      at.by === 'arn'
        ? at.arn
        : `arn:${partitionOf(here)}:sns:${here}:${account ?? (await askAccount(undefined))}:${at.name}`
    return { name: declared.name, arn, fifo: declared.fifo }
  }

  let closing: Promise<void> | undefined
  const close = () => (closing ??= parts.close())

  return {
    sqs,
    sns,
    admin,
    clock,
    logger,
    region,
    queueName: (declared) => place('queue', declared).name,
    queueAccount,
    topicName: (declared) => place('topic', declared).name,
    queue: remember(keyOf, findQueue),
    topic: remember(keyOf, findTopic),
    close,
    [Symbol.asyncDispose]: close,
  }
}

const accountIn = (queueUrl: string) => /\/(\d{12})\/[^/]+$/.exec(queueUrl)?.[1]
const keyOf = ({ name, fifo }: Declared) => `${name} ${fifo}`

/** An emulator's URL names none. Calls go to the connection's region, whatever host a URL has. */
const regionIn = (queueUrl: string) => /^sqs\.([a-z\d-]+)\.amazonaws\.com/.exec(new URL(queueUrl).host)?.[1]

function checkRegion(located: string, region: string, here: string): void {
  if (region === here) return
  throw new OptionsError(
    `locate: ${located} is in ${region}, and this connection is to ${here}. Use one made by connect({ region: '${region}' }).`,
  )
}

function missing(declared: Declared, name: string, region: string, account: string | undefined) {
  const owner = account === undefined ? 'the account of these credentials' : `account ${account}`
  const what = { service: 'sqs', call: 'GetQueueUrl', target: `queue '${declared.name}'` } as const
  const meaning = { code: 'queue-not-found', verdict: 'never', unknown: false } as const
  return errorOf(meaning, `found no queue '${name}' in ${region}, ${owner}`, what)
}
