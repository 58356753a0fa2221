import { once } from 'node:events'
import { type Duration, Events } from '@waybill/core'
import { type AnyQueue, checkDeclared } from '@waybill/schema'
import { checkConnection, type Connection } from '@waybill/sqs'
import { drain, type StopReport } from './drain.ts'
import { createEngine, type Engine } from './engine.ts'
import { ConsumerError } from './errors.ts'
import type { ConsumerEvents, State } from './events.ts'
import type { Middleware } from './middleware.ts'
import { type ConsumerOptions, resolveOptions, stopTimeout } from './options.ts'
import { onSignals } from './signals.ts'
import { startUp } from './start-up.ts'

/** Handles the messages of one queue. `await using` stops it. */
export interface Consumer extends AsyncDisposable {
  readonly state: State
  /**
   * Finds the queue and begins to poll. While the network is down or AWS throttles it keeps trying, until `stop`.
   *
   * @throws {SqsError} when the queue, the permission, the region or the credentials are missing; it says which.
   */
  start(): Promise<void>
  /**
   * Starts, and resolves when the consumer has stopped: by `stop`, SIGTERM or SIGINT. A second
   * signal, at least half a second later, cuts the open polls.
   * Never ends the process, which ends by itself when nothing else keeps it.
   */
  run(): Promise<StopReport>
  /**
   * Stops in order: no new receive, what has not started is given back, handlers finish, deletes are flushed. The open
   * poll may take its `waitTime`: cutting it would hide what SQS is just handing out. `timeout` (default: the consumer's
   * `stopTimeout`) bounds it all; 5 s before, the handlers' signals abort. May be called more than once.
   */
  stop(options?: { readonly timeout?: Duration | undefined }): Promise<StopReport>
  /** Listens until the returned value is disposed of. */
  on<Name extends keyof ConsumerEvents>(name: Name, listener: (event: ConsumerEvents[Name]) => void): Disposable
}

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
  const log = connection.logger.child({ queue: queue.name })
  const events = new Events<ConsumerEvents>((name, error) => log.error({ err: error, event: name }, 'a listener threw'))
  if (options.on) events.onAll(options.on)

  const hurry = new AbortController()
  const startingUp = new AbortController()
  const stopped = Promise.withResolvers<StopReport>()
  let state: State = 'idle'
  let started: Promise<void> | undefined
  let engine: Engine | undefined

  function become(to: State): void {
    const from = state
    state = to
    events.emit('state', { from, to })
  }

  async function begin(): Promise<void> {
    become('running')
    try {
      const found = await startUp(connection, queue, resolved, log, startingUp.signal)
      if (!found || startingUp.signal.aborted) return
      engine = createEngine(connection, queue, found, resolved, events, log)
      engine.receiver.start()
    } catch (error) {
      // After a stop it does not matter any more.
      if (startingUp.signal.aborted) return
      // Nothing was received: there is nothing to drain.
      end({ released: 0, abandoned: 0 })
      throw error
    }
  }

  function start(): Promise<void> {
    if (state === 'idle') started = begin()
    if (state === 'running' && started) return started
    return Promise.reject(
      new ConsumerError(
        'stopped',
        `The consumer of queue '${queue.name}' is ${state}. Create a new one to start again.`,
      ),
    )
  }

  function end(report: StopReport): void {
    become('stopped')
    stopped.resolve(report)
  }

  async function finish(timeout: number): Promise<void> {
    become('stopping')
    // Without an engine by now there will be none: a look-up under way is not waited for.
    startingUp.abort()
    end(engine ? await drain(engine, connection.clock, timeout, hurry.signal, log) : { released: 0, abandoned: 0 })
  }

  function stop({ timeout }: { readonly timeout?: Duration | undefined } = {}): Promise<StopReport> {
    const ms = timeout === undefined ? resolved.stopTimeout : stopTimeout(timeout, 'timeout')
    if (state === 'idle') end({ released: 0, abandoned: 0 })
    if (state === 'running') finish(ms).catch(stopped.reject)
    return stopped.promise
  }

  async function run(): Promise<StopReport> {
    using _signals = onSignals(connection.clock, (signal, count) => {
      log.info({ signal }, count === 1 ? 'stopping' : 'stopping without waiting for the open poll')
      if (count > 1) hurry.abort()
      stop().catch((error: unknown) => log.error({ err: error }, 'the stop failed'))
    })
    // A stop does not wait for a look-up under way.
    await Promise.race([start(), once(startingUp.signal, 'abort')])
    return await stopped.promise
  }

  return {
    get state() {
      return state
    },
    start,
    run,
    stop,
    on: (name, listener) => events.on(name, listener),
    [Symbol.asyncDispose]: async () => void (await stop()),
  }
}
