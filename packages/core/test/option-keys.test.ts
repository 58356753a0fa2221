import { checkKeys, OptionsError } from '@waybill/core'
import { describe, expect, test } from 'vitest'

const KNOWN = ['handlers', 'visibilityTimeout', 'deadLetter', 'namePrefix', 'id', 'order.paid']
const LIST = 'handlers, visibilityTimeout, deadLetter, namePrefix, id, order.paid'

describe('options', () => {
  test.each([
    [{}],
    [{ id: 1, 'order.paid': undefined }],
    [Object.create(null)],
    [
      new (class {
        id = 1
      })(),
    ],
  ])('may be %o', (options) => {
    expect(() => checkKeys(options, KNOWN, 'make')).not.toThrow()
  })

  test.each([
    [undefined, 'make: undefined is not an object of options. Write { handlers: … }.'],
    [null, 'make: null is not an object of options. Write { handlers: … }.'],
    [5, 'make: 5 is not an object of options. Write { handlers: … }.'],
    ['30s', "make: '30s' is not an object of options. Write { handlers: … }."],
    [() => {}, 'make: a function is not an object of options. Write { handlers: … }.'],
    [[], 'make: an array is not an object of options. Write { handlers: … }.'],
    [new Map([['id', 1]]), 'make: a Map is not an object of options. Write { handlers: … }.'],
  ])('are not %o', (options, message) => {
    expect(() => checkKeys(options, KNOWN, 'make')).toThrow(new OptionsError(message))
  })

  test('that are named by types are written in quotes', () => {
    const message = "write: 1 is not an object of options. Write { 'order.paid': … }."
    expect(() => checkKeys(1, ['order.paid'], 'write')).toThrow(new OptionsError(message))
  })
})

describe('a key that is no option', () => {
  test.each([
    ['a letter is missing', { visibiltyTimeout: 1 }, 'visibiltyTimeout', 'visibilityTimeout'],
    ['two are swapped', { hanlders: 1 }, 'hanlders', 'handlers'],
    ['one is too many', { handlerss: 1 }, 'handlerss', 'handlers'],
    ['it is of another case', { DeadLetter: 1 }, 'DeadLetter', 'deadLetter'],
    ['it says more', { deadLetterQueue: 1 }, 'deadLetterQueue', 'deadLetter'],
    ['it says less', { prefix: 1 }, 'prefix', 'namePrefix'],
    ['it is short', { ID: 1 }, 'ID', 'id'],
    ['it needs quotes', { 'order.payed': 1 }, 'order.payed', "'order.paid'"],
  ])('is answered with the near name: %s', (_, options, key, near) => {
    const message = `'${key}' is not an option of make. Did you mean ${near}?`
    expect(() => checkKeys(options, KNOWN, 'make')).toThrow(new OptionsError(message))
  })

  test.each([['concurrency'], ['to'], ['as'], ['0'], ['']])(
    'is answered with the list, when it is as far as %j',
    (key) => {
      const message = `'${key}' is not an option of make. Its options are ${LIST}.`
      expect(() => checkKeys({ [key]: 1 }, KNOWN, 'make')).toThrow(new OptionsError(message))
    },
  )

  test('is called what the caller says', () => {
    const names = ['tenant', 'region']
    expect(() => checkKeys({ tenat: 'x' }, names, 'shipped', 'attribute')).toThrow(
      new OptionsError("'tenat' is not an attribute of shipped. Did you mean tenant?"),
    )
    expect(() => checkKeys({ x: 'x' }, names, 'shipped', 'attribute')).toThrow(
      new OptionsError("'x' is not an attribute of shipped. Its attributes are tenant, region."),
    )
    expect(() => checkKeys('x', names, 'shipped', 'attribute')).toThrow(
      new OptionsError("shipped: 'x' is not an object of attributes. Write { tenant: … }."),
    )
  })

  test('is refused where there are none', () => {
    expect(() => checkKeys({ note: 1 }, [], 'write')).toThrow(
      new OptionsError("'note' is not an option of write. It takes none."),
    )
    expect(() => checkKeys(1, [], 'write')).toThrow(
      new OptionsError('write: 1 is not an object of options. It takes none.'),
    )
  })
})
