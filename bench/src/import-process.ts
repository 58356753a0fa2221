import { registerHooks } from 'node:module'
import { endWithParent, tell } from './child.ts'
import type { ImportRun } from './run-import.ts'

// Imports one module, in a process of its own. Tells how long that takes or, instead, how many modules it loads: counting takes time.
endWithParent()
const [specifier = '', counts] = process.argv.slice(2)
let modules = 0
if (counts) {
  registerHooks({
    load(url, context, next) {
      if (!url.startsWith('node:')) modules += 1
      return next(url, context)
    },
  })
}
const before = process.cpuUsage()
const began = performance.now()
await import(specifier)
const took = performance.now() - began
const { user, system } = process.cpuUsage(before)
tell({ took, cpu: (user + system) / 1_000, modules } satisfies ImportRun)
