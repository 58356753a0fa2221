import { quote } from '@waybill/core'
import { type AnyMessage, ContractError, describeValue, encode } from '@waybill/schema'
import { captureTrace, messageBytes, pack, type SendEntry } from '@waybill/sqs'
import { deduplicationKey, groupKey } from './keys.ts'
import { SendError } from './send-error.ts'
import { type AnySendOptions, resolveAttributes, resolveCommonOptions } from './send-options.ts'
import type { Target } from './target.ts'

/**
 * A message on its way into a batch: encoded, and checked for everything that SQS or SNS would refuse, so that it spoils no
 * neighbour's batch. A class: literals of which most live until a call is answered, V8 may soon make old from the start,
 * and then what they refer to outlives them until the next full collection.
 */
export class Outgoing implements SendEntry {
  readonly type: string
  readonly message: AnyMessage
  /** That its body is written in. */
  readonly version: number
  readonly payload: unknown
  readonly given: Pick<AnySendOptions, 'delay' | 'attributes'>
  readonly id: string
  readonly timeout: number | undefined
  readonly signal: AbortSignal | undefined
  readonly body: string
  readonly attributes: SendEntry['attributes']
  readonly group: string | undefined
  readonly deduplicationId: string | undefined
  readonly delay: number | undefined
  readonly bytes: number
  /** Its message group, on FIFO. */
  readonly key: string | undefined
  /** Whether a call has been made with it. Finding the queue or topic comes before that. */
  called = false

  constructor(
    target: Target,
    write: ReadonlyMap<string, number>,
    type: string,
    payload: unknown,
    options: AnySendOptions,
  ) {
    const message = messageOf(target, type)
    const version = write.get(type) ?? message.version
    this.body = encode(message, payload, version)
    const { id, delay, timeout, signal } = resolveCommonOptions(target, options)
    this.attributes = pack({
      type,
      version,
      id,
      trace: captureTrace(),
      attributes: resolveAttributes(message, options.attributes),
    })
    this.bytes = messageBytes(this.body, this.attributes)
    if (this.bytes > target.maxMessageBytes) throw tooLarge(target, type, id, this.bytes)
    this.type = type
    this.message = message
    this.version = version
    this.payload = payload
    this.given = givenOf(options)
    this.id = id
    this.timeout = timeout
    this.signal = signal
    this.group = groupKey(target, { type, payload })
    this.deduplicationId = target.fifo ? deduplicationKey(target, { type, payload }, this.group, id) : undefined
    this.delay = delay
    this.key = target.fifo ? this.group : undefined
  }
}

const NOTHING = {}

/** The caller's object may change. */
function givenOf({ delay, attributes }: AnySendOptions): Outgoing['given'] {
  return delay === undefined && attributes === undefined
    ? NOTHING
    : { delay, attributes: attributes && { ...attributes } }
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
