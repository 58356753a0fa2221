import { VirtualClock } from '@waybill/testing'
import { expect, test } from 'vitest'
import { NotYet } from '../src/not-yet.ts'
import { capturedLog } from './support/captured-log.ts'

/** What is left for a newer deployment, and of what the log has told. */
function notYetRig() {
  const { logger, lines } = capturedLog()
  const notYet = new NotYet(new VirtualClock(), logger, 60_000)
  return {
    leave: (type: string, version: number) =>
      notYet.leave({ kind: 'not-yet', id: 'id', type, version, error: new Error('not known') }),
    told: () => lines.map(({ fields }) => `${String(fields['type'])} v${String(fields['version'])}`),
  }
}

test('each version of a type is told of once', () => {
  const { leave, told } = notYetRig()
  for (const version of [2, 3, 2, 3]) leave('job', version)
  expect(told()).toEqual(['job v2', 'job v3'])
})

test('no more than a thousand are remembered: senders choose what they call a type', () => {
  const { leave, told } = notYetRig()
  for (let n = 0; n < 1_000; n++) leave(`type${n}`, 1)
  leave('type0', 1)
  expect(told()).toHaveLength(1_000)
  leave('one more', 1)
  leave('type0', 1)
  expect(told().slice(1_000)).toEqual(['one more v1', 'type0 v1'])
})
