import type { Logger } from '@waybill/sqs'
import type { Delivery } from './context.ts'
import type { Decoded } from './decoder.ts'
import type { HeldDelivery } from './held-delivery.ts'
import type { LeaseManager } from './lease-manager.ts'

/** The context of one start. Its signal, its logger and its date are made when they are first asked for. */
export function createContext(held: HeldDelivery, decoded: Decoded, leases: LeaseManager, log: Logger): Delivery {
  const { attempt, received } = held
  const { type, version, wire, payload, attributes } = decoded
  let child: Logger | undefined
  let sentAt: Date | undefined
  return {
    type,
    version,
    id: wire.id,
    attempt,
    receives: received.receives,
    group: received.group,
    get sentAt() {
      return (sentAt ??= new Date(received.sentAt))
    },
    attributes,
    payload,
    get signal() {
      return held.signal
    },
    get log() {
      return (child ??= log.child({ type, id: wire.id, attempt }))
    },
    extend: (by) => leases.extend(held, by),
  }
}

/** The context with what the middleware added; getters stay getters. */
export function extended(context: Delivery, added: object): Delivery {
  if (Object.keys(added).length === 0) return context
  const copy = Object.defineProperties({ ...context }, Object.getOwnPropertyDescriptors(context))
  return Object.defineProperties(copy, Object.getOwnPropertyDescriptors(added))
}
