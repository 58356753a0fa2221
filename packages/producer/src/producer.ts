import {
  type AnyMessage,
  type AnyQueue,
  type AnyTopic,
  type AttributesOf,
  checkDeclared,
  type Entry,
  type PayloadOf,
  type Picked,
  type SendsOf,
} from '@waybill/schema'
import { checkConnection, type Connection } from '@waybill/sqs'
import { messageBatcher } from './message-batcher.ts'
import { type ProducerOptions, resolveOptions } from './options.ts'
import { outgoing } from './outgoing.ts'
import { sendMany, type SendManyOptions, type SendResult } from './send-many.ts'
import type { AnySendOptions, NeedsOptions, SendOptions } from './send-options.ts'
import type { Sent } from './sent.ts'
import { targetOf } from './target.ts'

/** Sends the messages of one queue or topic. */
export interface Producer<M extends AnyMessage> extends AsyncDisposable {
  /**
   * Sends one message, in a batch with its neighbours. Resolves once SQS or SNS has it. On FIFO, the messages of a group
   * arrive in the order of the calls.
   *
   * @param options needed only when the contract declares an attribute that is required.
   * @throws {ContractError} when the type is not the target's, or payload or attributes do not fit the contract; every path
   * is listed.
   * @throws {OptionsError} when an option, attribute or key can't be used.
   * @throws {SendError} when it could not be sent; `code` says why, `unknown` whether it may have arrived.
   */
  send<const T extends M['type']>(
    type: T,
    payload: PayloadOf<Picked<M, T>>,
    ...options: OptionsArgument<AttributesOf<Picked<M, T>>>
  ): Promise<Sent>
  /**
   * Sends what an iterable gives, with backpressure, and yields what became of each message, in their order: one that
   * fails does not stop the others. Sends while it is iterated: nothing is sent before, and leaving the loop takes nothing
   * more. An outcome is told when the iterable has given its next message or has ended: it must not wait for one itself.
   * What the iterable throws is thrown, after the outcomes of what it gave before.
   *
   * @throws {OptionsError} at the first step, when an option can't be used.
   * @example
   * for await (const result of producer.sendMany(messages)) if (!result.ok) log.warn(result.error)
   */
  sendMany(
    messages: Iterable<Entry<M>> | AsyncIterable<Entry<M>>,
    options?: SendManyOptions,
  ): AsyncIterable<SendResult<Entry<M>>>
  /** Sends what waits for company, and resolves when every message so far has been accepted or has failed. */
  flush(): Promise<void>
  /**
   * Takes no more messages, and flushes: that ends with the last message's timeout at the latest, and the call that it is
   * in. The connection stays open: who made it closes it.
   */
  close(): Promise<void>
}

type OptionsArgument<Own> = NeedsOptions<Own> extends true ? [options: SendOptions<Own>] : [options?: SendOptions<Own>]

/**
 * Makes a producer for a declared queue or topic. Does no I/O: what is missing shows at the first `send`.
 *
 * @throws {OptionsError} when an option is out of its bounds.
 * @example
 * await using payments = createProducer(connection, orders)
 * await payments.send('order.paid', { orderId, amount, paidAt: new Date() })
 */
export function createProducer<D extends AnyQueue | AnyTopic>(
  connection: Connection,
  declared: D,
  options: ProducerOptions<SendsOf<D>['type']> = {},
): Producer<SendsOf<D>> {
  checkConnection(connection, 'createProducer')
  checkDeclared(declared, ['queue', 'topic'], 'createProducer')
  const { clock } = connection
  const target = targetOf(connection, declared)
  const resolved = resolveOptions(options, target.messages)
  const batcher = messageBatcher(clock, target, resolved)

  // Nothing is awaited before `add`: calls are added in their order.
  async function send(type: string, payload: unknown, sendOptions: AnySendOptions = {}): Promise<Sent> {
    const message = outgoing(target, resolved.write, type, payload, sendOptions)
    const { messageId } = await batcher.add(message, {
      key: target.fifo ? message.entry.group : undefined,
      deadline: clock.now() + (message.timeout ?? resolved.timeout),
      signal: message.signal,
    })
    return { id: message.id, messageId }
  }

  return {
    send,
    sendMany: (messages, manyOptions) => sendMany(send, messages, manyOptions),
    flush: () => batcher.flush(),
    close: () => batcher.close(),
    [Symbol.asyncDispose]: () => batcher.close(),
  }
}
