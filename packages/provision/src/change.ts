/** What a change is made to. A policy is that of a queue. */
export type Resource = 'queue' | 'policy' | 'topic' | 'subscription'

/** Attributes under SQS's and SNS's own names. */
export type Attributes = Readonly<Record<string, string>>

/** What a change is about. */
interface Subject {
  readonly resource: Resource
  /** The physical name; of a policy, its queue's; of a subscription, `<topic> to <queue>`. */
  readonly name: string
}

/** What a change is about, where it exists. */
export interface Existing extends Subject {
  /** AWS's own: a queue's URL, a topic's or a subscription's ARN. */
  readonly id: string
}

/** Something is missing. Of a policy: the statement that lets topics send, by its id. */
export interface Create extends Subject {
  readonly kind: 'create'
  /** Of a policy, the URL of its queue when that exists. */
  readonly id?: string | undefined
  readonly attributes: Attributes
}

/** An attribute differs, or a statement of a policy. */
export interface Update extends Existing {
  readonly kind: 'update'
  readonly attribute: string
  readonly from: string | undefined
  readonly to: string
}

/** An attribute differs and `apply` leaves it alone: SQS can't change it in place, or messages would be lost. */
export interface CannotChange extends Existing {
  readonly kind: 'cannot-change'
  readonly attribute: string
  readonly from: string
  readonly to: string
  readonly reason: string
}

/** Something of a declared queue or topic that is not declared. `apply` removes nothing. */
export interface Unmanaged extends Existing {
  readonly kind: 'unmanaged'
  readonly reason: string
}

/** One difference between declarations and account, as data. */
export type Change = Create | Update | CannotChange | Unmanaged

/** A change in one line, for people. */
export function describeChange(change: Change): string {
  const subject = `${change.resource} ${change.name}`
  switch (change.kind) {
    case 'create':
      return `create ${subject}${listed(change.attributes)}`
    case 'update':
      return `update ${subject}: ${change.attribute} from ${change.from ?? 'nothing'} to ${change.to}`
    case 'cannot-change':
      return `can't change ${subject}: ${change.attribute} from ${change.from} to ${change.to}: ${change.reason}`
    case 'unmanaged':
      return `unmanaged ${subject}: ${change.reason}`
  }
}

function listed(attributes: Attributes): string {
  const pairs = Object.entries(attributes).map(([name, value]) => `${name}=${value}`)
  return pairs.length === 0 ? '' : `: ${pairs.join(' ')}`
}
