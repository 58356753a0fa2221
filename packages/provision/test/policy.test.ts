import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { allowTopics, sidFor, statementIn, withoutStatement, withStatement } from '../src/policy.ts'
import { sameJson, sameValue } from '../src/same-json.ts'

describe('a statement put into a policy', () => {
  const ours = allowTopics('waybill-q', 'arn:queue', ['arn:topic'])
  const foreign = { Sid: 'theirs', Effect: 'Allow', Principal: '*', Action: 'sqs:*', Resource: 'arn:queue' }
  const policy = (statement: unknown) => JSON.stringify({ Version: '2008-10-17', Id: 'id', Statement: statement })

  test('makes the policy when there is none', () => {
    expect(JSON.parse(withStatement(undefined, ours.Sid, ours))).toEqual({ Version: '2012-10-17', Statement: [ours] })
  })

  test('keeps what others have there', () => {
    const merged = { Version: '2008-10-17', Id: 'id', Statement: [foreign, ours] }
    expect(JSON.parse(withStatement(policy([foreign]), ours.Sid, ours))).toEqual(merged)
    expect(JSON.parse(withStatement(policy(foreign), ours.Sid, ours))).toEqual(merged)
  })

  test('takes the place of the one with its id', () => {
    const old = allowTopics('waybill-q', 'arn:queue', ['arn:old'])
    const merged = withStatement(policy([old, foreign]), ours.Sid, ours)
    expect(JSON.parse(merged)).toMatchObject({ Statement: [foreign, ours] })
    expect(statementIn(merged, ours.Sid)).toEqual(ours)
  })

  test('and taken out again leaves what was there before, and nothing where nothing was', () => {
    const merged = withStatement(policy([foreign]), ours.Sid, ours)
    expect(JSON.parse(withoutStatement(merged, ours.Sid))).toEqual(JSON.parse(policy([foreign])))
    expect(withoutStatement(withStatement(undefined, ours.Sid, ours), ours.Sid)).toBe('')
    expect(withoutStatement(undefined, ours.Sid)).toBe('')
  })

  test('has an id that SQS takes, without the dot of .fifo', () => {
    expect(sidFor('dev-stock.fifo')).toBe('waybill-dev-stock')
  })
})

describe('two attribute values say the same', () => {
  test.for([
    ['{"a":1,"b":[1,2]}', '{ "b": [2, 1], "a": "1" }'],
    ['{"a":["x"]}', '{"a":"x"}'],
    ['true', 'true'],
    ['plain text', 'plain text'],
  ] as const)('%s and %s', ([one, other]) => {
    expect(sameValue(one, other)).toBe(true)
  })

  test.for([
    ['30', '31'],
    ['{"a":1}', '{"a":1,"b":2}'],
    ['{"a":["x","y"]}', '{"a":["x"]}'],
    ['{"a":{"b":1}}', '{"b":{"a":1}}'],
    ['', undefined],
  ] as const)('not %s and %s', ([one, other]) => {
    expect(sameValue(one, other)).toBe(false)
  })

  test('whatever the order of keys and elements', () => {
    const shuffled = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(shuffled).toReversed()
      if (typeof value !== 'object' || value === null) return value
      return Object.fromEntries(
        Object.entries(value)
          .map(([key, inner]) => [key, shuffled(inner)])
          .toReversed(),
      )
    }
    fc.assert(fc.property(fc.jsonValue(), (value) => sameJson(value, shuffled(value))))
  })
})
