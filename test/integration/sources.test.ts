import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'

const RESOLVE = "console.log(import.meta.resolve('@waybill/core'))"

test('tests, and the processes that they start, run the sources and not an old build', () => {
  const resolved = execFileSync(process.execPath, ['--input-type=module', '--eval', RESOLVE], { encoding: 'utf8' })
  expect(resolved.trim()).toMatch(/packages\/core\/src\/index\.ts$/)
  expect(import.meta.resolve('@waybill/core')).toBe(resolved.trim())
})
