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

  test.each<readonly [Record<string, unknown>, string]>([
    [{ a: '1', b: '2', c: '3', d: '4', e: '5' }, "5 are too many, at most 4 can be a message's own"],
    [{ 'waybill-type': 'x' }, "'waybill-type' is a name that Waybill keeps for itself"],
    [{ 'waybill-mine': 'x' }, "'waybill-mine' is a name that Waybill keeps for itself"],
    [{ traceparent: 'x' }, "'traceparent' is a name that Waybill keeps for itself"],
    [{ tracestate: 'x' }, "'tracestate' is a name that Waybill keeps for itself"],
    [{ 'aWs.x': 'x' }, "'aWs.x' begins with 'AWS.' or 'Amazon.'"],
    [{ 'AMAZON.x': 'x' }, "'AMAZON.x' begins with 'AWS.' or 'Amazon.'"],
    [{ '.x': 'x' }, "'.x' is not a name that SQS allows"],
    [{ 'x.': 'x' }, "'x.' is not a name that SQS allows"],
    [{ 'a..b': 'x' }, "'a..b' is not a name that SQS allows"],
    [{ 'a!"': 'x' }, 'is not a name that SQS allows'],
    [{ '': 'x' }, "'' is not a name that SQS allows"],
    [{ ['x'.repeat(257)]: 'x' }, 'has a name of 257 characters. SQS allows 256.'],
    [{ k: '' }, "'k' is empty, which SQS refuses. Leave it out instead."],
    [{ k: 'a\u0001' }, "'k' has control characters or half a surrogate pair, which SQS refuses."],
    [{ k: '\uFFFE' }, "'k' has control characters"],
    [{ k: '\uFFFF' }, "'k' has control characters"],
    [{ k: '\uD800' }, "'k' has control characters"],
    [{ k: 5 }, "'k' is 5. Write a string."],
  ])('%o can not', (attributes, message) => {
    expect(() => checkOwnAttributes(attributes)).toThrow(
      expect.objectContaining({ code: 'invalid-option', message: expect.stringContaining(message) }),
    )
  })
})
