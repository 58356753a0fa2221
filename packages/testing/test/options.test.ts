import {
  delayAnswer,
  delayCall,
  dropAnswer,
  fail,
  failEntries,
  omitEntries,
  simulate,
  VirtualClock,
} from '@waybill/testing'
import { describe, expect, test } from 'vitest'

const OF_SIMULATE =
  'Its options are clock, seed, reorder, duplicate, inFlightLimit, accountId, region, namePrefix, locate, logger.'
const FAILURES =
  "'throttled', 'over-limit', 'unavailable', 'access-denied', 'kms-throttled', 'kms-denied', 'topic-missing', 'queue-missing' or 'handle-expired'"
const KINDS = "'send', 'receive', 'delete', 'changeVisibility', 'publish' or 'admin'"
const NOT_RANDOM: object = { now: () => 0, epoch: () => 0, after: () => {}, watchTurns: () => {} }

/** As from JavaScript: whatever the types say. */
const javascript = (value: unknown) => value as never
const refused = (message: string) => expect.objectContaining({ name: 'OptionsError', message })

describe('simulate', () => {
  test.each([
    [{ foo: 1 }, `'foo' is not an option of simulate. ${OF_SIMULATE}`],
    [{ inflightLimits: 1 }, "'inflightLimits' is not an option of simulate. Did you mean inFlightLimit?"],
    [5, 'simulate: 5 is not an object of options. Write { clock: … }.'],
    [{ reorder: 5 }, 'reorder: 5 is not a number from 0 to 1. Write 0.05 for one in twenty.'],
    [{ reorder: true }, 'reorder: true is not a number from 0 to 1. Write 0.05 for one in twenty.'],
    [{ duplicate: -1 }, 'duplicate: -1 is not a number from 0 to 1. Write 0.05 for one in twenty.'],
    [{ duplicate: NaN }, 'duplicate: NaN is not a number from 0 to 1. Write 0.05 for one in twenty.'],
    [{ inFlightLimit: 0 }, 'inFlightLimit: 0 is not a whole number of at least 1.'],
    [{ seed: 0.5 }, 'seed: 0.5 is not a whole number. Write 1, or any other.'],
    [{ seed: 'a' }, "seed: 'a' is not a whole number. Write 1, or any other."],
    [{ clock: VirtualClock }, 'clock: a function is no clock. Give a VirtualClock, or systemClock.'],
    [{ clock: NOT_RANDOM }, 'clock: an object is no clock. Give a VirtualClock, or systemClock.'],
    [{ clock: { now: () => 0 } }, 'clock: an object is no clock. Give a VirtualClock, or systemClock.'],
  ])('refuses %j and says what to write', (options, message) => {
    expect(() => simulate(javascript(options))).toThrow(refused(message))
  })
})

describe('VirtualClock', () => {
  test.each([
    [{ speed: 2 }, "'speed' is not an option of VirtualClock. Did you mean seed?"],
    [{ auto: 'yes' }, "auto: 'yes' is not a boolean. Write true or false."],
    [{ seed: NaN }, 'seed: NaN is not a whole number. Write 1, or any other.'],
  ])('refuses %j and says what to write', (options, message) => {
    expect(() => new VirtualClock(javascript(options))).toThrow(refused(message))
  })

  test('refuses times without a unit, and what can not be waited for or run', async () => {
    const clock = new VirtualClock()
    const calls: readonly (readonly [() => unknown, string])[] = [
      [() => clock.advance(javascript(30)), "advance: 30 has no unit. Did you mean '30ms'?"],
      [() => clock.advance(javascript('30')), "advance: '30' has no unit. Did you mean '30ms'?"],
      [() => clock.until(Promise.resolve(), { within: javascript(5) }), "within: 5 has no unit. Did you mean '5s'?"],
      [
        () => clock.until(Promise.resolve(), javascript('5m')),
        "until: '5m' is not an object of options. Write { within: … }.",
      ],
      [
        () => clock.until(javascript(() => {})),
        'until: a function is not a promise. Write clock.until(consumer.stop()) or so.',
      ],
      [async () => clock.freeze(javascript(1_000)), "freeze: 1000 has no unit. Did you mean '1000ms'?"],
      [async () => clock.after(5, javascript('ring')), "after: 'ring' is not a function. Write () => ring()."],
    ]
    for (const [call, message] of calls) await expect(call()).rejects.toEqual(refused(message))
    expect({ now: clock.now(), timers: clock.timers }).toEqual({ now: 0, timers: 0 })
  })
})

describe('faults.on', () => {
  test.each([
    [['recieve', fail('network')], `faults.on: 'recieve' is unknown. Write ${KINDS}.`],
    [['ReceiveMessage', fail('network')], `faults.on: 'ReceiveMessage' is unknown. Write ${KINDS}.`],
    [['receive', 'network'], "faults.on: 'network' is not a function. Write fail('network') or so."],
    [['receive', fail('network'), { time: 1 }], "'time' is not an option of faults.on. Did you mean times?"],
    [['receive', fail('network'), { times: -1 }], 'times: -1 is not a whole number of at least 0.'],
    [
      ['receive', fail('network'), { probability: 2 }],
      'probability: 2 is not a number from 0 to 1. Write 0.05 for one in twenty.',
    ],
    [
      ['receive', fail('network'), { when: 'orders' }],
      "when: 'orders' is not a function. Write ({ target }) => target === 'orders'.",
    ],
  ])('refuses %j and says what to write', async (args, message) => {
    await using aws = simulate()
    expect(() => Reflect.apply(aws.faults.on, aws.faults, args)).toThrow(refused(message))
    await aws.admin.createQueue('jobs', {})
  })
})

test.each([
  ['a failure', () => fail(javascript('timeout')), `fail: 'timeout' is unknown. Write 'network', ${FAILURES}.`],
  ['nothing', () => fail(javascript(undefined)), `fail: undefined is unknown. Write 'network', ${FAILURES}.`],
  ['a refusal', () => failEntries(javascript('network')), `failEntries: 'network' is unknown. Write ${FAILURES}.`],
  [
    'which entries fail',
    () => failEntries('throttled', javascript([0, 1])),
    'failEntries: an array is not a function. Write (entry, index) => index === 0 or so.',
  ],
  [
    'which entries are omitted',
    () => omitEntries(javascript(0)),
    'omitEntries: 0 is not a function. Write (entry, index) => index === 0 or so.',
  ],
  [
    'an option',
    () => dropAnswer(javascript('5s')),
    "dropAnswer: '5s' is not an object of options. Write { after: … }.",
  ],
  ['a time', () => dropAnswer({ after: javascript(5) }), "after: 5 has no unit. Did you mean '5ms'?"],
  ['a delay', () => delayAnswer(javascript(5)), "delayAnswer: 5 has no unit. Did you mean '5ms'?"],
  ['a delayed call', () => delayCall(javascript('5')), "delayCall: '5' has no unit. Did you mean '5ms'?"],
])('%s that can not be is refused where it is written, not when it befalls a call', (_what, make, message) => {
  expect(make).toThrow(refused(message))
})

test('what is no queue has no contents: it is refused', async () => {
  await using aws = simulate()
  const message = "'jobs' is not a declared queue. Give what defineQueue() returned."
  expect(() => aws.contents(javascript('jobs'))).toThrow(refused(message))
  expect(() => aws.deadLetters(javascript('jobs'))).toThrow(refused(message))
})
