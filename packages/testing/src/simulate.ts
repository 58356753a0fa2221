import { checkKeys, type Clock, OptionsError, quote } from '@waybill/core'
import {
  type ApiClients,
  checkPlaceOptions,
  ClosedError,
  type Connection,
  connectionOver,
  type Declared,
  type SnsApi,
  type SqsApi,
} from '@waybill/sqs'
import { type ApiCall, around, type Around } from './api-call.ts'
import { contentsOf, type QueueContents } from './contents.ts'
import { Faults } from './faults.ts'
import { leaksSince } from './leaks.ts'
import { randomOf } from './random.ts'
import { RequestLog, type SimulatedRequest } from './request-log.ts'
import { settled } from './settled.ts'
import { resolveOptions, type SimulateOptions } from './simulate-options.ts'
import { Account } from './simulator/account.ts'
import type { SimulatedQueue } from './simulator/queue/queue.ts'
import { simulatedApi } from './simulator/simulated-api.ts'
import { TestingError } from './testing-error.ts'
import type { VirtualClock } from './virtual-clock.ts'

/** A simulated account: a {@link Connection}, and what tests may do to it and see of it. */
export interface Simulation<C extends Clock = Clock> extends Connection {
  readonly clock: C
  readonly faults: Pick<Faults, 'on' | 'clear'>
  /**
   * One more connection to this account, as another process has it. What is not given is as in the simulation's options.
   * It needs no closing.
   *
   * @throws {OptionsError} when an option can't be used.
   */
  connect(options?: Pick<SimulateOptions, (typeof OF_CONNECTIONS)[number]>): Connection
  /** The actions of SQS and SNS that Waybill uses, and some more, in the shapes of the AWS SDK. Faults befall them too. */
  readonly api: { readonly sqs: SqsApi; readonly sns: SnsApi }
  /** Every request so far, in the order in which they were made. Grows with each, until `forgetRequests()`. */
  readonly requests: readonly SimulatedRequest[]
  /** Forgets the requests that are answered: in place, for long runs. */
  forgetRequests(): void
  /**
   * What is in a declared queue.
   *
   * @throws {OptionsError} when there is no such queue.
   */
  contents(queue: Declared): QueueContents
  /**
   * What is visible in its dead-letter queue.
   *
   * @throws {OptionsError} when there is no such queue, or it has no redrive policy.
   */
  deadLetters(queue: Declared): QueueContents['visible']
  /**
   * Ends the simulation: further calls fail. Of several that share a clock the last to close answers for its timers, of
   * several in a process for its listeners: until then, nobody can tell whose they are.
   *
   * @throws {TestingError} `left-behind` when something still runs: a consumer, a timer, a listener for SIGTERM or SIGINT.
   */
  close(): Promise<void>
}

const OF_CONNECTIONS = ['accountId', 'locate', 'logger', 'namePrefix'] as const

/**
 * SQS and SNS in memory, in an empty account: as AWS documents them and answers, without a socket, and on a virtual clock.
 *
 * @throws {OptionsError} when an option can't be used.
 * @example
 * await using aws = simulate()
 * await apply(await plan(aws, [receipts]))
 * await using consumer = createConsumer(aws, receipts, { handlers })
 */
export function simulate(options?: SimulateOptions & { readonly clock?: undefined }): Simulation<VirtualClock>
export function simulate<C extends Clock>(options: SimulateOptions & { readonly clock: C }): Simulation<C>
export function simulate(options?: SimulateOptions): Simulation
export function simulate(options: SimulateOptions = {}): Simulation {
  const { own, seed, reorder, duplicate, inFlightLimit, ...place } = resolveOptions(options)
  const { clock, accountId, region } = place
  const random = randomOf(seed, 'simulation')
  const account = new Account({ region, accountId, clock, seed, random, reorder, duplicate, inFlightLimit })
  const faults = new Faults(random)
  const log = new RequestLog(clock)
  const leaks = leaksSince(clock, log.all)
  let closing: Promise<void> | undefined

  const toolsFor = ({ target }: ApiCall) => ({
    clock,
    random,
    expire: (handles: readonly string[]) => account.queues.get(target)?.expire(handles),
  })
  const run: Around = async (call, make) => {
    if (closing) throw new ClosedError('The simulation is closed.')
    return log.note(call, async () => {
      const fault = faults.next(call)
      return fault ? fault(call, make, toolsFor(call)) : make()
    })
  }
  const { sqs, sns } = simulatedApi(account)
  const api = { sqs: around(sqs, run), sns: around(sns, run) }
  const clients: ApiClients = {
    sqs: () => api.sqs,
    receiving: () => api.sqs,
    adminSqs: () => api.sqs,
    sns: () => api.sns,
    adminSns: () => api.sns,
    account: async () => accountId,
    region: async () => region,
    destroy: () => Promise.resolve(),
  }
  const connection = connectionOver(clients, place)
  function queueOf(declared: Declared): SimulatedQueue {
    checkDeclared(declared)
    const queue = account.queues.get(connection.queueName(declared))
    if (queue) return queue
    throw new OptionsError(
      `There is no queue ${quote(declared.name)} in this simulation. Create it with apply(await plan(…)).`,
    )
  }

  async function end(): Promise<void> {
    // nothing rings while we look
    const moves = own.stop()
    account.close()
    // what has just been cut ends in the next turn
    await settled()
    const left = leaks()
    if (left.length === 0) return
    // what is left can still be stopped, and holds up nothing
    own.unref()
    if (moves) own.start()
    throw new TestingError(
      'left-behind',
      `The simulation was closed while something still runs: ${left.join(', ')}. Stop consumers and close producers first.`,
    )
  }
  const close = () => (closing ??= end())

  return {
    ...connection,
    clock,
    faults,
    connect(more = {}) {
      checkKeys(more, OF_CONNECTIONS, 'connect')
      checkPlaceOptions(more, 'connect')
      return connectionOver(clients, { ...place, ...more, logger: more.logger ?? place.logger })
    },
    api,
    requests: log.all,
    forgetRequests: () => log.forget(),
    contents: (declared) => contentsOf(queueOf(declared)),
    deadLetters(declared) {
      const { redrive } = queueOf(declared)
      const deadLetters = account.queueAt(redrive?.deadLetterTargetArn)
      if (deadLetters) return contentsOf(deadLetters).visible
      throw new OptionsError(
        `The queue ${quote(declared.name)} has no redrive policy, or its dead-letter queue is gone.`,
      )
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

function checkDeclared(declared: unknown): void {
  if (typeof declared === 'object' && declared !== null && 'fifo' in declared) return
  throw new OptionsError(`${quote(declared)} is not a declared queue. Give what defineQueue() returned.`)
}
