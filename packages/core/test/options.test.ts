import { integerOption, OptionsError, quote, WaybillError } from '@waybill/core'
import { describe, expect, test } from 'vitest'

describe('a whole number among the options', () => {
  test('is taken within its bounds, both included', () => {
    expect([1, 10].map((value) => integerOption('max', value, 1, 10))).toEqual([1, 10])
  })

  test.for([0, 11, 2.5, Number.NaN, Infinity])('%d is refused, with its bounds and whose they are', (value) => {
    const message = `max: ${value} is not a whole number from 1 to 10 (the bound of SQS).`
    expect(() => integerOption('max', value, 1, 10, 'the bound of SQS')).toThrow(new OptionsError(message))
  })

  test('without an upper bound says so', () => {
    const message = "concurrency: '5' is not a whole number of at least 1."
    expect(() => integerOption('concurrency', '5', 1, Number.MAX_SAFE_INTEGER)).toThrow(new OptionsError(message))
  })

  test('is refused with an error that code can tell apart', () => {
    const error = new OptionsError('x', { cause: 'y' })
    expect(error).toBeInstanceOf(WaybillError)
    expect(error).toMatchObject({ name: 'OptionsError', code: 'invalid-option', message: 'x', cause: 'y' })
  })
})

test.for([
  ['text', "'text'"],
  ['x'.repeat(61), `'${'x'.repeat(60)}…'`],
  [3, '3'],
  [undefined, 'undefined'],
  [null, 'null'],
  [[1], 'an array'],
  [{ a: 1 }, 'an object'],
  [() => {}, 'a function'],
] as const)('%o is quoted as %s', ([value, quoted]) => {
  expect(quote(value)).toBe(quoted)
})
