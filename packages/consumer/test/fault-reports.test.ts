import { Events } from '@waybill/core'
import { expect, test } from 'vitest'
import type { ConsumerEvents } from '../src/events.ts'
import { FaultReports } from '../src/fault-reports.ts'
import { capturedLog } from './support/captured-log.ts'
import { ok, refusal } from './support/lease-rig.ts'

test('each failure is an event; the first, then ever fewer are a line; and one line says that it is over', async () => {
  const { lines, logger } = capturedLog()
  const faults: string[] = []
  const events = new Events<ConsumerEvents>(() => {})
  events.on('fault', ({ call, error }) => void faults.push(`${call}: ${error.message}`))
  const reports = new FaultReports('delete', events, logger)
  for (let n = 0; n < 2; n++) {
    await expect(reports.watch(() => Promise.reject(new Error('reset')))).rejects.toThrow('reset')
    await reports.watch(async () => [ok, refusal('later', 'throttled')])
    await reports.watch(async () => [refusal('later', 'throttled')])
    await reports.watch(async () => [ok])
    await reports.watch(async () => [ok])
  }
  expect(faults).toEqual(
    Array.from({ length: 2 }, () => ['delete: reset', 'delete: throttled', 'delete: throttled']).flat(),
  )
  const once = ['warn delete failed: reset', 'warn delete failed: throttled', 'info delete works again']
  expect(lines.map(({ level, message }) => `${level} ${message}`)).toEqual([...once, ...once])
})
