import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { redriveAllowPolicy, sourcesBeyond, widened } from '../src/redrive-allow.ts'

const byQueue = (...sourceQueueArns: string[]) => JSON.stringify({ redrivePermission: 'byQueue', sourceQueueArns })
const ALL = '{"redrivePermission":"allowAll"}'
const NONE = '{"redrivePermission":"denyAll"}'
const eleven = Array.from({ length: 11 }, (_, index) => `q${index}`)

describe('a RedriveAllowPolicy', () => {
  test('names the sources in one order, whatever theirs', () => {
    expect(redriveAllowPolicy(['b', 'a'])).toBe(byQueue('a', 'b'))
  })

  test('lets all in, where there are more than it can name', () => {
    expect(redriveAllowPolicy(eleven)).toBe(ALL)
  })

  test.each([
    [undefined, byQueue('a'), undefined],
    [ALL, byQueue('a'), undefined],
    [byQueue('a', 'b'), byQueue('a'), undefined],
    [byQueue('b'), byQueue('a'), byQueue('a', 'b')],
    [NONE, byQueue('a'), byQueue('a')],
    [byQueue(...eleven.slice(1)), byQueue('q0'), ALL],
    [byQueue('a'), ALL, ALL],
    [undefined, ALL, undefined],
  ])('of %s, to let in whom %s lets in, becomes %s', (policy, by, wider) => {
    expect(widened(policy, by)).toBe(wider)
  })

  test.each([
    [undefined, byQueue('a'), 'all'],
    [ALL, byQueue('a'), 'all'],
    [byQueue('a', 'b'), byQueue('a'), ['b']],
    [byQueue('a'), byQueue('a', 'b'), []],
    [NONE, byQueue('a'), []],
    [byQueue('a'), ALL, []],
    [undefined, ALL, []],
  ])('%s lets in beyond %s: %j', (policy, wanted, beyond) => {
    expect(sourcesBeyond(policy, wanted)).toEqual(beyond)
  })

  test('that is widened lets in everybody of before, whom it was to let in, and is not widened again', () => {
    const names = fc.uniqueArray(fc.constantFrom(...eleven, 'a', 'b', 'c'))
    fc.assert(
      fc.property(names, names, (present, wanted) => {
        const [before, by] = [redriveAllowPolicy(present), redriveAllowPolicy(wanted)]
        const after = widened(before, by) ?? before
        expect(sourcesBeyond(before, after)).toEqual([])
        expect(sourcesBeyond(by, after)).toEqual([])
        expect(widened(after, by)).toBeUndefined()
      }),
    )
  })
})
