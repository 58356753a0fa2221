import { duration, milliseconds, OptionsError, quote, wholeSeconds } from '@waybill/core'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'

describe('a duration', () => {
  test.for([
    ['250ms', 250],
    ['30s', 30_000],
    ['5m', 300_000],
    ['12h', 43_200_000],
    ['14d', 1_209_600_000],
    ['1.5s', 1_500],
    ['0s', 0],
  ] as const)('%s is %i milliseconds', ([text, ms]) => {
    expect(milliseconds(text, 'wait')).toBe(ms)
  })

  test('is a number and its unit, whatever the number', () => {
    const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom(...Object.entries(units)), (n, [unit, ms]) => {
        expect(milliseconds(duration(`${n}${unit}`), 'wait')).toBe(n * ms)
      }),
    )
  })

  test.for([
    [30, "wait: 30 has no unit. Did you mean '30s'?"],
    ['30', "wait: '30' has no unit. Did you mean '30s'?"],
    ['5M', "wait: '5M' is not a duration. Did you mean '5m'?"],
    ['30 seconds', "wait: '30 seconds' is not a duration. Did you mean '30s'?"],
    ['10 minutes', "wait: '10 minutes' is not a duration. Did you mean '10m'?"],
    ['200 millis', "wait: '200 millis' is not a duration. Did you mean '200ms'?"],
    ['1e3s', "wait: '1e3s' is not a duration. Write a number and its unit (ms, s, m, h or d), as in '30s'."],
    ['-5s', "wait: '-5s' is not a duration. Write a number and its unit (ms, s, m, h or d), as in '30s'."],
    ['soon', "wait: 'soon' is not a duration. Write a number and its unit (ms, s, m, h or d), as in '30s'."],
    ['5 weeks', "wait: '5 weeks' is not a duration. Write a number and its unit (ms, s, m, h or d), as in '30s'."],
    ['', "wait: '' is not a duration. Write a number and its unit (ms, s, m, h or d), as in '30s'."],
    [undefined, "wait: undefined is not a duration. Write a number and its unit (ms, s, m, h or d), as in '30s'."],
    [Number.NaN, "wait: NaN is not a duration. Write a number and its unit (ms, s, m, h or d), as in '30s'."],
    [Infinity, "wait: Infinity is not a duration. Write a number and its unit (ms, s, m, h or d), as in '30s'."],
    [-5, "wait: -5 is not a duration. Write a number and its unit (ms, s, m, h or d), as in '30s'."],
    [500, "wait: 500 has no unit. Did you mean '500ms'?"],
    [null, "wait: null is not a duration. Write a number and its unit (ms, s, m, h or d), as in '30s'."],
    [Symbol('x'), "wait: Symbol(x) is not a duration. Write a number and its unit (ms, s, m, h or d), as in '30s'."],
    [{}, "wait: an object is not a duration. Write a number and its unit (ms, s, m, h or d), as in '30s'."],
  ] as const)('%o is not one', ([value, message]) => {
    expect(() => milliseconds(value, 'wait')).toThrow(new OptionsError(message))
  })

  test('from outside is checked, and named as the caller says', () => {
    expect(duration('25s')).toBe('25s')
    expect(() => duration('25', 'STOP_TIMEOUT')).toThrow(
      new OptionsError("STOP_TIMEOUT: '25' has no unit. Did you mean '25s'?"),
    )
  })
})

const visibility = (value: unknown) => wholeSeconds(value, 'visibilityTimeout', 0, 43_200, 'the bound of SQS')

describe('whole seconds', () => {
  test('are read from any unit, bounds included', () => {
    expect(['0s', '2000ms', '2m', '12h'].map(visibility)).toEqual([0, 2, 120, 43_200])
  })

  test.for(['13h', '43201s', '1500ms'])('%s is refused, with the bounds and whose they are', (text) => {
    const message = `visibilityTimeout: '${text}' is not whole seconds from '0s' to '12h' (the bound of SQS).`
    expect(() => visibility(text)).toThrow(new OptionsError(message))
  })

  test.for([
    [30, '30s'],
    ['30', '30s'],
    [345_600, '345600s'],
    [30_000, '30000ms'],
    [0, '0s'],
  ] as const)(
    '%o without its unit is asked for as SQS has it, unless only milliseconds can be meant',
    ([value, meant]) => {
      const message = `visibilityTimeout: ${quote(value)} has no unit. Did you mean '${meant}'?`
      expect(() => visibility(value)).toThrow(new OptionsError(message))
    },
  )

  test('are refused when they are none at all, with what to write', () => {
    const message =
      "visibilityTimeout: NaN is not a duration. Write a number and its unit (ms, s, m, h or d), as in '30s'."
    expect(() => visibility(Number.NaN)).toThrow(new OptionsError(message))
  })
})
