import { expect, test } from 'vitest'
import { betterPeers } from '../src/better-peers.ts'
import { resultOf } from './support.ts'

test('every peer that is better is listed, in each figure, and whether in every round', () => {
  const result = resultOf('consume', {
    '': {
      waybill: { cpu: [2, 2, 2], rate: [10, 10, 10] },
      'waybill-direct': { cpu: [1, 1, 1], rate: [1, 1, 1] },
      leaner: { cpu: [1, 1, 1], rate: [5, 5, 5] },
      mostly: { cpu: [1, 1, 4], rate: [20, 20, 20] },
    },
  })
  expect(betterPeers([result], 'waybill').rows).toEqual([
    [
      '`consume`',
      'CPU/message',
      '2.0 ms',
      'leaner: 1.0 ms, ×0.50\nmostly: 1.0 ms, ×0.50 (0.50–2.00), not in every round',
    ],
    ['`consume`', 'messages/s', '10', 'mostly: 20, ×2.00'],
  ])
})

test('what cannot be read in the figures is no difference', () => {
  const peers = { waybill: { requests: [0.2003] }, other: { requests: [0.2002] } }
  expect(betterPeers([resultOf('slow', { 'concurrency 100': peers })], 'waybill').rows).toEqual([])
})
