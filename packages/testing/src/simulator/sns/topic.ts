import type { Clock } from '@waybill/core'
import type { FilterPolicy, FilterScope } from '../filter/filter-policy.ts'
import { RecentAnswers } from '../recent-answers.ts'

export type SnsAttributes = Readonly<Record<string, string>>

export interface Subscription {
  readonly arn: string
  readonly endpoint: string
  /** A queue of another account: it waits for that to confirm it, for ever. */
  readonly pending: boolean
  attributes: SnsAttributes
  /** What FilterPolicy says, read once. */
  filter: FilterPolicy | undefined
}

export interface Published {
  readonly messageId: string
  readonly sequenceNumber: string | undefined
}

/** A topic, and who gets what is published to it. */
export interface Topic {
  readonly arn: string
  readonly fifo: boolean
  attributes: SnsAttributes
  tags: SnsAttributes
  readonly subscriptions: Map<string, Subscription>
  readonly deduplication: RecentAnswers<Published>
  sequence: number
}

export function newTopic(arn: string, attributes: SnsAttributes, tags: SnsAttributes, clock: Clock): Topic {
  return {
    arn,
    fifo: attributes['FifoTopic'] === 'true',
    attributes,
    tags,
    subscriptions: new Map(),
    deduplication: new RecentAnswers(clock),
    sequence: 0,
  }
}

export function filterScopeOf({ FilterPolicyScope }: SnsAttributes): FilterScope {
  return FilterPolicyScope === 'MessageBody' ? 'MessageBody' : 'MessageAttributes'
}
