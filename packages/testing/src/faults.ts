import { checkKeys, type Clock, integerOption } from '@waybill/core'
import { type ApiCall, CALL_KINDS, type CallKind } from './api-call.ts'
import { checkFunction, checkOneOf, likelihoodOption } from './check-options.ts'
import type { Random } from './random.ts'

/** What a fault may use. */
export interface FaultTools {
  readonly clock: Clock
  readonly random: Random
  /** Ends the visibility timeout of what these handles of the call's queue stand for. */
  readonly expire: (handles: readonly string[]) => void
}

/** Stands in for a call. `make` makes it after all, with another input if one is given, and gives its answer. */
export type Fault = (
  call: ApiCall,
  make: (input?: Readonly<Record<string, unknown>>) => Promise<unknown>,
  tools: FaultTools,
) => Promise<unknown>

export interface FaultOptions {
  /** How many calls it befalls; then it is over. At least 0. Default: every one. */
  readonly times?: number | undefined
  /** How likely it befalls a call, from 0 to 1, by the simulation's seed. Default: 1. */
  readonly probability?: number | undefined
  /** Which calls it may befall. Default: all of that kind. */
  readonly when?: ((call: ApiCall) => boolean) | undefined
}

interface Planned {
  readonly kind: CallKind
  readonly fault: Fault
  readonly probability: number
  readonly when: (call: ApiCall) => boolean
  left: number
}

/** What goes wrong in a simulation, by kind of call. Of several faults that would befall a call, the one that was set first does. */
export class Faults {
  readonly #random: Random
  readonly #planned = new Set<Planned>()

  constructor(random: Random) {
    this.#random = random
  }

  /**
   * From now on the fault befalls calls of that kind, until it is disposed of, cleared or over.
   *
   * @throws {OptionsError} when there is no such kind, or an option can't be used.
   * @example
   * aws.faults.on('delete', fail('network'), { times: 3 })
   * @example
   * using _ = aws.faults.on('receive', hang(), { probability: 0.05, when: ({ target }) => target === 'orders' })
   */
  on(kind: CallKind, fault: Fault, options: FaultOptions = {}): Disposable {
    checkOneOf('faults.on', kind, CALL_KINDS)
    checkFunction('faults.on', fault, "fail('network') or so")
    const planned = { ...checked(options), kind, fault }
    if (planned.left > 0) this.#planned.add(planned)
    return { [Symbol.dispose]: () => void this.#planned.delete(planned) }
  }

  /** Ends all of them. Calls that they have befallen already go on as they do. */
  clear(): void {
    this.#planned.clear()
  }

  /** The fault that befalls this call, if any. */
  next(call: ApiCall): Fault | undefined {
    for (const planned of this.#planned) {
      const { kind, probability, when } = planned
      if (kind !== call.kind || !when(call)) continue
      if (probability < 1 && this.#random() >= probability) continue
      if (--planned.left <= 0) this.#planned.delete(planned)
      return planned.fault
    }
    return undefined
  }
}

function checked(options: FaultOptions) {
  checkKeys(options, ['times', 'probability', 'when'], 'faults.on')
  const { times, probability = 1, when = () => true } = options
  checkFunction('when', when, "({ target }) => target === 'orders'")
  return {
    left: times === undefined ? Infinity : integerOption('times', times, 0, Number.MAX_SAFE_INTEGER),
    probability: likelihoodOption('probability', probability),
    when,
  }
}
