import { OptionsError } from '@waybill/core'
import { describe, expect, test } from 'vitest'
import { checkOwnAttributes, messageBytes } from '../src/index.ts'

test("a message has the bytes of its body and of each attribute's name, type and value, in UTF-8", () => {
  expect(messageBytes('', {})).toBe(0)
  expect(messageBytes('ä€😀', {})).toBe(2 + 3 + 4)
  expect(
    messageBytes('x', { k: { type: 'String', value: 'ä' }, b: { type: 'Binary', value: new Uint8Array(10) } }),
  ).toBe(1 + (1 + 6 + 2) + (1 + 6 + 10))
})

describe("a user's own attributes", () => {
  test.each([
    [{}],
    [{ a: '1', b: '2', c: '3', d: '4' }],
    [{ 'Trace_Id-1.part': 'tab\t, line\n, ä, 😀' }],
    [{ ['x'.repeat(256)]: 'x' }],
    [{ awsRegion: 'eu-central-1' }],
  ])('%o can be sent', (attributes) => {
    expect(() => checkOwnAttributes(attributes)).not.toThrow()
  })

  const reserved = "is a name that Waybill keeps for itself ('waybill-…', 'traceparent', 'tracestate'). Choose another."
  const ofAws = "begins with 'AWS.' or 'Amazon.', which SQS keeps for itself. Choose another name."
  const noName = "is not a name that SQS allows. Use letters, digits, '_', '-' and single dots between them."
  const illegal = 'has control characters or half a surrogate pair, which SQS refuses. Encode it.'

  test.each<readonly [Record<string, unknown>, string]>([
    [
      { a: '1', b: '2', c: '3', d: '4', e: '5' },
      "5 are too many, at most 4 can be a message's own: SQS allows ten, and Waybill needs the rest. Put what is more into the payload.",
    ],
    [{ 'waybill-type': 'x' }, `'waybill-type' ${reserved}`],
    [{ 'waybill-mine': 'x' }, `'waybill-mine' ${reserved}`],
    [{ traceparent: 'x' }, `'traceparent' ${reserved}`],
    [{ tracestate: 'x' }, `'tracestate' ${reserved}`],
    [{ 'aWs.x': 'x' }, `'aWs.x' ${ofAws}`],
    [{ 'AMAZON.x': 'x' }, `'AMAZON.x' ${ofAws}`],
    [{ '.x': 'x' }, `'.x' ${noName}`],
    [{ 'x.': 'x' }, `'x.' ${noName}`],
    [{ 'a..b': 'x' }, `'a..b' ${noName}`],
    [{ 'a!"': 'x' }, `'a!"' ${noName}`],
    [{ '': 'x' }, `'' ${noName}`],
    [{ ['x'.repeat(257)]: 'x' }, `'${'x'.repeat(60)}…' has a name of 257 characters. SQS allows 256.`],
    [{ k: '' }, "'k' is empty, which SQS refuses. Leave it out instead."],
    [{ k: 'a\u0001' }, `'k' ${illegal}`],
    [{ k: '\uFFFE' }, `'k' ${illegal}`],
    [{ k: '\uFFFF' }, `'k' ${illegal}`],
    [{ k: '\uD800' }, `'k' ${illegal}`],
    [{ k: 5 }, "'k' is 5. Write a string."],
    [{ k: null }, "'k' is null. Write a string."],
    [{ k: { DataType: 'String', StringValue: 'x' } }, "'k' is an object. Write a string."],
    [{ k: undefined }, "'k' is undefined. Write a string, or leave it out."],
  ])('%o can not', (attributes, problem) => {
    expect(() => checkOwnAttributes(attributes)).toThrow(new OptionsError(`attributes: ${problem}`))
  })

  test.each([
    [null, 'null'],
    ['acme', "'acme'"],
    [['acme'], 'an array'],
    [new Map([['tenant', 'acme']]), 'a Map'],
  ])('are not %o', (attributes, quoted) => {
    const check: (attributes: never) => void = checkOwnAttributes
    const message = `attributes: ${quoted} is not an object of attributes. Write { tenant: 'acme' }.`
    expect(() => check(attributes as never)).toThrow(new OptionsError(message))
  })
})
