import type { Delivery } from './context.ts'
import { isOutcome, type Outcome } from './outcome.ts'

/** What `next` resolves with; it remembers in its type what was added to the context. */
export type Passed<Added extends object> = Outcome & { readonly '~added'?: Added }

/** Runs the rest: further middleware, then the handler. What is passed is added to the handler's context. */
export type Next = <const Added extends object = {}>(added?: Added) => Promise<Passed<Added>>

/** Wraps every handler of a consumer: may look, add to the context, change the outcome, or not call `next` at all. */
export type Middleware<Result extends Outcome = Outcome> = (delivery: Delivery, next: Next) => Promise<Result>

/**
 * Makes a middleware whose additions to the context the handlers see in their types.
 *
 * @example
 * const withDb = middleware(async (delivery, next) => {
 *   const db = await pool.connect()
 *   try { return await next({ db }) } finally { db.release() }
 * })
 */
export function middleware<Result extends Outcome>(
  run: (delivery: Delivery, next: Next) => Promise<Result>,
): Middleware<Result> {
  return run
}

type AddedBy<M> =
  M extends Middleware<infer R> ? (R extends { readonly '~added'?: infer A } ? (A extends object ? A : {}) : {}) : {}
type Intersect<U> = (U extends unknown ? (u: U) => void : never) extends (i: infer I) => void ? I : never
/** What a list of middleware adds to the context. */
export type Additions<Us extends readonly Middleware[]> = Us extends readonly [] ? {} : Intersect<AddedBy<Us[number]>>

/** Runs the middleware around `handle`, the first outermost; `handle` gets what they added. */
export function onion(
  middlewares: readonly Middleware[],
  delivery: Delivery,
  handle: (added: object) => Promise<Outcome>,
): Promise<Outcome> {
  const layer = async (index: number, added: object): Promise<Outcome> => {
    const current = middlewares[index]
    if (!current) return handle(added)
    let passed: Promise<Outcome> | undefined
    const next: Next = (more) => {
      if (passed) throw new Error('A middleware called next() twice: a message is handled once.')
      passed = layer(index + 1, { ...added, ...more })
      return passed
    }
    const result: unknown = await current(delivery, next)
    if (isOutcome(result)) return result
    if (passed) return passed
    throw new Error(
      'A middleware neither called next() nor returned an outcome. Return next(), retry() or deadLetter().',
    )
  }
  return layer(0, {})
}
