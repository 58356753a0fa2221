import type { Tags } from '@waybill/schema'
import type { Allowance } from './allowance.ts'

/** What a change is made to. A policy is that of a queue. */
export type Resource = 'queue' | 'policy' | 'topic' | 'subscription'

/** Attributes under SQS's and SNS's own names. */
export type Attributes = Readonly<Record<string, string>>

/** What a change is about. */
interface Subject<R extends Resource = Resource> {
  readonly resource: R
  /** The physical name; of a policy, its queue's; of a subscription, `<topic> to <queue>`. */
  readonly name: string
}

/** What a change is about, where it exists. */
export interface Existing<R extends Resource = Resource> extends Subject<R> {
  /** AWS's own: a queue's URL, a topic's or a subscription's ARN. */
  readonly id: string
}

/** Something is missing. Of a policy: the statement that lets topics send, by its id. */
export interface Create extends Subject {
  readonly kind: 'create'
  /** Of a policy, the URL of its queue when that exists. */
  readonly id?: string | undefined
  readonly attributes: Attributes
  /** Of a queue or topic. */
  readonly tags?: Tags | undefined
}

/** An attribute differs, or a statement of a policy. */
export interface Update extends Existing {
  readonly kind: 'update'
  readonly attribute: string
  readonly from: string | undefined
  /** Empty: nothing, the attribute is taken away. */
  readonly to: string
}

/** Tags are missing or have another value. Those of others are kept. */
export interface Tag extends Existing<'queue' | 'topic'> {
  readonly kind: 'tag'
  /** The values of now, of those that are there. */
  readonly from: Tags
  readonly to: Tags
}

/** Something of a declared queue or topic that is not declared. */
export interface Surplus extends Existing<'queue' | 'policy' | 'subscription'> {
  /** Which attribute, or statement of a policy. Undefined: the whole subscription. */
  readonly attribute?: string | undefined
  /** What that is before it is removed. */
  readonly from?: string | undefined
  /** What is left of it. Undefined: nothing. */
  readonly to?: string | undefined
  readonly reason: string
}

/** What is not declared is removed: `plan` was told to `prune`. */
export interface Remove extends Surplus {
  readonly kind: 'remove'
}

/** What is not declared is left alone: `plan` was not told to `prune`. */
export interface Unmanaged extends Surplus {
  readonly kind: 'unmanaged'
}

/**
 * Something differs and `apply` leaves it alone: AWS can't change it in place, messages or their key would be lost, or it is
 * another account's.
 */
export interface CannotChange extends Existing {
  readonly kind: 'cannot-change'
  /** Of a policy: the statement, by its id. */
  readonly attribute: string
  readonly from: string | undefined
  readonly to: string
  readonly reason: string
  /** What makes it an `update`, given to `plan` as `allow`. Undefined: nothing does. */
  readonly allowance: Allowance | undefined
}

/** One difference between declarations and account, as data. `apply` makes the first four. */
export type Change = Create | Update | Tag | Remove | CannotChange | Unmanaged
