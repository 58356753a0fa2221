import { checkListener, Events } from '@waybill/core'
import {
  type AnyMessage,
  type AnyQueue,
  type AnyTopic,
  type AttributesOf,
  checkDeclared,
  type PayloadOf,
  type Picked,
  type SendsOf,
} from '@waybill/schema'
import { checkConnection, type Connection } from '@waybill/sqs'
import { EVENT_NAMES, type ProducerEvents } from './events.ts'
import { messageBatcher } from './message-batcher.ts'
import { type CloseOptions, type ProducerOptions, resolveCloseTimeout, resolveOptions } from './options.ts'
import { Outgoing } from './outgoing.ts'
import { sendMany } from './send-many.ts'
import type { Sending, SendManyOptions, SendResults } from './send-many-types.ts'
import type { AnySendOptions, NeedsOptions, SendOptions } from './send-options.ts'
import type { Sent } from './sent.ts'
import { targetOf } from './target.ts'
import { type UnsentMessage, unsentMessage } from './unsent-message.ts'

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
   * What the iterable throws is thrown, after the outcomes of what it gave before. Nothing more is taken once the signal has
   * aborted or the producer is closed; the outcomes of what was taken say so. A message's timeout begins when it could
   * leave: on FIFO, when those before it in its group are accepted. `progress` tells how far it is.
   *
   * @throws {OptionsError} when an option can't be used, or `messages` can't be iterated.
   * @example
   * for await (const result of producer.sendMany(messages)) if (!result.ok) log.warn(result.error)
   */
  sendMany(
    messages: Iterable<Sending<M>> | AsyncIterable<Sending<M>>,
    options?: SendManyOptions,
  ): SendResults<Sending<M>>
  /** Sends what waits for company, and resolves when every message so far has been accepted or has failed. */
  flush(): Promise<void>
  /**
   * Takes no more messages, and flushes: that ends with the last message's timeout at the latest, and the call that it is
   * in. With a `timeout` of its own it ends then: what is unsent is given up (its `send` rejects, its outcome in a
   * `sendMany` says `closed`) and returned, for `sendMany` of another producer, or to be kept. Each `close` returns the same.
   * The connection stays open: who made it closes it.
   *
   * @throws {OptionsError} when an option can't be used.
   * @example
   * const unsent = await producer.close({ timeout: '10s' })
   */
  close(options?: CloseOptions): Promise<readonly UnsentMessage<M>[]>
  /**
   * Listens to an event until what it gives is disposed of. A listener that throws is logged and breaks nothing.
   *
   * @throws {OptionsError} when there is no such event.
   */
  on<Name extends keyof ProducerEvents>(name: Name, listener: (event: ProducerEvents[Name]) => void): Disposable
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
  options?: ProducerOptions<SendsOf<D>['type']>,
): Producer<SendsOf<D>>
export function createProducer(
  connection: Connection,
  declared: AnyQueue | AnyTopic,
  options: ProducerOptions = {},
): Producer<AnyMessage> {
  checkConnection(connection, 'createProducer')
  checkDeclared(declared, ['queue', 'topic'], 'createProducer')
  const { clock, logger } = connection
  const target = targetOf(connection, declared)
  const resolved = resolveOptions(options, target.messages)
  const log = logger.child({ [declared.kind]: declared.name })
  const events = new Events<ProducerEvents>((event, err) => log.error({ err, event }, 'a listener threw'))
  events.onAll(options.on ?? {})
  const cut = new AbortController()
  const batcher = messageBatcher({ clock, target, options: resolved, events, signal: cut.signal })
  const unsent: UnsentMessage<AnyMessage>[] = []

  // Nothing is awaited before it is added: calls are added in their order.
  async function send(type: string, payload: unknown, sendOptions: AnySendOptions = {}): Promise<Sent> {
    const message = new Outgoing(target, resolved.write, type, payload, sendOptions)
    const { id, timeout = resolved.timeout, key, signal } = message
    const { messageId, sequenceNumber } = await batcher.add(message, { key, signal, deadline: clock.now() + timeout })
    return { id, messageId, sequenceNumber }
  }

  async function sendInTurn(
    type: string,
    payload: unknown,
    sendOptions: AnySendOptions,
    onAdded: () => void,
  ): Promise<Sent> {
    const message = new Outgoing(target, resolved.write, type, payload, sendOptions)
    const { id, timeout = resolved.timeout, key, signal } = message
    return { id, ...(await batcher.addInTurn(message, { key, signal, timeout }, onAdded)) }
  }

  async function close(closeOptions: CloseOptions = {}): Promise<readonly UnsentMessage<AnyMessage>[]> {
    const timeout = resolveCloseTimeout(closeOptions)
    const closed = batcher.close()
    if (timeout === undefined) await closed
    else {
      const { promise: late, resolve } = Promise.withResolvers<void>()
      const timer = clock.after(timeout, resolve)
      await Promise.race([closed, late])
      timer.cancel()
      giveUp()
    }
    return unsent
  }

  /** Gives up what is left, and cuts the calls that it is in. */
  function giveUp(): void {
    const left = batcher.abandon(undefined)
    cut.abort()
    for (const { item, unknown } of left) unsent.push(unsentMessage(item, unknown && item.called))
  }

  return {
    send,
    sendMany: (messages, manyOptions) => sendMany(target, sendInTurn, messages, manyOptions),
    flush: () => batcher.flush(),
    close,
    on(name, listener) {
      checkListener(name, listener, EVENT_NAMES)
      return events.on(name, listener)
    },
    [Symbol.asyncDispose]: async () => void (await close()),
  }
}
