// Runs the gates, each a script of its own. Shows what the failing ones say, and of the tests everything.
//   npm run check -- --skip test,packaging
import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'

const GATES = ['format', 'lint', 'types', 'knip', 'docs', 'packages', 'packaging', 'test']

const { values } = parseArgs({ options: { skip: { type: 'string', default: '' } } })
const skipped = values.skip.split(',').filter(Boolean)
const unknown = skipped.find((gate) => !GATES.includes(gate))
if (unknown) throw new Error(`--skip: '${unknown}' is not a gate. Gates: ${GATES.join(', ')}.`)

const failed: string[] = []
for (const gate of GATES.filter((name) => !skipped.includes(name))) {
  const started = performance.now()
  const { status, stdout, stderr } = spawnSync('npm', ['run', '--silent', gate], {
    encoding: 'utf8',
    maxBuffer: Infinity,
    stdio: gate === 'test' ? 'inherit' : 'pipe',
  })
  const seconds = ((performance.now() - started) / 1_000).toFixed(1)
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${gate} (${seconds} s)`)
  if (status === 0) continue
  failed.push(gate)
  if (gate !== 'test') console.log(stdout + stderr)
}
if (failed.length > 0) {
  console.log(`Failed: ${failed.join(', ')}. Each runs alone: npm run ${failed[0]}`)
  process.exitCode = 1
}
