import type { Clock } from '@waybill/core'
import {
  type ApiClients,
  type Connection,
  connectionOver,
  type ConnectOptions,
  type Declared,
  type Logger,
  type SnsApi,
  type SqsApi,
} from '@waybill/sqs'
import { type ApiCall, around, type Around } from './api-call.ts'
import { contentsOf, type QueueContents } from './contents.ts'
import { Faults } from './faults.ts'
import { leaksSince } from './leaks.ts'
import { randomOf } from './random.ts'
import { RequestLog, type SimulatedRequest } from './request-log.ts'
import { silent } from './silent.ts'
import { Cloud } from './simulator/cloud.ts'
import { redrivePolicyOf } from './simulator/queue-attributes.ts'
import { simulatedApi } from './simulator/simulated-api.ts'
import { TestingError } from './testing-error.ts'
import { VirtualClock } from './virtual-clock.ts'

export interface SimulateOptions extends Pick<ConnectOptions, 'accountId' | 'locate' | 'namePrefix' | 'region'> {
  /**
   * Default: a {@link VirtualClock} that moves on by itself whenever nothing else happens, so that nothing has to be waited
   * for. Give one of your own to say when time passes, or `systemClock` for handlers that do real work.
   */
  readonly clock?: Clock | undefined
  /** Whatever is random follows from it: faults, `reorder`, `duplicate`; jitter follows from the clock's seed. Default: 1. */
  readonly seed?: number | undefined
  /** How likely a standard queue gives any message in place of the next, from 0 to 1. Default: 0. */
  readonly reorder?: number | undefined
  /** How likely a standard queue gives a message and leaves it visible, from 0 to 1. Default: 0. */
  readonly duplicate?: number | undefined
  /** Messages in flight that a queue bears. Default: SQS's own, 120,000. */
  readonly inFlightLimit?: number | undefined
  /** Default: nothing is logged. */
  readonly logger?: Logger | undefined
}

/** A simulated account: a {@link Connection}, and what tests may do to it and see of it. */
export interface Simulation<C extends Clock = Clock> extends Connection {
  readonly clock: C
  readonly faults: Faults
  /** SQS and SNS as the AWS SDK's `SQS` and `SNS` offer them, faults included. */
  readonly api: { readonly sqs: SqsApi; readonly sns: SnsApi }
  /** Every request so far. */
  readonly requests: readonly SimulatedRequest[]
  /** What is in a declared queue. Empty when there is none. */
  contents(queue: Declared): QueueContents
  /** What is visible in the queue that its redrive policy names. */
  deadLetters(queue: Declared): QueueContents['visible']
  /**
   * Ends the simulation.
   *
   * @throws {TestingError} `left-behind` when something still runs: a consumer, a timer, a listener for SIGTERM or SIGINT.
   */
  close(): Promise<void>
}

/**
 * SQS and SNS in memory, in an empty account: as AWS documents them and answers, without a socket, and on a virtual clock.
 *
 * @example
 * await using aws = simulate()
 * await apply(await plan(aws, [receipts]))
 * await using consumer = createConsumer(aws, receipts, { handlers })
 */
export function simulate(options?: SimulateOptions & { readonly clock?: undefined }): Simulation<VirtualClock>
export function simulate<C extends Clock>(options: SimulateOptions & { readonly clock: C }): Simulation<C>
export function simulate(options?: SimulateOptions): Simulation
export function simulate(options: SimulateOptions = {}): Simulation {
  const { accountId = '000000000000', region = 'us-east-1', seed = 1, reorder = 0, duplicate = 0 } = options
  const { inFlightLimit = 120_000, logger = silent, locate, namePrefix } = options
  const own = options.clock ? undefined : new VirtualClock({ auto: true, seed })
  const clock = options.clock ?? own ?? new VirtualClock()
  const random = randomOf(seed)
  const cloud = new Cloud({ region, accountId, clock, random, reorder, duplicate, inFlightLimit })
  const faults = new Faults(random)
  const log = new RequestLog(clock)
  const leaks = leaksSince(clock, () => log.all)

  const toolsFor = ({ target }: ApiCall) => ({
    clock,
    random,
    expire: (handles: readonly string[]) => cloud.queues.get(target)?.leases.expire(handles),
  })
  const run: Around = (call, make) => {
    const fault = faults.next(call)
    return log.note(call, fault ? fault(call, make, toolsFor(call)) : make())
  }
  const { sqs, sns } = simulatedApi(cloud)
  const api = { sqs: around(sqs, run), sns: around(sns, run) }
  const clients: ApiClients = {
    sqs: () => api.sqs,
    receiving: () => api.sqs,
    adminSqs: () => api.sqs,
    sns: () => api.sns,
    adminSns: () => api.sns,
    account: async () => accountId,
    region: async () => region,
    destroy: () => {},
  }
  const connection = connectionOver(clients, { clock, logger, accountId, namePrefix, locate })
  const queueOf = (declared: Declared) => cloud.queues.get(connection.queueName(declared))

  let closing: Promise<void> | undefined
  async function end(): Promise<void> {
    await connection.close()
    const left = leaks()
    own?.stop()
    if (left.length === 0) return
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
    api,
    requests: log.all,
    contents: (declared) => {
      const queue = queueOf(declared)
      return queue ? contentsOf(queue) : { visible: [], inFlight: [], delayed: [] }
    },
    deadLetters(declared) {
      const queue = queueOf(declared)
      const arn = queue && redrivePolicyOf(queue.attributes)?.deadLetterTargetArn
      const deadLetters = cloud.queueAt(arn)
      return deadLetters ? contentsOf(deadLetters).visible : []
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}
