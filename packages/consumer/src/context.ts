import type { Duration } from '@waybill/core'
import type { AnyAttributes } from '@waybill/schema'
import type { Logger } from '@waybill/sqs'

/**
 * What a handler knows of a message besides its payload. `Own`: the attributes of its contract. Some of it is made when it is
 * first asked for (`sentAt`, `signal`, `log`, `extend`): take it out by its name, since `{ ...context }` goes without.
 */
export interface Context<Type extends string = string, Own = AnyAttributes> {
  readonly type: Type
  /** The contract version that the body was written in. */
  readonly version: number
  /** The `waybill-id`: the same over retries, fan-out and redrive. A foreign message has SQS's or SNS's id instead. */
  readonly id: string
  /** Which attempt this is, from 1: earlier receives, plus starts since this one. */
  readonly attempt: number
  /** SQS's approximate receive count, this receive included. */
  readonly receives: number
  /** The message group on a FIFO queue, the fair-queue key on a standard one; hashed when SQS would refuse the key itself. */
  readonly group: string | undefined
  /** When SQS took the message, by its clock. */
  readonly sentAt: Date
  /** The sender's own attributes: those that the contract declares, decoded; if it declares none, all of them, as texts. */
  readonly attributes: Own
  /** Aborts when the lease is lost, at the handler's timeout, and shortly before a stop runs out of time. */
  readonly signal: AbortSignal
  /** The connection's logger, with queue, type, id and attempt. */
  readonly log: Logger
  /**
   * Hides the message for at least `by` from now on (whole seconds; SQS's bound is 12 h from the receive). Seldom needed: the
   * lease is extended for as long as the handler runs.
   *
   * @throws {LeaseLostError} when the message is somebody else's by now.
   */
  extend(by: Duration): Promise<void>
}

/** A message on its way through the middleware, which sees every type: payload and attributes as handlers get them. */
export interface Delivery extends Context {
  readonly payload: unknown
}
