import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'

/** Prints the URL of every module that the package loads. */
const LISTING = `
  import { registerHooks } from 'node:module'
  registerHooks({ load(url, context, next) { console.log(url); return next(url, context) } })
  await import('@waybill/schema')
`

test('loads nothing but zod: contracts are for every service, whatever it talks to', () => {
  const cwd = import.meta.dirname
  const listed = execFileSync(process.execPath, ['--input-type=module', '--eval', LISTING], { cwd, encoding: 'utf8' })
  const packages = new Set(listed.trim().split('\n').map(packageOf))
  expect([...packages].toSorted()).toEqual(['core', 'schema', 'zod'])
})

/** The name of a package, or the directory of one of the workspace. */
function packageOf(url: string): string {
  const installed = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)
  return installed?.[1] ?? /\/packages\/([^/]+)\/(?:src|dist)\//.exec(url)?.[1] ?? url
}
