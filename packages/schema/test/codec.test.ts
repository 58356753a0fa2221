import { createRequire } from 'node:module'
import { decode, defineMessage, encode, isoDate } from '@waybill/schema'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import * as mini from 'zod/mini'
import { contractError, js } from './as-javascript.ts'

const Money = z.object({ cents: z.int(), currency: z.string() })
const Paid = defineMessage('order.paid', z.object({ orderId: z.string(), cents: z.int() })).evolve(
  z.object({ orderId: z.string(), amount: Money, paidAt: isoDate }),
  (v1) => ({ orderId: v1.orderId, amount: { cents: v1.cents, currency: 'EUR' }, paidAt: new Date(0) }),
)
const Anything = defineMessage('anything', z.unknown())
const payload = { orderId: '17', amount: { cents: 500, currency: 'EUR' }, paidAt: new Date(0) }
const body = '{"orderId":"17","amount":{"cents":500,"currency":"EUR"},"paidAt":"1970-01-01T00:00:00.000Z"}'

test.each([
  ['encode', () => js.encode({ a: 1 }, Paid), 'an object is no message. Write encode(OrderPaid, payload).'],
  ['encode', () => js.encode('order.paid', {}), "'order.paid' is no message. Write encode(OrderPaid, payload)."],
  ['decode', () => js.decode('{}', Paid, 1), "'{}' is no message. Write decode(OrderPaid, body, version)."],
])('%s says what it takes first', (name, call, problem) => {
  expect(contractError(call)).toMatchObject({ code: 'definition', message: `${name}: ${problem}` })
})

describe('encode', () => {
  test('writes the payload as JSON and nothing else', () => {
    expect(encode(Paid, payload)).toBe(body)
  })

  test('writes an older version when asked, without the keys that it does not know', () => {
    const both = { ...payload, cents: 500 }
    expect(encode(Paid, both, 1)).toBe('{"orderId":"17","cents":500}')
  })

  test('leaves out keys that the contract does not know', () => {
    const more = { ...payload, secret: 1 }
    expect(encode(Paid, more)).toBe(body)
  })

  test('names every path of an invalid payload, and no value', () => {
    const error = contractError(() =>
      js.encode(Paid, { orderId: 12_345, amount: { cents: 'five', currency: 'EUR' }, paidAt: new Date(Number.NaN) }),
    )
    expect(error).toMatchObject({ code: 'invalid-payload', type: 'order.paid', version: 2 })
    expect(error.message).toBe(
      [
        "order.paid version 2: the payload to send doesn't fit its contract:",
        '  payload.orderId: Invalid input: expected string, received number',
        '  payload.amount.cents: Invalid input: expected number, received string',
        '  payload.paidAt: Invalid input: expected a valid date, received an invalid Date',
      ].join('\n'),
    )
    expect(error.issues.map(({ path }) => path)).toEqual(['payload.orderId', 'payload.amount.cents', 'payload.paidAt'])
    expect(error.message).not.toContain('12345')
    expect(error.message).not.toContain('five')
  })

  test('lists ten issues in the message and all in issues', () => {
    const Numbers = defineMessage('numbers', z.array(z.number()))
    const error = contractError(() =>
      js.encode(
        Numbers,
        Array.from({ length: 22 }, () => 'x'),
      ),
    )
    expect(error.message).toMatch(/payload\[9\]: .*\n  and 12 more$/)
    expect(error.message).not.toContain('payload[10]')
    expect(error.issues).toHaveLength(22)
  })

  test('says of a union what each option misses', () => {
    const Method = defineMessage(
      'method',
      z.object({ by: z.union([z.object({ card: z.string() }), z.object({ iban: z.string() })]) }),
    )
    expect(contractError(() => js.encode(Method, { by: {} })).issues.map(({ path }) => path)).toEqual([
      'payload.by',
      'payload.by.card',
      'payload.by.iban',
    ])
  })

  test('explains itself for zod/mini too, which has no messages of its own', () => {
    const Mini = defineMessage('mini', mini.object({ a: mini.string() }))
    expect(() => js.encode(Mini, { a: 1 })).toThrow('payload.a: Invalid input: expected string, received number')
  })

  test("prefers the schema's own messages", () => {
    const Own = defineMessage('own', z.object({ a: z.string('a name is needed') }))
    expect(() => js.encode(Own, {})).toThrow('payload.a: a name is needed')
  })

  test('cuts a long key and a long message', () => {
    const Counts = defineMessage('counts', z.record(z.string(), z.int()))
    const error = contractError(() => js.encode(Counts, { ['k'.repeat(9_999)]: 'x' }))
    expect(error.issues[0]?.path).toBe(`payload["${'k'.repeat(60)}…"]`)
    const Strict = defineMessage('strict', z.strictObject({}))
    expect(contractError(() => js.encode(Strict, { ['k'.repeat(9_999)]: 'x' })).message.length).toBeLessThan(400)
  })

  test.each([Number.NaN, Number.POSITIVE_INFINITY])('refuses %d, which JSON would make null', (value) => {
    expect(contractError(() => encode(defineMessage('n', z.number()), value)).code).toBe('invalid-payload')
  })

  test('writes what toJSON gives, where the contract allows anything', () => {
    expect(encode(Anything, { at: new Date(0), own: { toJSON: () => 'x' } })).toBe(
      '{"at":"1970-01-01T00:00:00.000Z","own":"x"}',
    )
  })

  const cycle: Record<string, unknown> = {}
  cycle['self'] = cycle
  test.each([
    ['undefined', undefined],
    ['a function', () => 1],
    ['a bigint', 1n],
    ['a cycle', cycle],
  ])('refuses %s, where the contract allows anything and JSON does not', (_, value) => {
    const error = contractError(() => encode(Anything, value))
    expect(error.code).toBe('invalid-payload')
    expect(error.message).toBe(
      'anything version 1: the payload to send has no JSON form: a cycle, a bigint, a function or undefined where the contract allows anything.',
    )
  })

  test.each([z, mini])('refuses a cycle in a contract that refers to itself', ({ object, array }) => {
    const Tree = object({
      get children() {
        return array(Tree)
      },
    })
    const tree: { children: unknown[] } = { children: [] }
    tree.children.push(tree)
    expect(contractError(() => js.encode(defineMessage('tree', Tree), tree)).code).toBe('invalid-payload')
  })

  test('drops __proto__ from objects and records', () => {
    const Records = defineMessage('records', z.object({ all: z.record(z.string(), z.json()) }))
    const hostile: unknown = JSON.parse('{"__proto__":{"admin":true},"all":{"__proto__":{"admin":true},"a":1}}')
    expect(js.encode(Records, hostile)).toBe('{"all":{"a":1}}')
  })
})

describe('decode', () => {
  test('reads what was written', () => {
    expect(decode(Paid, body, 2)).toEqual(payload)
  })

  test('up-casts an older version', () => {
    expect(decode(Paid, '{"orderId":"17","cents":500}', 1)).toEqual(payload)
  })

  test('up-casts step by step', () => {
    const Third = Paid.evolve(z.object({ orderId: z.string(), total: z.string() }), ({ orderId, amount }) => ({
      orderId,
      total: `${amount.cents} ${amount.currency}`,
    }))
    expect(decode(Third, '{"orderId":"17","cents":500}', 1)).toEqual({ orderId: '17', total: '500 EUR' })
    expect(decode(Third, body, 2)).toEqual({ orderId: '17', total: '500 EUR' })
  })

  test('gives an older version as it would have given the newest: unknown keys dropped', () => {
    const Second = defineMessage('m', z.object({ a: z.string() })).evolve(z.object({ b: z.string() }), (v1) => ({
      ...v1,
      b: v1.a,
    }))
    expect(decode(Second, '{"a":"x"}', 1)).toStrictEqual({ b: 'x' })
  })

  test('fills in defaults and drops keys that the contract does not know', () => {
    const Added = defineMessage('added', z.object({ a: z.string(), b: z.int().default(1) }))
    expect(decode(Added, '{"a":"x","later":true}', 1)).toStrictEqual({ a: 'x', b: 1 })
  })

  test.each(['', '{"card":"4111', 'hello 4111', 'undefined'])(
    'says that %j is not JSON, without quoting it',
    (text) => {
      const error = contractError(() => decode(Paid, text, 2))
      expect(error).toMatchObject({ code: 'not-json', type: 'order.paid', version: 2 })
      expect(error.cause).toBeUndefined()
      expect(error.message).toBe(`order.paid version 2: the body is not JSON (${text.length} characters).`)
    },
  )

  test('checks a body in the version that it was written in', () => {
    const error = contractError(() => decode(Paid, '{"orderId":"17"}', 1))
    expect(error).toMatchObject({ code: 'invalid-payload', version: 1, issues: [{ path: 'payload.cents' }] })
    expect(error.message).toMatch(/^order\.paid version 1: the body doesn't fit its contract:/)
  })

  test('says of a newer version that readers come first', () => {
    const error = contractError(() => decode(Paid, '{}', 3))
    expect(error).toMatchObject({ code: 'unknown-version', type: 'order.paid', version: 3 })
    expect(error.message).toBe(
      'order.paid: there is no version 3 here, versions 1 to 2. Deploy readers before writers.',
    )
  })

  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 'length', undefined])(
    'knows no version %s',
    (version) => {
      const error = contractError(() => js.decode(Paid, '{}', version))
      expect(error.code).toBe('unknown-version')
      expect(error.message).not.toContain('Deploy')
      expect(contractError(() => js.encode(Paid, payload, version ?? 0)).code).toBe('unknown-version')
    },
  )

  test('blames an up-caster that throws, and keeps its error as the cause', () => {
    const cause = new Error('no rate for 500')
    const Throwing = defineMessage('m', z.string()).evolve(z.string(), () => {
      throw cause
    })
    const error = contractError(() => decode(Throwing, '"x"', 1))
    expect(error).toMatchObject({ code: 'upcast', type: 'm', version: 1, cause })
    expect(error.message).toBe(
      "m version 1: the body, up-cast to version 2, can't be made: an up-caster threw (see cause).",
    )
  })

  test.each([
    ['resolves', async () => ({ a: 'x' })],
    ['rejects', () => Promise.reject(new Error('no rate'))],
  ])('blames an up-caster that is asynchronous, whether it %s', (_, upcast) => {
    const Async = js.defineMessage('m', z.string()).evolve(z.object({ a: z.string() }), upcast)
    expect(contractError(() => decode(Async, '"x"', 1))).toMatchObject({
      code: 'upcast',
      message:
        "m version 1: the body, up-cast to version 2, can't be made: an up-caster returned a Promise, and contracts are synchronous.",
    })
  })

  test('blames an up-caster whose result does not fit the newest version', () => {
    const Wrong = defineMessage('m', z.string()).evolve(z.object({ a: z.string().min(1) }), () => ({ a: '' }))
    const error = contractError(() => decode(Wrong, '"x"', 1))
    expect(error).toMatchObject({ code: 'upcast', version: 1, issues: [{ path: 'payload.a' }] })
    expect(error.message).toBe(
      "m version 1: the body, up-cast to version 2, doesn't fit its contract:\n  payload.a: Too small: expected string to have >=1 characters",
    )
    expect(decode(Wrong, '{"a":"x"}', 2)).toEqual({ a: 'x' })
  })

  test('pollutes no prototype', () => {
    const Records = defineMessage('records', z.object({ all: z.record(z.string(), z.json()) }))
    const read = decode(Records, '{"__proto__":{"admin":1},"all":{"__proto__":{"admin":1},"a":1}}', 1)
    expect(read).toStrictEqual({ all: { a: 1 } })
    expect(Object.getPrototypeOf(read.all)).toBe(Object.prototype)
    expect('admin' in {}).toBe(false)
  })

  test('survives a body that is nested without end', () => {
    const Json = defineMessage('json', z.json())
    expect(contractError(() => decode(Json, '['.repeat(100_000) + ']'.repeat(100_000), 1))).toMatchObject({
      code: 'invalid-payload',
      message:
        "json version 1: the body can't be checked: a refinement or codec threw, or it is nested too deeply (see cause).",
    })
  })
})

test('a contract that turns out to be one-way says so', () => {
  let oneWay = false
  const schema = z.lazy<z.ZodType>(() => (oneWay ? z.string().transform(Number) : z.string()))
  const Late = defineMessage('m', schema)
  oneWay = true
  expect(contractError(() => encode(Late, '1'))).toMatchObject({
    code: 'cannot-travel',
    message: "m version 1: the payload to send meets a one-way transform, which can't be encoded; use z.codec().",
  })
})

describe('a contract that turns out to be asynchronous', () => {
  test.each<[string, z.core.$ZodType]>([
    ['refinement', z.string().refine(async () => true)],
    ['codec', z.codec(z.string(), z.string(), { decode: async (text) => text, encode: async (text) => text })],
  ])('says so, for a %s, both ways', (_, schema) => {
    const Async = defineMessage('m', schema)
    for (const run of [() => encode(Async, 'x'), () => decode(Async, '"x"', 1)]) {
      const error = contractError(run)
      expect(error.code).toBe('cannot-travel')
      expect(error.message).toMatch(/meets an asynchronous refinement or codec: contracts are synchronous\.$/)
    }
  })
})

test('a message of one version knows only that', () => {
  expect(contractError(() => decode(Anything, '{}', 2)).message).toBe(
    'anything: there is no version 2 here, only version 1. Deploy readers before writers.',
  )
  expect(contractError(() => decode(Anything, '{}', 0)).message).toBe(
    'anything: there is no version 0 here, only version 1.',
  )
})

describe('a schema that CommonJS made, of another copy of zod', () => {
  const zod: typeof z = createRequire(import.meta.url)('zod')

  test('is another copy', () => {
    expect(zod.string).not.toBe(z.string)
  })

  test('goes both ways, with isoDate inside', () => {
    const At = defineMessage('at', zod.object({ at: isoDate, list: zod.array(zod.stringbool()) }))
    const sent = { at: new Date(0), list: [true, false] }
    expect(decode(At, encode(At, sent), 1)).toEqual(sent)
    expect(() => js.encode(At, { at: 0, list: [] })).toThrow(
      'payload.at: Invalid input: expected date, received number',
    )
  })

  test('is refused when it is asynchronous', () => {
    const Async = defineMessage(
      'm',
      zod.string().refine(async () => true),
    )
    expect(contractError(() => encode(Async, 'x')).code).toBe('cannot-travel')
  })
})

test('a refinement that throws is an invalid payload, its error the cause alone', () => {
  const cause = new Error('4111 is blocked')
  const Throwing = defineMessage(
    'm',
    z.string().refine(() => {
      throw cause
    }),
  )
  const error = contractError(() => encode(Throwing, '4111'))
  expect(error).toMatchObject({ code: 'invalid-payload', cause })
  expect(error.message).not.toContain('4111')
})
