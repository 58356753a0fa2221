// Not the globals: fake timers of test runners replace them.
import { clearTimeout, setTimeout } from 'node:timers'
import { checkKeys, type Duration, milliseconds } from '@waybill/core'
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
  readonly reason: string | undefined
}

/** A consumer, as far as its messages can be followed. */
export interface Settling {
  readonly state: string
  on(name: 'settled', listener: (event: Settled) => void): Disposable
  on(
    name: 'invalid',
    listener: (event: { readonly type: string | undefined; readonly error: Error }) => void,
  ): Disposable
  on(name: 'state', listener: (event: { readonly to: string }) => void): Disposable
}

export interface WhichSettled {
  /** Its `waybill-id`: what `send` was given as `id`, or resolved with. Default: any. */
  readonly id?: string | undefined
  /** Default: any; a message that is retried has an outcome for each attempt. */
  readonly outcome?: Settled['outcome'] | undefined
  /** How long to wait, in real time: with a simulation nothing takes long. Default: `4s`, before test runners give up. */
  readonly timeout?: Duration | undefined
}

const OUTCOMES: readonly Settled['outcome'][] = ['done', 'retry', 'dead-letter']
const SHOWN = 5

/**
 * Resolves with the next outcome of a message of this type, a `retry` too. Ask before the message is sent, so that it can't
 * be missed.
 *
 * @throws {TestingError} `not-settled` when the consumer stops first, or in time nothing comes; it says what was settled.
 * @example
 * const settled = expectSettled(consumer, 'order.paid', { id: '42' })
 * await producer.send('order.paid', order, { id: '42' })
 * expect(await settled).toMatchObject({ outcome: 'done', attempt: 1 })
 */
export async function expectSettled(consumer: Settling, type: string, which: WhichSettled = {}): Promise<Settled> {
  checkKeys(which, ['id', 'outcome', 'timeout'], 'expectSettled')
  const { id, outcome, timeout = '4s' } = which
  if (outcome !== undefined) checkOneOf('outcome', outcome, OUTCOMES)
  const wanted = `${type}${id === undefined ? '' : ` ${id}`} was settled${outcome === undefined ? '' : ` as ${outcome}`}`
  const { promise, reject, resolve } = Promise.withResolvers<Settled>()
  const others: string[] = []
  const giveUp = (why: string) => reject(new TestingError('not-settled', `${why} before ${wanted}${seen(others)}.`))
  using _settled = consumer.on('settled', (event) => {
    const isMeant = event.type === type && (id === undefined || event.id === id)
    if (isMeant && (outcome === undefined || event.outcome === outcome)) return resolve(event)
    others.push(`${event.type} ${event.id}: ${event.outcome}`)
  })
  using _invalid = consumer.on('invalid', (event) => void others.push(`${event.type ?? 'a message'}: invalid`))
  using _state = consumer.on('state', ({ to }) => {
    if (to === 'stopped') giveUp('The consumer stopped')
  })
  if (consumer.state === 'stopped') giveUp('The consumer stopped')
  const timer = setTimeout(
    () => {
      const idle = consumer.state === 'idle' ? ', and the consumer was never started,' : ''
      giveUp(`${timeout} passed in real time${idle}`)
    },
    milliseconds(timeout, 'timeout'),
  )
  try {
    return await promise
  } finally {
    clearTimeout(timer)
  }
}

function seen(others: readonly string[]): string {
  if (others.length === 0) return ''
  const more = others.length > SHOWN ? ` and ${others.length - SHOWN} more` : ''
  return `, only ${others.slice(0, SHOWN).join(', ')}${more}`
}
