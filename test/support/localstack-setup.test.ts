import { TestingError } from '@waybill/testing'
import { expect, test } from 'vitest'
import { reason } from './localstack-setup.ts'

test.each([
  ['no-docker', 'localstack() needs a Docker engine.', 'Start Docker to include it'],
  ['not-started', "The container of 'a:1' did not start: Error: pull failed\n  no such image", 'LOCALSTACK_IMAGE'],
] as const)('a LocalStack left out for %s is told in one line, with how to include it', (code, message, how) => {
  const line = reason(new TestingError(code, message))
  expect(line).toContain(how)
  expect(line).not.toContain('\n')
})
