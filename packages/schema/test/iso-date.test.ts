import { decode, defineMessage, encode, isoDate } from '@waybill/schema'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { contractError } from './as-javascript.ts'

const At = defineMessage('at', isoDate)

test('a date of the years 0 to 9999 arrives as it was sent', () => {
  const dates = fc.date({
    min: new Date('0000-01-01T00:00:00Z'),
    max: new Date('9999-12-31T23:59:59.999Z'),
    noInvalidDate: true,
  })
  fc.assert(
    fc.property(dates, (date) => {
      expect(decode(At, encode(At, date), 1)).toEqual(date)
    }),
  )
})

test.each([
  ['2026-11-23T08:00:00Z', '2026-11-23T08:00:00.000Z'],
  ['2026-11-23T10:00:00+02:00', '2026-11-23T08:00:00.000Z'],
  ['2026-11-23T08:00:00.123456Z', '2026-11-23T08:00:00.123Z'],
])('%s is read as %s', (text, read) => {
  expect(decode(At, JSON.stringify(text), 1).toISOString()).toBe(read)
})

test.each(['2026-11-23', '2026-11-23T08:00:00', '2026-02-30T08:00:00Z', 'yesterday', 0, null])(
  '%j is refused',
  (text) => {
    expect(contractError(() => decode(At, JSON.stringify(text), 1)).code).toBe('invalid-payload')
  },
)

test.each([new Date(Number.NaN), new Date(8.64e15)])("%o can't be written", (date) => {
  expect(contractError(() => encode(At, date))).toMatchObject({
    code: 'invalid-payload',
    issues: [{ path: 'payload' }],
  })
})

test('it goes into optional and nullable places', () => {
  const Dates = defineMessage(
    'dates',
    z.object({ a: z.optional(isoDate), b: z.nullable(isoDate), c: z.array(isoDate) }),
  )
  const payload = { b: null, c: [new Date(0)] }
  expect(encode(Dates, payload)).toBe('{"b":null,"c":["1970-01-01T00:00:00.000Z"]}')
  expect(decode(Dates, encode(Dates, payload), 1)).toEqual(payload)
})
