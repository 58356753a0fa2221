import { decode, defineMessage, encode, isoDate } from '@waybill/schema'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'

/** A schema and payloads that fit it. */
interface Contract {
  readonly schema: z.core.$ZodType
  readonly payloads: fc.Arbitrary<unknown>
}

const bigint = z.codec(z.string(), z.bigint(), { decode: BigInt, encode: String })
// JSON has no -0, and zod drops a __proto__.
const doubles = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0)
const dates = fc.date({ min: new Date('1900-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
const json = fc
  .json()
  .filter((text) => !text.includes('__proto__'))
  .map((text): unknown => JSON.parse(text, (_, value: unknown) => (Object.is(value, -0) ? 0 : value)))
const character = fc.integer({ min: 0, max: 0x10_ff_ff }).map((code) => String.fromCodePoint(code))
const names = fc.string({ unit: character, maxLength: 5 }).filter((name) => name !== '__proto__')

const leaf = fc.constantFrom<Contract>(
  { schema: z.string(), payloads: fc.string({ unit: character }) },
  { schema: z.number(), payloads: doubles },
  { schema: z.int(), payloads: fc.maxSafeInteger() },
  { schema: z.boolean(), payloads: fc.boolean() },
  { schema: z.stringbool(), payloads: fc.boolean() },
  { schema: z.literal(['a', 1, null]), payloads: fc.constantFrom('a', 1, null) },
  { schema: z.json(), payloads: json },
  { schema: isoDate, payloads: dates },
  { schema: bigint, payloads: fc.bigInt() },
)

const { contract } = fc.letrec<{ contract: Contract; nested: Contract }>((tie) => ({
  contract: fc.oneof({ maxDepth: 3, depthSize: 'small' }, leaf, tie('nested')),
  nested: fc.oneof(
    tie('contract').map(({ schema, payloads }) => ({
      schema: z.array(schema),
      payloads: fc.array(payloads, { maxLength: 3 }),
    })),
    tie('contract').map(({ schema, payloads }) => ({ schema: z.nullable(schema), payloads: fc.option(payloads) })),
    tie('contract').map(({ schema, payloads }) => ({
      schema: z.record(z.string(), schema),
      payloads: fc.dictionary(names, payloads, { maxKeys: 3, noNullPrototype: true }),
    })),
    fc.tuple(tie('contract'), tie('contract')).map(([first, second]) => ({
      schema: z.tuple([first.schema, second.schema]),
      payloads: fc.tuple(first.payloads, second.payloads),
    })),
    fc.tuple(tie('contract'), tie('contract')).map(([needed, extra]) => ({
      schema: z.object({ needed: needed.schema, 'extra, if any': z.optional(extra.schema) }),
      payloads: fc.record(
        { needed: needed.payloads, 'extra, if any': extra.payloads },
        { requiredKeys: ['needed'], noNullPrototype: true },
      ),
    })),
  ),
}))

const cases = contract.chain(({ schema, payloads }) =>
  payloads.map((payload) => ({ message: defineMessage('m', schema), payload })),
)

test('whatever is sent arrives as it was', () => {
  fc.assert(
    fc.property(cases, ({ message, payload }) => {
      expect(decode(message, encode(message, payload), 1)).toStrictEqual(payload)
    }),
    { numRuns: 300 },
  )
})

test('any text, lone surrogates and controls included, arrives in characters that SQS accepts', () => {
  const Texts = defineMessage('texts', z.record(z.string(), z.string()))
  const codeUnits = fc.oneof(
    fc.nat(0xff_ff),
    fc.constantFrom(0, 0x1f, 0x7f, 0xd8_00, 0xdf_ff, 0xff_fd, 0xff_fe, 0xff_ff),
  )
  const texts = fc
    .array(codeUnits)
    .map((units) => String.fromCharCode(...units))
    .filter((text) => text !== '__proto__')
  fc.assert(
    fc.property(texts, texts, (key, text) => {
      const written = encode(Texts, { [key]: text })
      expect(written).toMatch(/^[\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u)
      expect(decode(Texts, written, 1)).toStrictEqual({ [key]: text })
    }),
    { numRuns: 500 },
  )
})
