import { defineMessage, isoDate } from '@waybill/schema'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import * as mini from 'zod/mini'
import { contractError, js } from './as-javascript.ts'

function obstacles(schema: z.core.$ZodType): string[] {
  const error = contractError(() => defineMessage('m', schema))
  expect(error.code).toBe('cannot-travel')
  return error.issues.map(({ path, message }) => `${path}: ${message}`)
}

const Category = z.object({
  name: z.string(),
  get children() {
    return z.array(Category)
  },
})

type Maker = () => z.core.$ZodType
/** Each call of the getter makes a schema that was never seen before. */
const endless: Maker = () => z.lazy(() => z.object({ left: endless(), right: endless() }))

describe('these can travel', () => {
  test.each<[string, z.core.$ZodType]>([
    ['formats', z.object({ email: z.email(), at: z.iso.datetime(), url: z.url(), id: z.uuidv7(), data: z.base64() })],
    [
      'checked and coerced JSON types',
      z.object({ n: z.coerce.number().int().min(1), s: z.string().trim().refine(Boolean) }),
    ],
    [
      'optional and defaulted properties',
      z.object({ a: z.string().optional(), b: z.int().default(1), c: z.int().prefault(1), d: z.int().catch(1) }),
    ],
    [
      'wrappers',
      z.object({
        a: z.string().nullable().readonly(),
        b: z.string().optional().nonoptional(),
        c: z.string().brand('id'),
      }),
    ],
    [
      'enums and literals',
      z.object({ a: z.enum(['x', 'y']), b: z.literal(['a', 1, true, null]), c: z.templateLiteral(['n', z.bigint()]) }),
    ],
    [
      'unions, tuples and intersections',
      z.union([z.tuple([z.string()], z.int()), z.intersection(z.object({ a: z.null() }), z.object({}))]),
    ],
    ['records', z.record(z.string(), z.record(z.enum(['a', 'b']), z.number()))],
    [
      'strict and loose objects',
      z.object({ a: z.strictObject({}), b: z.looseObject({}), c: z.object({}).catchall(z.int()) }),
    ],
    ['what the user vouches for', z.object({ a: z.any(), b: z.unknown(), c: z.json() })],
    ['stringbool', z.stringbool()],
    ['a schema that refers to itself', Category],
    ['a lazy schema without end', endless()],
    [
      'a codec, whatever it makes',
      z.codec(z.array(z.string()), z.set(z.date()), { decode: () => new Set<Date>(), encode: () => [] }),
    ],
    [
      'a codec into a codec',
      z
        .string()
        .pipe(z.codec(z.string(), z.bigint(), { decode: BigInt, encode: String }))
        .pipe(z.bigint().positive()),
    ],
    [
      'a codec between classes',
      z.codec(isoDate, z.instanceof(URL), { decode: () => new URL('a:b'), encode: () => new Date(0) }),
    ],
    ['isoDate', z.object({ a: isoDate, b: z.optional(isoDate), c: z.array(z.nullable(isoDate)) })],
    ['a forbidden property', z.object({ old: z.never().optional() })],
    ['the absence of a property in an element', z.array(z.object({ a: z.string().optional() }))],
    ['the same from zod/mini', mini.object({ a: mini.optional(mini.string()), b: mini.array(mini.int()), c: isoDate })],
  ])('%s', (_, schema) => {
    expect(defineMessage('m', schema).version).toBe(1)
  })
})

describe('these are named with their path and a fix', () => {
  const oneWay = "a one-way transform can't be encoded; use z.codec()"

  test.each<[string, z.core.$ZodType, string]>([
    [
      'a transform',
      z.object({ lines: z.array(z.object({ price: z.string().transform(Number) })) }),
      `payload.lines[].price: ${oneWay}`,
    ],
    ['a preprocess', z.object({ a: z.preprocess(String, z.string()) }), `payload.a: ${oneWay}`],
    [
      'a transform behind a codec',
      z.codec(z.string(), z.map(z.string(), z.string().transform(Number)), {
        decode: () => new Map(),
        encode: () => '',
      }),
      `payload{}: ${oneWay}`,
    ],
    [
      'a transform in zod/mini',
      mini.object({ a: mini.pipe(mini.string(), mini.transform(Number)) }),
      `payload.a: ${oneWay}`,
    ],
    ['a Date', z.object({ at: z.date() }), 'payload.at: a Date has no JSON form of its own; use isoDate'],
    [
      'a coerced Date',
      z.object({ at: z.coerce.date() }),
      'payload.at: a Date has no JSON form of its own; use isoDate',
    ],
    [
      'a bigint in a record',
      z.object({ prices: z.record(z.string(), z.bigint()) }),
      'payload.prices{}: a bigint has no JSON form; use z.codec() with a string on the wire',
    ],
    ['a key of a record', z.record(z.symbol(), z.int()), 'payload{key}: a symbol has no JSON form; use z.string()'],
    [
      'a Map',
      z.map(z.string(), z.string()),
      'payload: a Map has no JSON form; use z.record(), or z.codec() with an array of pairs on the wire',
    ],
    [
      'a Set',
      z.set(z.string()),
      'payload: a Set has no JSON form; use z.array(), or z.codec() with an array on the wire',
    ],
    [
      'undefined',
      z.object({ a: z.undefined() }),
      'payload.a: undefined has no JSON form; use z.optional() for a property, or z.null()',
    ],
    ['void', z.void(), 'payload: undefined has no JSON form; use z.optional() for a property, or z.null()'],
    ['NaN', z.object({ a: z.nan() }), 'payload.a: NaN has no JSON form; use z.null()'],
    [
      'a class',
      z.object({ a: z.instanceof(URL) }),
      'payload.a: a custom check or a class has no JSON form that is known; use z.codec(), or refine a JSON type',
    ],
    [
      'a File',
      z.object({ a: z.file() }),
      'payload.a: a File has no JSON form; use z.base64(), or send where it is stored',
    ],
    [
      'a promise',
      z.object({ a: z.promise(z.string()) }),
      "payload.a: a promise can't be awaited here, contracts are synchronous; use what it resolves to",
    ],
    [
      'a success check',
      z.object({ a: z.success(z.string()) }),
      "payload.a: a success check can't be encoded; use z.boolean()",
    ],
    ['a function', z.object({ a: z.function() }), 'payload.a: a function has no JSON form; leave it out'],
    [
      'a literal',
      z.object({ a: z.literal(['x', undefined]) }),
      'payload.a: only a string, number, boolean or null literal has a JSON form; use one of those, or z.optional()',
    ],
    [
      'an optional element',
      z.object({ a: z.array(z.string().optional()) }),
      'payload.a[]: an absent element becomes null in JSON; use z.nullable()',
    ],
    [
      'an optional item',
      z.tuple([z.string(), z.string().optional()]),
      'payload[1]: an absent element becomes null in JSON; use z.nullable()',
    ],
    ['an optional payload', z.string().optional(), 'payload: an absent payload has no JSON form; use z.nullable()'],
    [
      'an extra key',
      z.object({}).catchall(z.bigint()),
      'payload{}: a bigint has no JSON form; use z.codec() with a string on the wire',
    ],
    [
      'an odd property',
      z.object({ 'unit price': z.nan() }),
      'payload["unit price"]: NaN has no JSON form; use z.null()',
    ],
    [
      'the wire side of a codec',
      z.codec(z.date(), z.string(), { decode: String, encode: (text) => new Date(text) }),
      'payload: a Date has no JSON form of its own; use isoDate',
    ],
    [
      'a kind of a later zod',
      z.object({ a: new z.core.$ZodType({ type: 'int' }) }),
      'payload.a: a schema of a kind that is not known here; use z.codec() with a JSON type on the wire',
    ],
  ])('%s', (_, schema, issue) => {
    expect(obstacles(schema)).toEqual([issue])
  })

  test('all of them, and a schema used twice in both places', () => {
    const address = z.object({ since: z.date() })
    const schema = z.object({ from: address, to: address, tags: z.union([z.string(), z.set(z.string())]) })
    expect(obstacles(schema).map((issue) => issue.split(':')[0])).toEqual([
      'payload.from.since',
      'payload.to.since',
      'payload.tags',
    ])
  })

  test('inside a schema that refers to itself', () => {
    const Node = z.object({
      at: z.date(),
      get next() {
        return Node.optional()
      },
    })
    expect(obstacles(z.object({ head: Node }))).toEqual([
      'payload.head.at: a Date has no JSON form of its own; use isoDate',
    ])
  })

  test('in a version that evolve adds', () => {
    const error = contractError(() => js.defineMessage('m', z.string()).evolve(z.object({ at: z.date() }), () => ({})))
    expect(error).toMatchObject({ code: 'cannot-travel', type: 'm', version: 2 })
    expect(error.message).toBe(
      "message 'm' version 2 can't travel as JSON:\n  payload.at: a Date has no JSON form of its own; use isoDate",
    )
  })
})
