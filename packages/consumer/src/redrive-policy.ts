import { backoffDelay } from '@waybill/core'
import type { AnyQueue } from '@waybill/schema'
import type { Logger } from '@waybill/sqs'
import type { ResolvedOptions } from './options.ts'

/** When, and where to, SQS itself moves the messages of a queue. */
export interface RedrivePolicy {
  readonly account: string | undefined
  readonly name: string
  readonly maxReceiveCount: number
}

/** Undefined when there is none, or it could not be read. */
export function redrivePolicyOf(attributes: Readonly<Record<string, string>> | undefined): RedrivePolicy | undefined {
  const text = attributes?.['RedrivePolicy']
  // Emulators keep a removed policy as an empty one.
  const parsed: unknown = text ? JSON.parse(text) : undefined
  if (typeof parsed !== 'object' || parsed === null || !('deadLetterTargetArn' in parsed)) return undefined
  const [, , , , account, name] = String(parsed.deadLetterTargetArn).split(':')
  const maxReceiveCount = 'maxReceiveCount' in parsed ? Number(parsed.maxReceiveCount) : Infinity
  return name === undefined ? undefined : { account, name, maxReceiveCount }
}

/**
 * Without attempts of its own the queue's redrive policy says how often: a head tried in place raises no receive count. On
 * a standard queue each attempt is a receive: Waybill moves a message, with its provenance, before SQS would.
 */
export function attemptsOf(
  { fifo, '~definition': { deadLetter } }: AnyQueue,
  policy: RedrivePolicy | undefined,
  log: Logger,
): number {
  const maxReceiveCount = policy?.maxReceiveCount ?? Infinity
  const attempts = deadLetter?.attempts ?? maxReceiveCount
  if (attempts <= maxReceiveCount) return attempts
  const effect = fifo
    ? 'SQS moves a message whose workers die that often, before its attempts are made'
    : 'messages are moved after that many attempts'
  log.warn(
    { attempts, maxReceiveCount },
    `the redrive policy allows fewer receives than deadLetter.attempts: ${effect}`,
  )
  return fifo ? attempts : maxReceiveCount
}

/** How long a handler may fail before its messages are moved: an outage that lasts longer fills the dead-letter queue. */
export function logSpan(attempts: number, { backoff }: ResolvedOptions, log: Logger): void {
  let ms = 0
  for (let attempt = 1; attempt < attempts; attempt++) ms += backoffDelay(backoff, attempt, () => 0.5)
  const fields = { attempts, rideOutSeconds: Math.round(ms / 1_000) }
  if (ms < 60_000)
    log.warn(
      fields,
      'messages that fail are moved to the dead-letter queue within a minute; raise deadLetter.attempts or backoff',
    )
  else log.info(fields, 'messages that fail are tried for that long, then moved to the dead-letter queue')
}
