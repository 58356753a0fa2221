import { Events } from '@waybill/core'
import { VirtualClock } from '@waybill/testing'
import { expect, test } from 'vitest'
import { LeaseLostError } from '../src/errors.ts'
import type { ConsumerEvents } from '../src/events.ts'
import { LeaseReports } from '../src/lease-reports.ts'
import { capturedLog } from './support/captured-log.ts'

test('each lost lease is an event; of many at once there are ever fewer lines, of those a minute apart one each', async () => {
  const clock = new VirtualClock()
  const { logger, lines } = capturedLog()
  const events = new Events<ConsumerEvents>(() => {})
  const told: string[] = []
  events.on('lease-lost', ({ id, type }) => void told.push(`${type} ${id}`))
  const reports = new LeaseReports(clock, events, logger)
  let lost = 0
  const lose = () =>
    reports.lost(
      { kind: 'invalid', id: `id-${lost++}`, type: 'job', version: 1, error: new Error('no') },
      new LeaseLostError('lost'),
    )
  for (let n = 0; n < 5; n++) {
    lose()
    await clock.advance('59s')
  }
  for (let n = 0; n < 2; n++) {
    await clock.advance('1m')
    lose()
  }
  expect(told).toEqual(Array.from({ length: 7 }, (_, n) => `job id-${n}`))
  expect(lines.map(({ fields }) => fields['losses'])).toEqual([1, 2, 4, 1, 1])
})
