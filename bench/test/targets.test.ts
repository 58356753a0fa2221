import { describe, expect, test } from 'vitest'
import type { Result } from '../src/results.ts'
import { targetTable } from '../src/targets.ts'
import { resultOf } from './support.ts'

/** What the table says of the targets whose wording has that in it. */
function verdictsOf(result: Result, wording: string) {
  const rows = targetTable([result]).rows.filter(([target = '']) => target.includes(wording))
  return rows.map(([, measured, verdict]) => [measured, verdict])
}

const CONSUMING = { cpu: [1], rate: [1] }
const consume = (waybill: number[], loops: number[]) =>
  resultOf('consume', {
    '': { waybill: { cpu: waybill, rate: [1] }, 'waybill-direct': CONSUMING, 'sdk-loops': { cpu: loops, rate: [1] } },
  })
const slow = (waybill: number, ...peers: number[]) =>
  resultOf('slow', {
    'concurrency 100': {
      waybill: { requests: [waybill] },
      'waybill-direct': { requests: [0] },
      ...Object.fromEntries(peers.map((requests, at) => [`peer ${at}`, { requests: [requests] }])),
    },
  })
const growth = (at100: number) =>
  resultOf('growth', {
    'concurrency 10': { waybill: { cpu: [100] }, 'waybill-direct': { cpu: [100] } },
    'concurrency 100': { waybill: { cpu: [at100] }, 'waybill-direct': { cpu: [100] } },
    'concurrency 1,000': { waybill: { cpu: [100] }, 'waybill-direct': { cpu: [100] } },
  })
const soak = (growth: number[]) =>
  resultOf('soak', {
    '': { waybill: { growth, growthError: [1] }, 'waybill-direct': { growth: [0], growthError: [1] } },
  })

describe('a target', () => {
  test('holds by the median of the ratios of each round', () => {
    const wording = 'CPU/message of Waybill at most ×1 that'
    expect(verdictsOf(consume([1, 2, 9], [2, 2, 3]), wording)).toEqual([['×1.00 (0.50–3.00)', 'holds']])
    expect(verdictsOf(consume([1, 2.1, 9], [2, 2, 3]), wording)).toEqual([['×1.05 (0.50–3.00)', '**missed**']])
  })

  test('may be no more than so much', () => {
    const wording = 'concurrency 100: requests/message of Waybill at most'
    expect(verdictsOf(slow(0.35, 1), wording)).toEqual([['0.350', 'holds']])
    expect(verdictsOf(slow(0.3501, 1), wording)).toEqual([['0.350', '**missed**']])
  })

  test('may be to be no worse than the best of the others, by however little', () => {
    const wording = 'requests/message of Waybill no worse'
    expect(verdictsOf(slow(0.2, 1, 0.2, 3), wording)).toEqual([['×1.00 (peer 1)', 'holds']])
    expect(verdictsOf(slow(0.2001, 1, 0.2, 3), wording)).toEqual([['×1.00 (peer 1)', '**missed**']])
    expect(targetTable([slow(0.2001, 1, 0.2)]).notes).toEqual([expect.stringContaining('GetQueueAttributes')])
  })

  test.each([
    [84, 'missed'],
    [86, 'holds'],
    [114, 'holds'],
    [116, 'missed'],
  ])('may be to stay flat: from 100 to %d it %s', (at100, verdict) => {
    const rows = verdictsOf(growth(at100), 'concurrency 100: CPU/message of Waybill within')
    expect(rows).toEqual([[`×${(at100 / 100).toFixed(2)}`, expect.stringContaining(verdict)]])
  })

  test('may be zero within twice the standard error of the mean, above or below', () => {
    const wording = 'growth/1,000 messages of Waybill zero'
    expect(verdictsOf(soak([3, 1, -1]), wording)).toEqual([['1 B ± 1 B', 'holds']])
    expect(verdictsOf(soak([3, 2, 3]), wording)).toEqual([['3 B ± 0 B', '**missed**']])
    expect(verdictsOf(soak([-3, -2, -3]), wording)).toEqual([['-3 B ± 0 B', '**missed**']])
  })

  test('is not measured while its scenario has not run', () => {
    expect(targetTable([]).rows.map(([, ...verdict]) => verdict)).toContainEqual(['not measured', ''])
  })

  test('of a peer that its scenario does not have is a mistake', () => {
    expect(() => targetTable([resultOf('consume', { '': { 'sdk-loops': CONSUMING } })])).toThrow(
      "consume has no figure 'cpu' of 'waybill'",
    )
  })
})
