import { checkKeys, type Clock, integerOption, OptionsError, quote } from '@waybill/core'
import { checkPlaceOptions, type ConnectOptions, type Logger } from '@waybill/sqs'
import { likelihoodOption } from './check-options.ts'
import { silent } from './silent.ts'
import { VirtualClock } from './virtual-clock.ts'

export interface SimulateOptions extends Pick<ConnectOptions, 'accountId' | 'locate' | 'namePrefix' | 'region'> {
  /**
   * Default: a {@link VirtualClock} that moves on to its next timer by itself, each real millisecond, so that nothing has to
   * be waited for. Give one of your own to say when time passes, or `systemClock` for handlers that do real work.
   */
  readonly clock?: Clock | undefined
  /**
   * A whole number that whatever is random follows from: faults, `reorder`, `duplicate`, and the jitter of the default
   * clock. A clock of your own has its own seed. Default: 1.
   */
  readonly seed?: number | undefined
  /** How likely a standard queue gives any message in place of the next, from 0 to 1. Default: 0. */
  readonly reorder?: number | undefined
  /** How likely a standard queue gives a message and leaves it visible, from 0 to 1. Default: 0. */
  readonly duplicate?: number | undefined
  /** Messages in flight that a queue bears, at least 1. Default: SQS's own, 120,000. */
  readonly inFlightLimit?: number | undefined
  /** Default: nothing is logged. */
  readonly logger?: Logger | undefined
}

const NAMES = [
  'clock',
  'seed',
  'reorder',
  'duplicate',
  'inFlightLimit',
  'accountId',
  'region',
  'namePrefix',
  'locate',
  'logger',
]
const CLOCK_METHODS = ['now', 'epoch', 'after', 'watchTurns', 'random']

/** Complete and checked. `own` is the clock that nobody else has. */
export function resolveOptions(options: SimulateOptions) {
  checkKeys(options, NAMES, 'simulate')
  checkPlaceOptions(options, 'simulate')
  const { clock, seed = 1, reorder = 0, duplicate = 0, inFlightLimit = 120_000 } = options
  const { accountId = '000000000000', region = 'us-east-1', locate, logger = silent, namePrefix } = options
  if (clock !== undefined) checkClock(clock)
  const own = new VirtualClock({ auto: clock === undefined, seed })
  return {
    clock: clock ?? own,
    own,
    seed,
    reorder: likelihoodOption('reorder', reorder),
    duplicate: likelihoodOption('duplicate', duplicate),
    inFlightLimit: integerOption('inFlightLimit', inFlightLimit, 1, Number.MAX_SAFE_INTEGER),
    accountId,
    region,
    locate,
    logger,
    namePrefix,
  }
}

function checkClock(clock: unknown): void {
  const isClock = typeof clock === 'object' && clock !== null
  if (isClock && CLOCK_METHODS.every((name) => typeof Reflect.get(clock, name) === 'function')) return
  throw new OptionsError(`clock: ${quote(clock)} is no clock. Give a VirtualClock, or systemClock.`)
}
