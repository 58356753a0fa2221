import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { type Events, TrackedTasks } from '@waybill/core'
import type { AnyQueue } from '@waybill/schema'
import { BATCH_ENTRIES, type Connection, type Logger } from '@waybill/sqs'
import { Acknowledger } from './acknowledger.ts'
import { Claims } from './claims.ts'
import { DeadLetterer } from './dead-letterer.ts'
import { createDecoder } from './decoder.ts'
import { Demand } from './demand.ts'
import { Dispatcher } from './dispatcher.ts'
import type { ConsumerEvents } from './events.ts'
import { FailureLines } from './failure-lines.ts'
import { FaultReports } from './fault-reports.ts'
import type { HeldDelivery } from './held-delivery.ts'
import { HandlerRuns } from './handler-runs.ts'
import { Invoker } from './invoker.ts'
import { Journal } from './journal.ts'
import { LeaseManager } from './lease-manager.ts'
import { LeaseReports } from './lease-reports.ts'
import { NotYet } from './not-yet.ts'
import type { ResolvedIdempotency, ResolvedOptions } from './options.ts'
import { Processor } from './processor.ts'
import { RateLimit } from './rate-limit.ts'
import { Receiver } from './receiver.ts'
import { Settler } from './settler.ts'
import { Slots } from './slots.ts'
import type { Found } from './start-up.ts'

/** The running parts of a consumer, wired to each other. */
export interface Engine {
  readonly receiver: Receiver
  readonly dispatcher: Dispatcher
  readonly runs: HandlerRuns
  readonly slots: Slots
  readonly leases: LeaseManager
  readonly claims: Claims | undefined
  readonly acknowledger: Acknowledger
  readonly deadLetterer: DeadLetterer
  /** Lanes at work and deletes under way. */
  readonly tasks: TrackedTasks
}

export function createEngine(
  connection: Connection,
  declared: AnyQueue,
  { queue, deadLetterQueue, attempts, maxReceiveCount, topics }: Found,
  options: ResolvedOptions,
  events: Events<ConsumerEvents>,
  log: Logger,
): Engine {
  const { clock, sqs } = connection
  const { fifo } = declared
  const { capacity, concurrency, groupConcurrency, handlers, heldBound, parkedBound, visibilityTimeout, waitTime } =
    options
  const polls = Math.ceil(concurrency / BATCH_ENTRIES)
  const faults = (call: ConsumerEvents['fault']['call']) => new FaultReports(call, events, log)
  const deletes = faults('delete')
  const visibility = faults('change-visibility')
  const moves = faults('dead-letter')
  const onBug = (error: unknown) => log.error({ err: error }, 'a bug in Waybill: a task failed')
  const queueName = connection.queueName(declared)
  const worker = `${hostname()}:${process.pid}`
  const tasks = new TrackedTasks(onBug)
  const read = createDecoder(declared, topics)
  const decode = (held: HeldDelivery) => (held.message ??= read(held.received))
  const onRoom = () => receiver.poke()
  const failures = new FailureLines(log)
  const losses = new LeaseReports(clock, events, log)

  const leases = new LeaseManager({
    clock,
    visibilityTimeout,
    changeVisibility: (entries, timeout) => visibility.watch(() => sqs.changeVisibility(queue, entries, { timeout })),
    onBug,
    onLost(held, error, lane) {
      losses.lost(decode(held), error)
      if (lane) dispatcher.lost(lane)
    },
  })
  const acknowledger = new Acknowledger({
    clock,
    fifo,
    leases,
    visibilityTimeout,
    polls,
    delete: (handles, timeout) => deletes.watch(() => sqs.delete(queue, handles, { timeout })),
  })
  const deadLetterer = new DeadLetterer({
    connection,
    clock,
    log,
    leases,
    queueName,
    worker,
    target: deadLetterQueue,
    onFault: (error) => moves.failed(error),
  })
  const claims = options.idempotency && createClaims(options.idempotency)
  const rateLimit = options.rateLimit && new RateLimit(clock, options.rateLimit.max, options.rateLimit.per, onRoom)
  const slots = new Slots({
    concurrency,
    groupConcurrency,
    groupBound: heldBound / 2,
    rateLimit,
    types: handlers,
    onError: onBug,
  })
  const runs = new HandlerRuns({ clock, events, leases, log, options, slots })
  const invoker = new Invoker({ attempts, claims, clock, leases, log, options, runs, slots })
  const journal = new Journal()
  const settler = new Settler({
    clock,
    log,
    options,
    attempts,
    events,
    acknowledger,
    deadLetterer,
    journal,
    claims,
    failures,
    track: (task) => tasks.run(() => task().then(onRoom)),
  })
  const processor = new Processor({
    clock,
    options,
    attempts,
    maxReceiveCount,
    decode,
    invoker,
    runs,
    leases,
    journal,
    claims,
    settler,
    notYet: new NotYet(clock, log, options.unknownDelay),
    stopping: () => dispatcher.stopping,
  })
  const dispatcher: Dispatcher = new Dispatcher({
    clock,
    fifo,
    capacity,
    heldBound,
    parkedBound,
    visibilityTimeout,
    leases,
    tasks,
    process: (turn) => processor.process(turn),
    joins: (held, before) => processor.joins(held, before),
    waitingForLimit: () => slots.waitingForLimit,
    limitsRoom: () => Math.min(rateLimit?.room ?? Infinity, claims?.room ?? Infinity),
    onRoom,
  })
  const receiver: Receiver = new Receiver({
    clock,
    log,
    fifo,
    waitTime,
    visibilityTimeout,
    demand: new Demand({
      capacity,
      maxPolls: polls,
      free: () => dispatcher.free,
      meanHandlerTime: () => runs.meanTime,
    }),
    receive: (request, call) => sqs.receive(queue, request, call),
    accept(messages, heldSince, ms) {
      events.emit('received', { count: messages.length, ms })
      dispatcher.accept(messages, heldSince)
    },
    onFault: (error) => events.emit('fault', { call: 'receive', error }),
  })
  return { receiver, dispatcher, runs, slots, leases, claims, acknowledger, deadLetterer, tasks }

  function createClaims({ keep, key, store }: ResolvedIdempotency): Claims {
    const questions = new FaultReports('idempotency', events, log, 'error')
    return new Claims({
      clock,
      store,
      key,
      keep,
      claim: visibilityTimeout * 1_000,
      queueName,
      owner: `${worker}:${randomUUID()}`,
      onFault: (error) => questions.failed(error),
      onAnswer: () => questions.worked(),
      onRoom,
      onBug,
    })
  }
}
