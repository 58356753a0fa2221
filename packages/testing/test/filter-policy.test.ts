import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { invalidParameter } from '../src/simulator/aws-error.ts'
import { readFilterPolicy } from '../src/simulator/filter/check-filter-policy.ts'
import { filterMatches, type FilterScope } from '../src/simulator/filter/filter-policy.ts'

function read(policy: unknown, scope: FilterScope = 'MessageBody') {
  const read = readFilterPolicy(JSON.stringify(policy), scope)
  if (read === undefined) throw new Error('No policy')
  return read
}

const letsBodyThrough = (policy: unknown, body: unknown) =>
  filterMatches(read(policy), 'MessageBody', { body: JSON.stringify(body), attributes: {} })

const lets = (rule: unknown, value: unknown) => letsBodyThrough({ key: [rule] }, { key: value, other: 1 })

type Attributes = Parameters<typeof filterMatches>[2]['attributes']

const letsAttributesThrough = (policy: unknown, attributes: Attributes) =>
  filterMatches(read(policy, 'MessageAttributes'), 'MessageAttributes', { body: 'text', attributes })

const text = (value: string) => ({ DataType: 'String', StringValue: value })
const number = (value: string) => ({ DataType: 'Number', StringValue: value })
const array = (value: string) => ({ DataType: 'String.Array', StringValue: value })

describe('a rule', () => {
  test.each([
    // exact: JSON's types are told apart
    ['rugby', 'rugby', true],
    ['rugby', 'Rugby', false],
    ['1', 1, false],
    [1, 1.0, true],
    [301.5, 3.015e2, true],
    [1, '1', false],
    [true, true, true],
    [true, 'true', false],
    [null, null, true],
    [null, '', false],
    ['', '', true],
    // operators on text
    [{ prefix: 'bas' }, 'baseball', true],
    [{ prefix: 'bas' }, 'a bas', false],
    [{ prefix: '1' }, 12, false],
    [{ suffix: 'ball' }, 'baseball', true],
    [{ suffix: 'ball' }, 'balls', false],
    [{ 'equals-ignore-case': 'TeNNis' }, 'tEnniS', true],
    [{ 'equals-ignore-case': 'tennis' }, 'tennis ', false],
    [{ wildcard: '*ball' }, 'baseball', true],
    [{ wildcard: 'b*e*l' }, 'baseball', true],
    [{ wildcard: 'b*x*l' }, 'baseball', false],
    [{ wildcard: 'base*' }, 'base', true],
    [{ wildcard: 'ab*ba' }, 'aba', false],
    [{ wildcard: 'a*b*b' }, 'ab', false],
    [{ wildcard: 'ball' }, 'baseball', false],
    [{ wildcard: '*' }, 'line\nbreak', true],
    [{ wildcard: 'a\\*\\\\' }, 'a*\\', true],
    [{ wildcard: 'a\\*' }, 'ab', false],
    // addresses
    [{ cidr: '10.0.0.0/24' }, '10.0.0.255', true],
    [{ cidr: '10.0.0.0/24' }, '10.0.1.0', false],
    [{ cidr: '10.0.0.0/24' }, '10.0.0.256', false],
    [{ cidr: '10.0.0.0/24' }, '::ffff:10.0.0.1', false],
    [{ cidr: '10.0.0.77/24' }, '10.0.0.1', true],
    [{ cidr: '2001:db8:1234:1a00::/64' }, '2001:0db8:1234:1a00:0000:0000:0000:0000', true],
    [{ cidr: '2001:db8:1234:1a00::/64' }, '2001:0db8:123f:1a01:0000:0000:0000:0000', false],
    [{ cidr: '10.0.0.0/24' }, 'text', false],
    // numbers
    [{ numeric: ['=', 300] }, 300, true],
    [{ numeric: ['=', 300] }, '300', false],
    [{ numeric: ['<', 5] }, 5, false],
    [{ numeric: ['<=', 5] }, 5, true],
    [{ numeric: ['>', 5] }, 5, false],
    [{ numeric: ['>=', 5] }, 5, true],
    [{ numeric: ['>', 0, '<=', 100] }, 100, true],
    [{ numeric: ['>', 0, '<=', 100] }, 0, false],
    [{ numeric: ['>', 0, '<=', 100] }, 100.1, false],
    // anything but
    [{ 'anything-but': 'rugby' }, 'rugby', false],
    [{ 'anything-but': 'rugby' }, 'tennis', true],
    [{ 'anything-but': 'rugby' }, 1, true],
    [{ 'anything-but': ['rugby', 'tennis'] }, 'tennis', false],
    [{ 'anything-but': ['rugby', 'tennis'] }, 'golf', true],
    [{ 'anything-but': [100, 500] }, 100, false],
    [{ 'anything-but': [100, 500] }, 100.1, true],
    [{ 'anything-but': { prefix: 'order-' } }, 'order-paid', false],
    [{ 'anything-but': { prefix: 'order-' } }, 'order_paid', true],
    // keys: a value has to be there
    [{ exists: true }, 'any', true],
    [{ exists: true }, 0, true],
    [{ exists: true }, null, false],
    [{ exists: true }, undefined, false],
    [{ exists: false }, undefined, true],
    [{ exists: false }, 'any', false],
    [{ exists: true }, { inner: 1 }, false],
    [{ exists: true }, [], false],
    [{ 'anything-but': 'rugby' }, undefined, false],
    [null, undefined, false],
    // arrays: one element is enough
    ['rugby', ['golf', 'rugby'], true],
    ['rugby', [['golf'], [['rugby']]], true],
    ['rugby', ['golf'], false],
    [{ 'anything-but': ['rugby', 'tennis'] }, ['rugby', 'golf'], true],
    [{ 'anything-but': ['rugby', 'tennis'] }, ['rugby', 'tennis'], false],
    [{ exists: false }, ['rugby'], false],
  ])('%j on %j: %s', (rule, value, expected) => {
    expect(lets(rule, value)).toBe(expected)
  })

  const patterns = fc.array(fc.constantFrom('a', 'b', '*'), { maxLength: 8 }).map((parts) => parts.join(''))

  test('with a wildcard takes the same texts as a regular expression', () => {
    const wildcards = patterns.filter((pattern) => !pattern.includes('**'))
    fc.assert(
      fc.property(wildcards, fc.stringMatching(/^[ab]{0,10}$/), (pattern, value) => {
        expect(lets({ wildcard: pattern }, value)).toBe(new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(value))
      }),
    )
  })

  test('with anything-but takes what the rule without it refuses', () => {
    const values = fc.oneof(fc.constantFrom('a', 'ab', 'b'), fc.integer({ max: 2, min: 0 }))
    const others = fc.oneof(fc.constantFrom('a', 'ab'), fc.constantFrom(0, 1))
    fc.assert(
      fc.property(others, values, (other, value) => {
        expect(lets({ 'anything-but': other }, value)).toBe(!lets(other, value))
      }),
    )
    fc.assert(
      fc.property(fc.constantFrom('', 'a', 'ab'), values, (prefix, value) => {
        expect(lets({ 'anything-but': { prefix } }, value)).toBe(!lets({ prefix }, value))
      }),
    )
  })

  test('on an array takes it when it takes an element', () => {
    const values = fc.array(fc.oneof(fc.constantFrom('a', 'b', ''), fc.integer({ max: 2, min: 0 }), fc.boolean()))
    const rules = fc.constantFrom<unknown>(
      'a',
      1,
      true,
      { prefix: 'a' },
      { numeric: ['>', 0] },
      { 'anything-but': 'a' },
    )
    fc.assert(
      fc.property(rules, values, (rule, elements) => {
        expect(lets(rule, elements)).toBe(elements.some((element) => lets(rule, element)))
      }),
    )
  })
})

describe('a policy', () => {
  test.each([
    ['all keys have to match', { a: [1], b: [2] }, { a: 1, b: 2 }, true],
    ['one key that does not match refuses', { a: [1], b: [2] }, { a: 1, b: 3 }, false],
    ['one value of a list is enough', { a: [1, { prefix: 'x' }] }, { a: 'xy' }, true],
    ['nested keys', { a: { b: { c: [1] } } }, { a: { b: { c: 1 } } }, true],
    ['a value where an object is expected', { a: { b: [1] } }, { a: 1 }, false],
    ['dots in the policy for nesting', { 'a.b': [1] }, { a: { b: 1 } }, true],
    ['dots in the body for nesting', { a: { b: { c: [1] } } }, { 'a.b': { c: 1 } }, true],
    ['arrays of arrays of objects', { a: { b: [1] } }, { a: [[{ b: 2 }], [{ b: 1 }]] }, true],
    ['keys that the policy does not name', { a: [1] }, { a: 1, b: [], c: { d: null } }, true],
    ['names of Object.prototype', { constructor: [{ exists: true }] }, { a: 1 }, false],
    ['no fields at all', { a: [{ exists: false }] }, {}, false],
    ['an array for a body', { a: [1] }, [{ a: 1 }], false],
    ['JSON text for a body', { a: [1] }, 'a', false],
    ['$or: the second branch', { $or: [{ a: [1] }, { b: [2] }] }, { b: 2 }, true],
    ['$or: no branch', { $or: [{ a: [1] }, { b: [2] }] }, { a: 2, b: 1 }, false],
    ['$or and its sibling', { $or: [{ a: [1] }, { b: [2] }], c: [3] }, { a: 1, c: 4 }, false],
    ['$or in $or', { $or: [{ a: [1] }, { b: [2], $or: [{ c: [3] }, { d: [4] }] }] }, { b: 2, d: 4 }, true],
    ['$or under a key', { a: { $or: [{ b: [1] }, { c: [2] }] } }, { a: { c: 2 } }, true],
    ['$or under a key looks under that key', { a: { $or: [{ b: [1] }, { c: [2] }] } }, { c: 2 }, false],
    ['$or of rules is a key', { $or: [{ prefix: 'x' }, { exists: false }] }, { $or: 'xy' }, true],
  ])('%s', (_, policy, body, expected) => {
    expect(letsBodyThrough(policy, body)).toBe(expected)
  })

  test('matches no body that is not JSON', () => {
    expect(filterMatches(read({ a: [{ exists: false }] }), 'MessageBody', { body: 'a', attributes: {} })).toBe(false)
  })

  test('takes a body of many values', () => {
    expect(lets('last', [...Array.from({ length: 200_000 }, String), 'last'])).toBe(true)
  })

  test.each([
    ['text', { a: ['x'] }, { a: text('x') }, true],
    ['a label on text', { a: ['x'] }, { a: { DataType: 'String.name', StringValue: 'x' } }, true],
    ['a number', { a: [99] }, { a: number('9.9e1') }, true],
    ['a number in a range', { a: [{ numeric: ['>', 0] }] }, { a: number('99') }, true],
    ['a number is no text', { a: ['99'] }, { a: number('99') }, false],
    ['text is no number', { a: [99, { numeric: ['=', 99] }] }, { a: text('99') }, false],
    ['one element of an array', { a: ['x'] }, { a: array('["y", "x"]') }, true],
    ['elements that are no text', { a: [true, 1] }, { a: array('[true]') }, true],
    ['an array that is not JSON', { a: [{ exists: true }] }, { a: array("['x']") }, false],
    ['an unreadable array beside', { b: ['x'] }, { a: array('x'), b: text('x') }, false],
    ['an array of objects', { a: [{ exists: true }] }, { a: array('[{}]') }, false],
    [
      'binary is not seen',
      { a: [{ exists: true }] },
      { a: { DataType: 'Binary', BinaryValue: new Uint8Array(1) } },
      false,
    ],
    ['an absent one beside another', { a: [{ exists: false }] }, { b: text('x') }, true],
    ['an absent one beside none', { a: [{ exists: false }] }, {}, false],
    ['$or', { a: ['x'], $or: [{ b: ['y'] }, { c: ['z'] }] }, { a: text('x'), c: text('z') }, true],
    ['a dot in a name', { 'a.b': ['x'] }, { 'a.b': text('x') }, true],
  ])('on attributes: %s', (_, policy, attributes: Attributes, expected) => {
    expect(letsAttributesThrough(policy, attributes)).toBe(expected)
  })
})

describe('reading a policy', () => {
  test.each(['', '{}', ' {} '])('%j is no policy', (text) => {
    expect(readFilterPolicy(text, 'MessageAttributes')).toBeUndefined()
  })

  const values = (count: number) => Array.from({ length: count }, (_, index) => `value${index}`)
  const flat = (counts: readonly number[]) => Object.fromEntries(counts.map((count, key) => [`k${key}`, values(count)]))

  test.each([
    [{ key: [['value']] }, 'Match value must be String, number, true, false, or null'],
    [{ key: [{ 'wrong-operator': true }] }, 'Unrecognized match type wrong-operator'],
    [{ key: [{ suffix: 'value', prefix: 'value2' }] }, 'Only one key allowed in match expression'],
    [{ key: [{}] }, 'Match expression name not found'],
    [{ key: [] }, 'Empty arrays are not allowed'],
    [{ key: {} }, 'Empty objects are not allowed'],
    [{ key: 'v' }, '"key" must be an object or an array'],
    [{ key: { suffix: 'value' } }, '"suffix" must be an object or an array'],
    [['key'], 'Filter is not an object'],
    [{ $or: 'x' }, '"$or" must be an object or an array'],
    [{ $or: [{ a: [1] }] }, 'Unrecognized match type a'],
    [{ $or: [{ a: [1] }, {}] }, 'Empty objects are not allowed'],
    [{ key: [{ suffix: 100 }] }, 'suffix match pattern must be a string'],
    [{ key: [{ prefix: null }] }, 'prefix match pattern must be a string'],
    [{ key: [{ 'equals-ignore-case': [] }] }, 'equals-ignore-case match pattern must be a string'],
    [{ key: [{ wildcard: 1 }] }, 'wildcard match pattern must be a string'],
    [{ key: [{ wildcard: 'a**' }] }, 'Consecutive wildcard characters at pos 2'],
    [{ key: [{ wildcard: '\\a' }] }, 'Invalid escape character at pos 1'],
    [{ key: [{ exists: null }] }, 'exists match pattern must be either true or false.'],
    [{ key: [{ exists: 'no' }] }, 'exists match pattern must be either true or false.'],
    [{ key: [{ cidr: ['bad-filter'] }] }, 'prefix match pattern must be a string'],
    [{ key: [{ cidr: 'bad-filter' }] }, "Malformed CIDR, one '/' required"],
    [{ key: [{ cidr: 'bad-filter/64' }] }, 'Nonstandard IP address: bad-filter'],
    [{ key: [{ cidr: 'bad-/64filter' }] }, 'Malformed CIDR, mask bits must be an integer'],
    [{ key: [{ cidr: 'xx.11.xx/8' }] }, 'Nonstandard IP address: xx.11.xx'],
    [{ key: [{ cidr: 'xxxx:db8:1234:1a00::/64' }] }, 'Nonstandard IP address: xxxx:db8:1234:1a00::'],
    [{ key: [{ cidr: '10.0.0.0/32' }] }, 'IPv4 mask bits must be < 32'],
    [{ key: [{ cidr: '::/128' }] }, 'IPv6 mask bits must be < 128'],
    [{ key: [{ numeric: 1 }] }, 'Value of numeric must be an array.'],
    [{ key: [{ numeric: [] }] }, 'Invalid member in numeric match: ]'],
    [{ key: [{ numeric: ['operator'] }] }, 'Unrecognized numeric range operator: operator'],
    [{ key: [{ numeric: [1, '<='] }] }, 'Invalid member in numeric match: 1'],
    [{ key: [{ numeric: ['=', '000'] }] }, 'Value of equals must be numeric'],
    [{ key: [{ numeric: ['>='] }] }, 'Value of >= must be numeric'],
    [{ key: [{ numeric: ['<', 100, '>', 10] }] }, 'Too many elements in numeric expression'],
    [{ key: [{ numeric: ['>=', 1, '>', 2] }] }, 'Bad numeric range operator: >'],
    [{ key: [{ numeric: ['>', 3, '<', 1] }] }, 'Bottom must be less than top'],
    [{ key: [{ numeric: ['>', 20, '<='] }] }, 'Value of <= must be numeric'],
    [{ key: [{ numeric: ['>', 20, 30] }] }, 'Bad value in numeric range: 30'],
    [{ key: [{ numeric: ['>', 20, 'test'] }] }, 'Bad numeric range operator: test'],
    [{ key: [{ numeric: ['>', '20', '<', '30'] }] }, 'Value of > must be numeric'],
    [{ key: [{ numeric: ['>', 20, '<', '30'] }] }, 'Value of < must be numeric'],
    [{ key: [{ numeric: ['>', 20, '<', 30, '<', 50] }] }, 'Too many terms in numeric range expression'],
    [{ key: [{ 'anything-but': { 'wrong-operator': null } }] }, 'Unsupported anything-but pattern: wrong-operator'],
    [{ key: [{ 'anything-but': { suffix: 'test' } }] }, 'Unsupported anything-but pattern: suffix'],
    [{ key: [{ 'anything-but': { exists: false } }] }, 'Unsupported anything-but pattern: exists'],
    [{ key: [{ 'anything-but': { prefix: false } }] }, 'prefix match pattern must be a string'],
    [{ key: [{ 'anything-but': null }] }, 'Value of anything-but must be an array or single string/number value.'],
    [{ key: [{ 'anything-but': [null] }] }, 'Inside anything but list, start|null|boolean is not supported.'],
    [
      { key: [{ 'anything-but': ['a', 1] }] },
      'Inside anything but list, either all values are number or string, mixed type is not supported',
    ],
    [flat([1, 1, 1, 1, 1, 1]), 'Filter policy can not have more than 5 keys'],
  ])('%j: %s', (policy, reason) => {
    expect(() => read(policy)).toThrow(invalidParameter(`FilterPolicy: ${reason}`))
  })

  test('text that is not JSON is refused', () => {
    expect(() => readFilterPolicy('{invalidjson}', 'MessageBody')).toThrow(
      /^Invalid parameter: FilterPolicy: failed to parse JSON\. ./,
    )
  })

  test('a nested policy is for bodies', () => {
    const text = JSON.stringify({ object: { key: [{ prefix: 'auto-' }] } })
    expect(readFilterPolicy(text, 'MessageBody')).toBeDefined()
    expect(() => readFilterPolicy(text, 'MessageAttributes')).toThrow(
      invalidParameter('Filter policy scope MessageAttributes does not support nested filter policy'),
    )
  })

  test('who asks words the refusal', () => {
    const refuse = (reason: string) => invalidParameter(`Attributes Reason: ${reason}`)
    expect(() => readFilterPolicy('[]', 'MessageBody', refuse)).toThrow(
      'Invalid parameter: Attributes Reason: FilterPolicy: Filter is not an object',
    )
  })

  const nested = (a: number, b: number, c: number) => ({
    a: { b: { c: values(a) } },
    d: { e: values(b) },
    f: values(c),
  })
  const flatOr = (source: number, name: number, type: number, id: number, space: number) => ({
    source: values(source),
    $or: [{ name: values(name) }, { type: values(type), $or: [{ id: values(id) }, { space: values(space) }] }],
  })
  const nestedOr = (types: number) => ({
    $or: [{ name: values(3) }, { space: values(2) }],
    detail: { scope: values(2), $or: [{ source: values(1) }, { type: values(types) }] },
  })

  test.each([
    ['150 values', flat([150])],
    ['50 x 3', flat([50, 3])],
    ['3 x 4 x 2 x 2 x 1 x 3 = 144', nested(4, 2, 3)],
    ['150 values under a dotted key', { 'a.b.c': values(150) }],
    ['3 x 6 + 3 x 4 x 4 + 3 x 4 x 7 = 150', flatOr(3, 6, 4, 4, 7)],
    ['3 x 4 x 2 + 3 x 4 x 4 + 2 x 4 x 2 + 2 x 4 x 4 = 120', nestedOr(2)],
  ])('%s combinations are fine', (_, policy) => {
    expect(read(policy)).toBeDefined()
  })

  test.each([
    ['151 values', flat([151])],
    ['100 x 51', flat([100, 51])],
    ['3 x 4 x 2 x 3 x 1 x 3 = 216', nested(4, 3, 3)],
    ['4 x 6 + 4 x 4 x 4 + 4 x 4 x 4 = 152', flatOr(4, 6, 4, 4, 4)],
    ['3 x 4 x 2 + 3 x 4 x 6 + 2 x 4 x 2 + 2 x 4 x 6 = 160', nestedOr(3)],
    ['2 to the 40th', { a: Object.fromEntries(values(40).map((key) => [key, { $or: [{ b: [1] }, { c: [1] }] }])) }],
  ])('%s combinations are too many', (_, policy) => {
    expect(() => read(policy)).toThrow(invalidParameter('FilterPolicy: Filter policy is too complex'))
  })
})
