import { quote } from '@waybill/core'
import { type AnyMessage, ContractError, describeValue, encode } from '@waybill/schema'
import { captureTrace, messageBytes, pack, type SendEntry } from '@waybill/sqs'
import { deduplicationKey, groupKey } from './keys.ts'
import { SendError } from './send-error.ts'
import { type AnySendOptions, type ResolvedSendOptions, resolveSendOptions } from './send-options.ts'
import type { Target } from './target.ts'

/** A message that AWS will not refuse for its form, on its way into a batch. */
export interface Outgoing extends Pick<ResolvedSendOptions, 'id' | 'timeout'> {
  readonly type: string
  readonly message: AnyMessage
  /** That its body is written in. */
  readonly version: number
  readonly given: Pick<AnySendOptions, 'delay' | 'attributes'> & { readonly payload: unknown }
  /** `key`: its message group, on FIFO. */
  readonly lane: { readonly key: string | undefined; readonly signal: AbortSignal | undefined }
  readonly entry: SendEntry
  readonly bytes: number
  /** Whether a call has been made with it. Finding the queue or topic comes before that. */
  called: boolean
}

/** Encodes and checks everything that SQS or SNS would refuse, so that no message spoils its neighbours' batch. */
export function outgoing(
  target: Target,
  write: ReadonlyMap<string, number>,
  type: string,
  payload: unknown,
  options: AnySendOptions,
): Outgoing {
  const message = messageOf(target, type)
  const version = write.get(type) ?? message.version
  const body = encode(message, payload, version)
  const { id, delay, timeout, attributes: own, signal } = resolveSendOptions(target, message, options)
  const attributes = pack({ type, version, id, trace: captureTrace(), attributes: own })
  const bytes = messageBytes(body, attributes)
  if (bytes > target.maxMessageBytes) throw tooLarge(target, type, id, bytes)
  const group = groupKey(target, { type, payload })
  const deduplicationId = target.fifo ? deduplicationKey(target, { type, payload }, group, id) : undefined
  return {
    type,
    message,
    version,
    id,
    timeout,
    lane: { key: target.fifo ? group : undefined, signal },
    given: { payload, delay: options.delay, attributes: options.attributes && { ...options.attributes } },
    bytes,
    called: false,
    entry: { body, attributes, group, deduplicationId, delay },
  }
}

function messageOf({ messages, label }: Target, type: unknown): AnyMessage {
  const message = typeof type === 'string' ? messages.get(type) : undefined
  if (message) return message
  const types = [...messages.keys()]
  if (typeof type !== 'string' && types.length > 0) {
    const advice = `Write ${types.map(quote).join(' or ')}.`
    throw new ContractError('unknown-type', `type: ${describeValue(type)} is not a string. ${advice}`)
  }
  const advice =
    types.length === 0
      ? 'It declares no messages of its own: send to a topic that it subscribes to.'
      : `Its messages are ${types.join(', ')}.`
  throw new ContractError('unknown-type', `${describeValue(type)} is not a message of ${label}. ${advice}`, {
    type: typeof type === 'string' ? type : undefined,
  })
}

function tooLarge({ label, maxMessageBytes }: Target, type: string, id: string, bytes: number): SendError {
  const limit = `${label} takes at most ${maxMessageBytes}`
  const text = `has ${bytes} bytes with its attributes, and ${limit}. Keep the content elsewhere and send where it is.`
  return new SendError('too-large', type, id, text)
}
