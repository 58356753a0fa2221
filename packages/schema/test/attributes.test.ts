import { createRequire } from 'node:module'
import { OptionsError } from '@waybill/core'
import { decodeAttributes, defineMessage, encodeAttributes, isoDate } from '@waybill/schema'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import * as mini from 'zod/mini'
import { contractError, js } from './as-javascript.ts'

const copy: typeof z = createRequire(import.meta.url)('zod')
const number = z.codec(z.string().regex(/^\d+$/), z.int(), { decode: Number, encode: String })
const Paid = defineMessage('order.paid', z.object({ orderId: z.string() }), {
  attributes: z.object({ tenant: z.string(), region: z.enum(['eu', 'us']).optional(), priority: number }),
})
const Free = defineMessage('free', z.object({}))

describe('attributes can be declared', () => {
  test.each<[string, z.core.$ZodType]>([
    ['a string', z.string()],
    ['a format, checked, changed and branded', z.email().trim().min(3).brand('email')],
    ['a coerced string', z.coerce.string()],
    ['an enum', z.enum(['eu', 'us'])],
    ['literals', z.literal(['eu', 'us'])],
    ['a template literal', z.templateLiteral(['v', z.int()])],
    ['optional', z.string().optional()],
    ['required after all', z.string().optional().nonoptional()],
    ['defaulted', z.string().default('eu')],
    ['defaulted on the wire', z.string().prefault('eu')],
    ['replaced when it does not fit', z.string().catch('eu')],
    ['read-only', z.string().readonly()],
    ['a union or an intersection of strings', z.union([z.uuid(), z.intersection(z.string(), z.email())])],
    ['lazy', z.lazy(() => z.string())],
    ['a codec with a string on the wire, optional', number.optional()],
    [
      'a codec into what has no JSON form',
      z.codec(z.string(), z.instanceof(URL), { decode: (text) => new URL(text), encode: String }),
    ],
    ['isoDate', isoDate],
    ['stringbool', z.stringbool()],
    ['a string of zod/mini', mini.optional(mini.string())],
  ])('as %s', (_, schema) => {
    expect(js.defineMessage('m', z.string(), { attributes: z.object({ a: schema }) })['~attributes']?.names).toEqual([
      'a',
    ])
  })

  test.each<[string, z.core.$ZodType]>([
    ['zod', z.object({ a: z.string() })],
    ['zod/mini', mini.object({ a: mini.string() })],
    ['another copy of zod', copy.object({ a: copy.string() })],
    ['zod, strict', z.strictObject({ a: z.string() })],
    ['zod, refined as a whole', z.object({ a: z.string() }).refine(Boolean)],
  ])('by an object schema of %s', (_, attributes) => {
    const message = js.defineMessage('m', z.string(), { attributes })
    expect(encodeAttributes(message, { a: 'x' })).toEqual({ a: 'x' })
    expect(decodeAttributes(message, { a: 'x', b: 'y' })).toStrictEqual({ a: 'x' })
  })

  test('for all versions', () => {
    const second = Paid.evolve(z.object({ id: z.string() }), ({ orderId }) => ({ id: orderId }))
    expect(second['~attributes']).toBe(Paid['~attributes'])
    expect(second['~attributes']?.names).toEqual(['tenant', 'region', 'priority'])
  })

  test('or not: every option may be left out', () => {
    for (const options of [undefined, {}, { attributes: undefined }])
      expect(js.defineMessage('m', z.string(), options)['~attributes']).toBeUndefined()
  })
})

describe("attributes can't be declared", () => {
  const only =
    'an attribute is a string, or absent; use z.string(), z.optional(), or z.codec() with a string on the wire'

  const noObject = 'is not an object schema of zod 4 or zod/mini. Write z.object({ tenant: z.string() }).'
  const reserved = "is a name that Waybill keeps for itself ('waybill-…', 'traceparent', 'tracestate'). Choose another."

  test.each<[string, z.core.$ZodType, string]>([
    ['a number', z.int(), only],
    ['a boolean', z.boolean(), only],
    ['a Date', z.date(), only],
    ['null', z.string().nullable(), only],
    ['a list', z.array(z.int()), only],
    ['an object', z.object({ id: z.int() }), only],
    ['anything', z.any(), only],
    ['a literal that is no string', z.literal(['a', 1]), only],
    ['an enum of numbers', z.enum({ low: 0, high: 1 }), only],
    ['a union with another', z.union([z.string(), z.int(), z.boolean()]), only],
    ['a number that is optional', z.int().optional(), only],
    ['a codec with a number on the wire', z.codec(z.int(), z.string(), { decode: String, encode: Number }), only],
    ['a one-way transform', z.string().transform(Number), "a one-way transform can't be encoded; use z.codec()"],
    [
      'a one-way transform behind a codec',
      z.codec(z.string(), z.array(z.string().transform(Number)), { decode: () => [], encode: () => '' }),
      "a one-way transform can't be encoded; use z.codec()",
    ],
  ])('as %s', (_, schema, why) => {
    const error = contractError(() =>
      js.defineMessage('m', z.string(), { attributes: z.object({ fine: z.string(), tenant: schema }) }),
    )
    expect(error).toMatchObject({ code: 'cannot-travel', type: 'm' })
    expect(error.issues).toHaveLength(1)
    expect(error.issues[0]?.path).toMatch(/^attributes\.tenant/)
    expect(error.message).toMatch(/^message 'm': its attributes can't travel as strings:\n {2}attributes\.tenant/)
    expect(error.issues[0]?.message).toBe(why)
  })

  test.each([
    [7, `attributes: 7 ${noObject}`],
    [null, `attributes: null ${noObject}`],
    [['tenant'], `attributes: an array ${noObject}`],
    [{ tenant: z.string() }, `attributes: an object ${noObject}`],
    [z.string(), `attributes: a schema ${noObject}`],
    [z.record(z.string(), z.string()), `attributes: a schema ${noObject}`],
    [z.object({ tenant: z.string() }).optional(), `attributes: a schema ${noObject}`],
    [
      z.looseObject({ a: z.string() }),
      'attributes takes names that it does not list. Write z.object() without a catchall.',
    ],
    [
      z.object({ a: z.string() }).catchall(z.string()),
      'attributes takes names that it does not list. Write z.object() without a catchall.',
    ],
    [z.object({}), '0 attributes are declared. Declare 1 to 4: SQS allows ten, and Waybill needs the rest.'],
    [
      mini.object(Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((name) => [name, mini.string()]))),
      '5 attributes are declared. Declare 1 to 4: SQS allows ten, and Waybill needs the rest.',
    ],
    [z.object({ traceparent: z.string() }), `attributes.traceparent ${reserved}`],
    [z.object({ 'waybill-tenant': z.string() }), `attributes["waybill-tenant"] ${reserved}`],
    [
      z.object({ 'AWS.trace': z.string() }),
      `attributes["AWS.trace"] begins with 'AWS.' or 'Amazon.', which SQS keeps for itself. Choose another name.`,
    ],
    [
      z.object({ 'a b': z.string() }),
      `attributes["a b"] is not a name that SQS allows. Use letters, digits, '_', '-' and single dots between them.`,
    ],
    [
      z.object({ ['x'.repeat(257)]: z.string() }),
      `attributes["${'x'.repeat(60)}…"] has a name of 257 characters. SQS allows 256.`,
    ],
  ])('by %o', (attributes, why) => {
    const error = contractError(() => js.defineMessage('m', z.string(), { attributes }))
    expect(error).toMatchObject({ code: 'definition', type: 'm', message: `message 'm': ${why}` })
  })
})

describe('attributes to send', () => {
  test('are encoded, without those that are absent', () => {
    expect(encodeAttributes(Paid, { tenant: 'acme', region: undefined, priority: 3 })).toStrictEqual({
      tenant: 'acme',
      priority: '3',
    })
  })

  test('that do not fit are named, each with its path and no value', () => {
    const error = contractError(() => encodeAttributes(Paid, { region: 'mars', priority: '3' }))
    expect(error).toMatchObject({ code: 'invalid-attributes', type: 'order.paid', version: undefined })
    expect(error.message).toBe(
      [
        "order.paid: an attribute to send doesn't fit its contract:",
        '  attributes.tenant: Invalid input: expected string, received undefined',
        '  attributes.region: Invalid option: expected one of "eu"|"us"',
        '  attributes.priority: Invalid input: expected number, received string',
      ].join('\n'),
    )
  })

  test.each([
    [{ tenat: 'acme', priority: 3 }, "'tenat' is not an attribute of order.paid. Did you mean tenant?"],
    [
      { constructor: 'x' },
      "'constructor' is not an attribute of order.paid. Its attributes are tenant, region, priority.",
    ],
    [null, 'order.paid: null is not an object of attributes. Write { tenant: … }.'],
    ['acme', "order.paid: 'acme' is not an object of attributes. Write { tenant: … }."],
    [['acme'], 'order.paid: an array is not an object of attributes. Write { tenant: … }.'],
  ])('are not %o, which the contract does not declare', (attributes, message) => {
    expect(() => js.encodeAttributes(Paid, attributes)).toThrow(new OptionsError(message))
  })

  test('of a contract that declares none are left as they are', () => {
    const attributes = { anything: 'goes' }
    expect(encodeAttributes(Free, attributes)).toBe(attributes)
  })
})

describe('attributes that were received', () => {
  test('are decoded, without those that the contract does not declare', () => {
    expect(decodeAttributes(Paid, { tenant: 'acme', priority: '3', later: 'x' })).toStrictEqual({
      tenant: 'acme',
      priority: 3,
    })
  })

  test('get what is defaulted, when senders did not know of it', () => {
    const Added = defineMessage('m', z.string(), { attributes: z.object({ region: z.string().default('eu') }) })
    expect(decodeAttributes(Added, {})).toEqual({ region: 'eu' })
  })

  test('that do not fit are named, each with its path and no value', () => {
    const error = contractError(() => decodeAttributes(Paid, { tenant: 'acme', priority: 'urgent' }))
    expect(error).toMatchObject({ code: 'invalid-attributes', issues: [{ path: 'attributes.priority' }] })
    expect(error.message).toMatch(/^order\.paid: an attribute doesn't fit its contract:\n/)
    expect(error.message).not.toContain('urgent')
  })

  test('of a contract that declares none are left as they are', () => {
    const received = { anything: 'goes' }
    expect(decodeAttributes(Free, received)).toBe(received)
  })
})

test('a contract of attributes that turns out to be asynchronous says so, both ways', () => {
  const Async = defineMessage('m', z.string(), { attributes: z.object({ a: z.string().refine(async () => true) }) })
  for (const run of [() => encodeAttributes(Async, { a: 'x' }), () => decodeAttributes(Async, { a: 'x' })])
    expect(contractError(run).code).toBe('cannot-travel')
})

test('whatever is sent arrives as it was', () => {
  const All = defineMessage('m', z.string(), {
    attributes: z.object({
      text: z.string(),
      at: z.optional(isoDate),
      yes: z.stringbool().optional(),
      n: number.optional(),
    }),
  })
  const at = fc.date({ min: new Date('1900-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
  const attributes = fc.record(
    { text: fc.string(), at, yes: fc.boolean(), n: fc.nat() },
    { requiredKeys: ['text'], noNullPrototype: true },
  )
  fc.assert(
    fc.property(attributes, (sent) => {
      const texts = Object.entries(encodeAttributes(All, sent)).map(([name, text]) => [name, String(text)])
      expect(decodeAttributes(All, Object.fromEntries(texts))).toStrictEqual(sent)
    }),
  )
})
