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
    const message = "concurrency: 'many' is not a whole number of at least 1."
    expect(() => integerOption('concurrency', 'many', 1, Number.MAX_SAFE_INTEGER)).toThrow(new OptionsError(message))
  })

  test('of which there is only one is said to be that', () => {
    const message = 'version: 2 is not 1 (the versions defined).'
    expect(() => integerOption('version', 2, 1, 1, 'the versions defined')).toThrow(new OptionsError(message))
  })

  test.for([
    ['5', "'5' is a string, not a whole number from 1 to 10 (the bound of SQS). Write 5."],
    ['11', "'11' is not a whole number from 1 to 10 (the bound of SQS)."],
    ['', "'' is not a whole number from 1 to 10 (the bound of SQS)."],
    [5n, '5n is not a whole number from 1 to 10 (the bound of SQS).'],
    [null, 'null is not a whole number from 1 to 10 (the bound of SQS).'],
    [[5], 'an array is not a whole number from 1 to 10 (the bound of SQS).'],
  ] as const)('is not %o', ([value, problem]) => {
    expect(() => integerOption('max', value, 1, 10, 'the bound of SQS')).toThrow(new OptionsError(`max: ${problem}`))
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
  [Object.create(null), 'an object'],
  [new Map(), 'a Map'],
  [Promise.resolve(), 'a Promise'],
  [new AbortController(), 'an AbortController'],
  [10n, '10n'],
  [Symbol('x'), 'Symbol(x)'],
  [() => {}, 'a function'],
] as const)('%o is quoted as %s', ([value, quoted]) => {
  expect(quote(value)).toBe(quoted)
})
