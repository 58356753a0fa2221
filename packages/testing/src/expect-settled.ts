import { checkKeys } from '@waybill/core'
import { checkOneOf } from './check-options.ts'
import { TestingError } from './testing-error.ts'

/** How a message ended an attempt, as a consumer's `settled` event tells it. */
export interface Settled {
  readonly type: string
  readonly id: string
  readonly attempt: number
  readonly outcome: 'done' | 'retry' | 'dead-letter'
  readonly ms: number
  readonly error: Error | undefined
}

/** A consumer, as far as its messages can be followed. */
export interface Settling {
  readonly state: string
  on(name: 'settled', listener: (event: Settled) => void): Disposable
  on(name: 'state', listener: (event: { readonly to: string }) => void): Disposable
}

export interface WhichSettled {
  /** Its `waybill-id`: what `send` was given as `id`, or resolved with. Default: any. */
  readonly id?: string | undefined
  /** Default: any; a message that is retried has an outcome for each attempt. */
  readonly outcome?: Settled['outcome'] | undefined
}

const OUTCOMES: readonly Settled['outcome'][] = ['done', 'retry', 'dead-letter']
const SHOWN = 5

/**
 * Resolves with the next outcome of a message of this type. Ask before the message is sent, so that it can't be missed.
 *
 * @throws {TestingError} `not-settled` when the consumer stops first or has stopped; it says what was settled until then.
 * @example
 * const settled = expectSettled(consumer, 'order.paid', { id: '42' })
 * await producer.send('order.paid', order, { id: '42' })
 * expect(await settled).toMatchObject({ outcome: 'done', attempt: 1 })
 */
export async function expectSettled(consumer: Settling, type: string, which: WhichSettled = {}): Promise<Settled> {
  checkKeys(which, ['id', 'outcome'], 'expectSettled')
  const { id, outcome } = which
  if (outcome !== undefined) checkOneOf('outcome', outcome, OUTCOMES)
  const { promise, reject, resolve } = Promise.withResolvers<Settled>()
  const others: string[] = []
  const giveUp = () => {
    const wanted = `${type}${id === undefined ? '' : ` ${id}`}`
    const how = outcome === undefined ? '' : ` as ${outcome}`
    const more = others.length > SHOWN ? ` and ${others.length - SHOWN} more` : ''
    const seen = others.length > 0 ? `, only ${others.slice(0, SHOWN).join(', ')}${more}` : ''
    reject(new TestingError('not-settled', `The consumer stopped before ${wanted} was settled${how}${seen}.`))
  }
  using _settled = consumer.on('settled', (event) => {
    const isMeant = event.type === type && (id === undefined || event.id === id)
    if (isMeant && (outcome === undefined || event.outcome === outcome)) return resolve(event)
    others.push(`${event.type} ${event.id}: ${event.outcome}`)
  })
  using _state = consumer.on('state', ({ to }) => {
    if (to === 'stopped') giveUp()
  })
  if (consumer.state === 'stopped') giveUp()
  return await promise
}
