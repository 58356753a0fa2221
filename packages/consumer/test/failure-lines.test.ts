import { expect, test } from 'vitest'
import { FailureLines } from '../src/failure-lines.ts'
import { capturedLog } from './support/captured-log.ts'

test('failures are counted by type, and a success ends those of its own type only', () => {
  const { logger, lines } = capturedLog()
  const failures = new FailureLines(logger)
  const fail = (type: string) => failures.failed(type, { attempt: 1 }, undefined)
  for (let n = 0; n < 3; n++) fail('job')
  for (let n = 0; n < 3; n++) fail('note')
  failures.over('note')
  fail('job')
  fail('note')
  expect(lines.map(({ fields }) => `${String(fields['type'])} ${String(fields['failures'])}`)).toEqual([
    'job 1',
    'job 2',
    'note 1',
    'note 2',
    'job 4',
    'note 1',
  ])
})
