import { createContext, defaultLogger, Events, HeldDelivery, Lane, LeaseManager, systemClock } from '../built.ts'
import { received } from '../received.ts'
import { each, type Group } from './part.ts'

const log = defaultLogger('info').child({ queue: 'orders' })
const leases = new LeaseManager({
  clock: systemClock,
  visibilityTimeout: 30,
  changeVisibility: () => Promise.resolve([]),
  onLost: console.error,
  onBug: console.error,
})
const delivery = received(0)
const held = new HeldDelivery(delivery, 0, Infinity)
const attributes = {}
const wire = { type: 'order', version: 1, id: 'id-0', body: delivery.body, attributes, trace: {} }
const decoded = { kind: 'decoded', id: 'id-0', wire, type: 'order', version: 1, payload: {}, attributes } as const
const events = new Events<{ readonly settled: object }>(console.error)

// Others are held, so that no timer is set and called off each time.
lease(received(1))

function lease(message: typeof delivery): HeldDelivery {
  const now = systemClock.now()
  const one = new HeldDelivery(message, now, now + 30_000)
  leases.hold(new Lane(message.messageId, false, [one]))
  return one
}

export const handlingParts: Group = {
  title: 'a message handled',
  parts: [
    each('a lease, held and dropped', () => leases.drop(lease(delivery))),
    each('the context of a handler', () => createContext(held, decoded, leases, log)),
    each('the context, its logger asked for', () => createContext(held, decoded, leases, log).log),
    each('a child of pino, a line at a level that is off', () => log.child({ id: 'id-0' }).debug('off')),
    each('a line at a level that is off', () => log.debug('off')),
    each('an event without listeners', () => events.emit('settled', decoded)),
    each('the clock', () => systemClock.now()),
    each('performance.now() alone', () => performance.now()),
  ],
}
