import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type Attributes,
  messageBytes,
  packProvenance,
  type Provenance,
  readProvenance,
  withProvenance,
} from '../src/index.ts'

const NAME = 'waybill-dead-letter'
const provenance: Provenance = {
  queue: 'receipts',
  messageId: 'm-1',
  group: 'o-1',
  receives: 11,
  attempts: 10,
  reason: 'attempts exhausted',
  error: {
    name: 'MailError',
    message: 'no such mailbox',
    stack: 'MailError: no such mailbox\n    at send (mail.ts:1:1)',
  },
  sentAt: '2026-11-23T12:00:00.000Z',
  at: '2026-11-23T13:00:00.000Z',
  worker: 'host-1:42',
}
const read = (value: string | undefined) => readProvenance({ [NAME]: { type: 'String', value: value ?? '' } })
const text = (value: string) => ({ type: 'String', value })

test('with room for all, all is written, and read again', () => {
  expect(read(packProvenance(provenance, 10_000))).toEqual(provenance)
})

test("the stack is cut first, then the error's message, then the reason", () => {
  const whole = Buffer.byteLength(packProvenance(provenance, 10_000) ?? '')
  const cutBy = (bytes: number) => read(packProvenance(provenance, whole - bytes))
  expect(cutBy(20)).toMatchObject({
    error: { message: 'no such mailbox', stack: expect.stringMatching(/^MailError.*…$/s) },
  })
  expect(cutBy(70)).toMatchObject({
    reason: 'attempts exhausted',
    error: { message: expect.stringMatching(/^no.*…$/) },
  })
  expect(cutBy(85)).toMatchObject({
    reason: expect.stringMatching(/^att.*…$/),
    error: { name: 'MailError', message: '' },
  })
  expect(packProvenance(provenance, 100)).toBeUndefined()
})

test('it never has more bytes than there is room for, and stays readable', () => {
  const character = fc.integer({ min: 0, max: 0x10_ff_ff }).map((code) => String.fromCodePoint(code))
  const odd = fc.string({ unit: character, maxLength: 200 })
  fc.assert(
    fc.property(odd, odd, odd, fc.integer({ min: 0, max: 2_000 }), (reason, message, stack, room) => {
      const value = packProvenance({ ...provenance, reason, error: { name: 'E', message, stack } }, room)
      if (value === undefined) return room < 500
      return Buffer.byteLength(value) <= room && read(value)?.messageId === 'm-1'
    }),
  )
})

test('it is cut between characters, never within one', () => {
  for (let room = 200; room < 420; room++) {
    const value = packProvenance({ ...provenance, reason: '😀'.repeat(100), error: undefined }, room)
    expect(read(value)?.reason.isWellFormed() ?? true).toBe(true)
  }
})

test('it has only characters that SQS takes', () => {
  const value = packProvenance({ ...provenance, reason: '\u0000\uFFFE\uFFFF\uD800 ä' }, 10_000)
  expect(value).not.toMatch(/[^\t\n\r\x20-\uD7FF\uE000-\uFFFD]/)
  expect(read(value)?.reason).toBe('\u0000\uFFFE\uFFFF\uD800 ä')
})

test.each(['', 'no JSON', '5', 'null', '{"queue":"receipts"}'])('%o is no provenance', (value) => {
  expect(read(value)).toBeUndefined()
})

describe('the attributes of a dead-letter copy', () => {
  const trace = { traceparent: text('00-a-b-01'), tracestate: text('a=b') }
  const own = (count: number): Attributes =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, text('v')]))

  test('are the original ones and the provenance', () => {
    const copy = withProvenance('{}', { ...own(7), ...trace }, provenance)
    expect(copy).toMatchObject({ ...own(7), ...trace })
    expect(readProvenance(copy)).toEqual(provenance)
  })

  test('never make the message larger than the queue takes', () => {
    const attributes = { ...own(1), ...trace }
    const long = { ...provenance, reason: 'x'.repeat(5_000) }
    for (let limit = 100; limit < 1_500; limit += 7)
      expect(messageBytes('{}', withProvenance('{}', attributes, long, limit))).toBeLessThanOrEqual(limit)
  })

  test('name the last move, where there was one before', () => {
    const first = withProvenance('{}', own(1), provenance)
    expect(readProvenance(withProvenance('{}', first, { ...provenance, messageId: 'm-2' }))?.messageId).toBe('m-2')
  })

  test('of a message with ten lose the trace context first, then the provenance', () => {
    const traced = withProvenance('{}', { ...own(8), ...trace }, provenance)
    expect(Object.keys(traced).toSorted()).toEqual([...Object.keys(own(8)), NAME].toSorted())
    expect(withProvenance('{}', own(10), provenance)).toEqual(own(10))
  })

  test("of a message that fills the queue's limit do so too", () => {
    const attributes = { ...own(1), ...trace }
    const full = messageBytes('{}', attributes)
    expect(withProvenance('{}', attributes, provenance, full)).toEqual(attributes)
    const long = { ...own(1), traceparent: text('0'.repeat(1_000)) }
    const copy = withProvenance('{}', long, provenance, messageBytes('{}', long))
    expect(copy).not.toHaveProperty('traceparent')
    expect(readProvenance(copy)).toEqual(provenance)
  })
})
