import type { Duration } from '@waybill/core'
import type { AnyAttributes } from '@waybill/schema'
import type { Logger } from '@waybill/sqs'
import type { Delivery } from './context.ts'
import type { Decoded } from './decoder.ts'
import type { HeldDelivery } from './held-delivery.ts'
import type { LeaseManager } from './lease-manager.ts'

/** The context of one start. */
export function createContext(held: HeldDelivery, decoded: Decoded, leases: LeaseManager, log: Logger): Delivery {
  return new StartContext(held, decoded, leases, log)
}

/** The context with what the middleware added; getters stay getters. */
export function extended(context: Delivery, added: object): Delivery {
  if (Object.keys(added).length === 0) return context
  const { type, version, id, attempt, receives, group, attributes, payload } = context
  const copy: Delivery = {
    type,
    version,
    id,
    attempt,
    receives,
    group,
    attributes,
    payload,
    get sentAt() {
      return context.sentAt
    },
    get signal() {
      return context.signal
    },
    get log() {
      return context.log
    },
    extend: (by) => context.extend(by),
  }
  return Object.defineProperties(copy, Object.getOwnPropertyDescriptors(added))
}

/** What costs something is made when it is first asked for. A class, since getters of an object literal cost a microsecond. */
class StartContext implements Delivery {
  readonly type: string
  readonly version: number
  readonly id: string
  readonly attempt: number
  readonly receives: number
  readonly group: string | undefined
  readonly attributes: AnyAttributes
  readonly payload: unknown
  readonly #held: HeldDelivery
  readonly #leases: LeaseManager
  readonly #log: Logger
  #child: Logger | undefined
  #sentAt: Date | undefined

  constructor(held: HeldDelivery, decoded: Decoded, leases: LeaseManager, log: Logger) {
    this.type = decoded.type
    this.version = decoded.version
    this.id = decoded.wire.id
    this.attempt = held.attempt
    this.receives = held.received.receives
    this.group = held.received.group
    this.attributes = decoded.attributes
    this.payload = decoded.payload
    this.#held = held
    this.#leases = leases
    this.#log = log
  }

  get sentAt(): Date {
    return (this.#sentAt ??= new Date(this.#held.received.sentAt))
  }

  get signal(): AbortSignal {
    return this.#held.signal
  }

  get log(): Logger {
    const { attempt, id, type } = this
    return (this.#child ??= this.#log.child({ type, id, attempt }))
  }

  /** Handlers take it out of the context. */
  get extend(): (by: Duration) => Promise<void> {
    return (by) => this.#leases.extend(this.#held, by)
  }
}
