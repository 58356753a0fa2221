import { hostname } from 'node:os'
import { type Events, TrackedTasks } from '@waybill/core'
import type { AnyQueue } from '@waybill/schema'
import type { Connection, Logger } from '@waybill/sqs'
import { Acknowledger } from './acknowledger.ts'
import { DeadLetterer } from './dead-letterer.ts'
import { createDecoder } from './decoder.ts'
import { Dispatcher } from './dispatcher.ts'
import type { ConsumerEvents } from './events.ts'
import { FaultReports } from './fault-reports.ts'
import { Invoker } from './invoker.ts'
import { Journal } from './journal.ts'
import { LeaseManager } from './lease-manager.ts'
import type { ResolvedOptions } from './options.ts'
import { Processor } from './processor.ts'
import { Receiver } from './receiver.ts'
import type { Found } from './start-up.ts'

/** The running parts of a consumer, wired to each other. */
export interface Engine {
  readonly receiver: Receiver
  readonly dispatcher: Dispatcher
  readonly invoker: Invoker
  readonly leases: LeaseManager
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
  const { capacity, concurrency, heldBound, visibilityTimeout, waitTime } = options
  const faults = (call: ConsumerEvents['fault']['call']) => new FaultReports(call, events, log)
  const deletes = faults('delete')
  const visibility = faults('change-visibility')
  const moves = faults('dead-letter')
  const onBug = (error: unknown) => log.error({ err: error }, 'a bug in Waybill: a task failed')
  const tasks = new TrackedTasks(onBug)
  const decode = createDecoder(declared, topics)
  const onRoom = () => receiver.poke()

  const leases = new LeaseManager({
    clock,
    visibilityTimeout,
    changeVisibility: (entries, timeout) => visibility.watch(() => sqs.changeVisibility(queue, entries, { timeout })),
    onBug,
    onLost(held, error, lane) {
      const { id, type } = decode(held.received)
      log.warn({ type, id, err: error }, error.message)
      events.emit('lease-lost', { type: type ?? '', id, error })
      if (lane) dispatcher.lost(lane)
    },
  })
  const acknowledger = new Acknowledger({
    clock,
    fifo,
    leases,
    visibilityTimeout,
    delete: (handles, timeout) => deletes.watch(() => sqs.delete(queue, handles, { timeout })),
  })
  const deadLetterer = new DeadLetterer({
    connection,
    clock,
    log,
    leases,
    queueName: connection.queueName(declared),
    worker: `${hostname()}:${process.pid}`,
    target: deadLetterQueue,
    onFault: (error) => moves.failed(error),
  })
  const invoker = new Invoker({ clock, events, leases, log, options })
  const processor = new Processor({
    clock,
    log,
    options,
    attempts,
    maxReceiveCount,
    events,
    decode: (held) => decode(held.received),
    invoker,
    leases,
    acknowledger,
    deadLetterer,
    journal: new Journal(),
    stopping: () => dispatcher.stopping,
    track: (task) => tasks.run(() => task().then(onRoom)),
  })
  const dispatcher: Dispatcher = new Dispatcher({
    clock,
    fifo,
    capacity,
    heldBound,
    visibilityTimeout,
    leases,
    tasks,
    waitingForType: () => invoker.waitingForType,
    process: (lane, held) => processor.process(lane, held),
    onRoom,
  })
  const receiver: Receiver = new Receiver({
    clock,
    log,
    fifo,
    capacity,
    waitTime,
    visibilityTimeout,
    maxPolls: Math.ceil(concurrency / 10),
    receive: (request, call) => sqs.receive(queue, request, call),
    free: () => dispatcher.free,
    meanHandlerTime: () => invoker.meanTime,
    accept(messages, heldSince, ms) {
      events.emit('received', { count: messages.length, ms })
      dispatcher.accept(messages, heldSince)
    },
    onFault: (error) => events.emit('fault', { call: 'receive', error }),
  })
  return { receiver, dispatcher, invoker, leases, acknowledger, deadLetterer, tasks }
}
