import { type Clock, PassingMap, type TrackedTasks } from '@waybill/core'
import type { ReceivedMessage } from '@waybill/sqs'
import { HeldDelivery } from './held-delivery.ts'
import { type Ending, isLost, type Lane, lanesOf } from './lane.ts'
import { LaneRunner, type LaneRunnerOptions } from './lane-runner.ts'
import type { LeaseManager } from './lease-manager.ts'
import { Parking } from './parking.ts'
import { type Next, RELEASE_NOW } from './turn.ts'

export interface DispatcherOptions {
  readonly clock: Clock
  readonly fifo: boolean
  readonly capacity: number
  readonly heldBound: number
  readonly parkedBound: number
  /** Seconds. */
  readonly visibilityTimeout: number
  readonly leases: LeaseManager
  readonly tasks: TrackedTasks
  readonly process: LaneRunnerOptions['process']
  readonly joins: LaneRunnerOptions['joins']
  /** Lanes that wait at a limit of their type or group: they count as held, not as busy, so as not to keep out others at once. */
  readonly waitingForLimit: () => number
  /** How many more the rate limit lets start soon, and the idempotency store. */
  readonly limitsRoom: () => number
  /** There may be room again. */
  readonly onRoom: () => void
}

/** Runs what was received, lane by lane, and knows how much more may come. */
export class Dispatcher {
  readonly #options: DispatcherOptions
  readonly #parking: Parking
  readonly #runner: LaneRunner
  /** By lane key. */
  readonly #newest = new PassingMap<string, Ending>()
  #busy = 0
  /** Message ids: the open poll may bring back what was given back. */
  readonly #released = new Set<string>()
  #stopping = false

  constructor(options: DispatcherOptions) {
    this.#options = options
    this.#parking = new Parking(options.clock, options.parkedBound)
    this.#runner = new LaneRunner({
      parking: this.#parking,
      process: options.process,
      joins: options.joins,
      stopping: () => this.#stopping,
      onPark: () => {
        this.#busy--
        options.onRoom()
      },
      onResume: () => void this.#busy++,
    })
  }

  /** How many more deliveries may be received. */
  get free(): number {
    const { capacity, heldBound, leases, limitsRoom, waitingForLimit } = this.#options
    // What is parked has a bound of its own.
    const held = leases.size - this.#parking.deliveries
    return Math.min(capacity - this.#busy + waitingForLimit(), heldBound - held, this.#parking.room, limitsRoom())
  }

  /** Messages given back unhandled since the stop began. */
  get released(): number {
    return this.#released.size
  }

  get stopping(): boolean {
    return this.#stopping
  }

  accept(messages: readonly ReceivedMessage[], heldSince: number): void {
    const { fifo, leases, tasks, visibilityTimeout } = this.#options
    const leaseEnds = heldSince + visibilityTimeout * 1_000
    const deliveries = messages.map((received) => new HeldDelivery(received, heldSince, leaseEnds))
    for (const lane of lanesOf(deliveries, fifo)) {
      leases.hold(lane)
      tasks.run(() => this.#run(lane))
    }
  }

  /** One lost lease loses its lane: what has not begun is handed back, for the next owner to get the group in order. */
  lost(lane: Lane): void {
    if (isLost(lane) || lane.state === 'ended') return
    lane.on('lose')
    // Parked, it is woken, and hands back by itself.
    if (!this.#parking.leave(lane)) {
      const rest = lane.deliveries.slice(lane.begun)
      this.#options.tasks.run(() => this.#handBack(rest, 0))
    }
    this.#options.onRoom()
  }

  /** Lanes that wait for a back-off are handed back, now and until `keepParked`. */
  handBackParked(): void {
    this.#parking.close()
  }

  keepParked(): void {
    this.#parking.open()
  }

  /** Nothing new starts: what waits is released at its turn. */
  stop(): void {
    this.#stopping = true
    this.#parking.close()
  }

  async #run(lane: Lane): Promise<void> {
    const { key } = lane
    const before = this.#newest.get(key)
    this.#newest.set(key, lane.ending)
    // One that waits for a lane before it takes no place from others: what is held bounds it.
    const twin = before && (await before.reached)
    let next: Next = RELEASE_NOW
    this.#busy++
    try {
      if (lane.state === 'queued') next = await this.#begin(lane, twin)
    } finally {
      // Whatever happened: the slot is free, and those who wait for this lane go on.
      this.#busy--
      if (this.#newest.get(key) === lane.ending) this.#newest.delete(key)
      // What a twin behind it is released with; after a loss, it has its own turn.
      lane.end(next.kind === 'release' && !isLost(lane) ? next.seconds : undefined)
      this.#options.onRoom()
    }
    if (next.kind !== 'release') return
    await this.#release(lane, next.seconds)
    this.#options.onRoom()
  }

  #begin(lane: Lane, twin: number | undefined): Promise<Next> | Next {
    lane.on('begin')
    return twin === undefined || lane.fifo ? this.#runner.run(lane) : { kind: 'release', seconds: twin }
  }

  async #release(lane: Lane, seconds: number): Promise<void> {
    for (const held of lane.deliveries) if (held.state === 'running') held.wait()
    await this.#handBack(lane.deliveries, seconds)
  }

  async #handBack(deliveries: readonly HeldDelivery[], seconds: number): Promise<void> {
    const left = deliveries.filter(({ state }) => state === 'waiting')
    const counts = this.#stopping && seconds === 0
    for (const held of left) held.settle()
    const released = await this.#options.leases.release(left, seconds)
    for (const held of left) if (held.state === 'settling') held.settled()
    if (counts) for (const { received } of released) this.#released.add(received.messageId)
  }
}
