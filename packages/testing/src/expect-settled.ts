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
  on(name: 'settled', listener: (event: Settled) => void): Disposable
  on(name: 'state', listener: (event: { readonly to: string }) => void): Disposable
}

export interface WhichSettled {
  /** Its `waybill-id`: what `send` was given as `id`, or resolved with. Default: any. */
  readonly id?: string | undefined
  /** Default: any; a message that is retried has an outcome for each attempt. */
  readonly outcome?: Settled['outcome'] | undefined
}

/**
 * Resolves with the next outcome of a message of this type. Ask before the message is sent, so that it can't be missed.
 *
 * @throws {TestingError} `not-settled` when the consumer stops first; it says what was settled meanwhile.
 * @example
 * const settled = expectSettled(consumer, 'order.paid', { id: '42' })
 * await producer.send('order.paid', order, { id: '42' })
 * expect(await settled).toMatchObject({ outcome: 'done', attempt: 1 })
 */
export async function expectSettled(
  consumer: Settling,
  type: string,
  { id, outcome }: WhichSettled = {},
): Promise<Settled> {
  const { promise, reject, resolve } = Promise.withResolvers<Settled>()
  const others: string[] = []
  using _settled = consumer.on('settled', (event) => {
    const isMeant = event.type === type && (id === undefined || event.id === id)
    if (isMeant && (outcome === undefined || event.outcome === outcome)) return resolve(event)
    others.push(`${event.type} ${event.id}: ${event.outcome}`)
  })
  using _state = consumer.on('state', ({ to }) => {
    if (to !== 'stopped') return
    const wanted = `${type}${id === undefined ? '' : ` ${id}`}${outcome === undefined ? '' : ` as ${outcome}`}`
    const seen = others.length > 0 ? `, only ${others.join(', ')}` : ''
    reject(new TestingError('not-settled', `The consumer stopped before ${wanted} was settled${seen}.`))
  })
  return await promise
}
