import { once } from 'node:events'
import { checkKeys, checkListener, Events, type Timer } from '@waybill/core'
import { type AnyQueue, checkDeclared } from '@waybill/schema'
import { checkConnection, type Connection } from '@waybill/sqs'
import type { Consumer, StopOptions } from './consumer.ts'
import { CONSUMER, type ConsumerEvent, type State } from './consumer-state.ts'
import { drain, NOTHING_LEFT, type StopReport } from './drain.ts'
import { createEngine, type Engine } from './engine.ts'
import { ConsumerError } from './errors.ts'
import { type ConsumerEvents, EVENT_NAMES } from './events.ts'
import { healthOf } from './health.ts'
import type { Middleware } from './middleware.ts'
import type { ConsumerOptions } from './options.ts'
import { resolveOptions, stopTimeout } from './resolve-options.ts'
import { runConsumers } from './run-consumers.ts'
import { startUp } from './start-up.ts'
import { after } from './transitions.ts'

/**
 * Makes a consumer of a declared queue. Does no I/O until `start` or `run`.
 *
 * @throws {OptionsError} when an option is out of its bounds, or a handler is missing or one too many.
 * @example
 * const consumer = createConsumer(connection, receipts, {
 *   concurrency: 50,
 *   handlers: { 'order.paid': async (order, { signal }) => { await mailer.send(order.orderId, { signal }) } },
 * })
 * await consumer.run()
 */
export function createConsumer<Q extends AnyQueue, const Us extends readonly Middleware[]>(
  connection: Connection,
  queue: Q,
  options: ConsumerOptions<Q, Us>,
): Consumer {
  checkConnection(connection, 'createConsumer')
  checkDeclared(queue, ['queue'], 'createConsumer')
  const resolved = resolveOptions(queue, options)
  const { clock } = connection
  const log = connection.logger.child({ queue: queue.name })
  const events = new Events<ConsumerEvents>((name, error) => log.error({ err: error, event: name }, 'a listener threw'))
  if (options.on) events.onAll(options.on)

  const hurry = new AbortController()
  const startingUp = new AbortController()
  const stopped = Promise.withResolvers<StopReport>()
  let state: State = 'idle'
  let started: Promise<void> | undefined
  let engine: Engine | undefined
  let giveBack: Timer | undefined

  /** Listeners come last: they may pause, resume or stop it. */
  function on(event: ConsumerEvent, act?: () => void): void {
    const from = state
    const to = (state = after(CONSUMER, state, event))
    act?.()
    events.emit('state', { from, to })
  }

  async function begin(): Promise<void> {
    on('start')
    try {
      // A stop does not wait for a look-up under way.
      const aborted = once(startingUp.signal, 'abort').then(() => undefined)
      const found = await Promise.race([startUp(connection, queue, resolved, log, startingUp.signal), aborted])
      if (!found || startingUp.signal.aborted) return
      const { receiver } = (engine = createEngine(connection, queue, found, resolved, events, log))
      on('started', () => receiver.start())
    } catch (error) {
      // After a stop it does not matter any more.
      if (startingUp.signal.aborted) return
      on('fail')
      stopped.resolve(NOTHING_LEFT)
      throw error
    }
  }

  function start(): Promise<void> {
    if (state === 'idle') started = begin()
    if (started && !isOver()) return started
    return Promise.reject(
      new ConsumerError(
        'stopped',
        `The consumer of queue '${queue.name}' is ${state}. Create a new one to start again.`,
      ),
    )
  }

  function pause(): void {
    if (state === 'paused' || isOver()) return
    const { dispatcher, receiver, runs, slots } = toPause('pause')
    on('pause', () => {
      receiver.pause()
      slots.pause()
      giveBack = clock.after(resolved.visibilityTimeout * 500, () => {
        slots.close()
        runs.flush()
        dispatcher.handBackParked()
      })
    })
  }

  function resume(): void {
    if (state === 'running' || isOver()) return
    const { dispatcher, receiver, slots } = toPause('resume')
    on('resume', () => {
      giveBack?.cancel()
      dispatcher.keepParked()
      slots.resume()
      receiver.start()
    })
  }

  const isOver = () => state === 'stopping' || state === 'stopped'

  function toPause(what: 'pause' | 'resume'): Engine {
    if (engine) return engine
    throw new ConsumerError(
      'not-running',
      `The consumer of queue '${queue.name}' is ${state}: ${what}() is for one that has started.`,
    )
  }

  async function finish(timeout: number): Promise<void> {
    if (state === 'idle') {
      on('stop')
      return stopped.resolve(NOTHING_LEFT)
    }
    on('stop')
    log.debug('stopping')
    giveBack?.cancel()
    // Without an engine by now there will be none: a look-up under way is not waited for.
    startingUp.abort()
    const report = engine ? await drain(engine, clock, timeout, hurry.signal, log) : NOTHING_LEFT
    on('drained')
    stopped.resolve(report)
  }

  function stop(stopOptions: StopOptions = {}): Promise<StopReport> {
    checkKeys(stopOptions, ['timeout', 'cutPolls'], 'stop')
    const { cutPolls = false, timeout } = stopOptions
    const ms = timeout === undefined ? resolved.stopTimeout : stopTimeout(timeout, 'timeout')
    if (cutPolls) hurry.abort()
    if (!isOver()) finish(ms).catch((error: unknown) => log.error({ err: error }, 'a bug in Waybill: the stop failed'))
    return stopped.promise
  }

  const consumer: Consumer = {
    queue: queue.name,
    get state() {
      return state
    },
    stopped: stopped.promise,
    start,
    run: () => runConsumers([consumer]),
    pause,
    resume,
    stop,
    health: () => healthOf(state, engine, clock),
    on(name, listener) {
      checkListener(name, listener, EVENT_NAMES)
      return events.on(name, listener)
    },
    [Symbol.asyncDispose]: async () => void (await stop()),
  }
  return consumer
}
