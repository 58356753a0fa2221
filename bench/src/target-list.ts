import type { FigureName } from './figures.ts'

/** What Waybill is to stay within: a figure of one of its peers. */
export interface Target {
  readonly scenario: string
  /** Default: the scenario's only one. */
  readonly variant?: string
  readonly peer: string
  readonly figure: FigureName
  readonly is: Bound
  /** What a reader should know if it is missed. */
  readonly ifMissed?: string
}

type Bound =
  | { readonly kind: 'at most'; readonly value: number }
  /** So many times that of another peer. */
  | { readonly kind: 'times'; readonly value: number; readonly peer: string }
  /** Within so much of its own in another variant, either way. */
  | { readonly kind: 'flat'; readonly within: number; readonly base: string }
  /** So much more than that of another peer. */
  | { readonly kind: 'beyond'; readonly value: number; readonly peer: string }
  | { readonly kind: 'best' }
  /** Twice the standard error of its rounds; of a single one, this. */
  | { readonly kind: 'zero within'; readonly error: FigureName }

const atMost = (value: number): Bound => ({ kind: 'at most', value })
const times = (value: number, peer: string): Bound => ({ kind: 'times', value, peer })
const flat: Bound = { kind: 'flat', within: 0.15, base: 'concurrency 10' }
const best: Bound = { kind: 'best' }

const ONE_LOOK = `Requests are those of whole processes: one of Waybill's is GetQueueAttributes, once as it starts, which tells whether the queue
is of the declared type and where its redrive policy leads.`
const EITHER_WAY = `\`growth\` is missed by a message that gets cheaper, too. At concurrency 10 a process waits for one answer after another, and wakes
for each; at 100 it wakes for several.`

export const targets: readonly Target[] = [
  ...targetsOf('waybill', { consuming: 1, producing: 1.05 }),
  ...targetsOf('waybill-direct', { consuming: 0.4, producing: 0.4 }),
  { scenario: 'leases', peer: '100,000 in flight', figure: 'core', is: atMost(0.01) },
]

/** CPU: how many times that of the SDK by hand. */
function targetsOf(peer: string, cpu: { readonly consuming: number; readonly producing: number }): Target[] {
  return [
    { scenario: 'consume', peer, figure: 'cpu', is: times(cpu.consuming, 'sdk-loops') },
    { scenario: 'produce', peer, figure: 'cpu', is: times(cpu.producing, 'sdk-tens') },
    { scenario: 'consume', peer, figure: 'rate', is: best },
    { scenario: 'produce', peer, figure: 'rate', is: best },
    { scenario: 'end-to-end', peer, figure: 'requests', is: atMost(0.31) },
    { scenario: 'end-to-end', peer, figure: 'rate', is: best },
    // One every 20 s.
    { scenario: 'idle', peer, figure: 'requestsPerMinute', is: atMost(3.1) },
    // A thousandth of a core.
    { scenario: 'idle', peer, figure: 'cpuPerMinute', is: atMost(60) },
    { scenario: 'slow', variant: 'concurrency 100', peer, figure: 'requests', is: atMost(0.35) },
    { scenario: 'slow', variant: 'concurrency 100', peer, figure: 'requests', is: best, ifMissed: ONE_LOOK },
    { scenario: 'lone', peer: `${peer}-lone`, figure: 'p50', is: { kind: 'beyond', value: 1, peer: 'sdk-lone' } },
    { scenario: 'growth', variant: 'concurrency 100', peer, figure: 'cpu', is: flat, ifMissed: EITHER_WAY },
    { scenario: 'growth', variant: 'concurrency 1,000', peer, figure: 'cpu', is: flat, ifMissed: EITHER_WAY },
    { scenario: 'soak', peer, figure: 'growth', is: { kind: 'zero within', error: 'growthError' } },
  ]
}
