import {
  type CallKind,
  delayAnswer,
  delayCall,
  dropAnswer,
  expireHandles,
  fail,
  failEntries,
  type Fault,
  hang,
  omitEntries,
} from 'waybill/testing'

/** The call is told to have failed, and may have had its effect. */
const ANSWER_LOST = [dropAnswer(), dropAnswer({ after: '3s' }), omitEntries((_entry, index) => index % 2 === 0)]
const NO_EFFECT = [
  fail('network'),
  fail('throttled'),
  fail('unavailable'),
  failEntries('throttled', (_entry, index) => index % 2 === 0),
  failEntries('unavailable', (_entry, index) => index % 2 === 1),
  hang(),
]
const LATE = [delayAnswer('1s'), delayCall('700ms')]

export interface ChaosOptions {
  /** How many calls it befalls, from 0 to 1. */
  readonly rate: () => number
  readonly ordered: boolean
  /** SQS too does what leases can't bear: receipt handles expire early. */
  readonly wild: boolean
}

/** One fault or another, drawn for each call. */
export function chaos(kind: CallKind, { ordered, rate, wild }: ChaosOptions): Fault {
  const faults = [
    ...NO_EFFECT,
    ...LATE,
    // a standard queue has a message twice when it is sent again
    ...(kind !== 'send' || ordered ? ANSWER_LOST : []),
    ...(kind === 'receive' ? [fail('over-limit')] : []),
    ...(wild && (kind === 'delete' || kind === 'changeVisibility') ? [expireHandles()] : []),
  ]
  return (call, make, tools) => {
    const fault = tools.random() < rate() ? faults[Math.floor(tools.random() * faults.length)] : undefined
    return fault ? fault(call, make, tools) : make()
  }
}
