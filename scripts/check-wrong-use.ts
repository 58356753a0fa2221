// On every TypeScript that users may have: right use compiles, and each wrong call fails with the sentence above it.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

const COMPILERS = ['typescript-5.9', 'typescript-6.0', 'typescript']
const WRONG_USE = 'test/types/wrong-use.ts'

/** By line: the sentence that the compiler must say of the call there. */
const expected = new Map<number, string>()
for (const [index, line] of readFileSync(WRONG_USE, 'utf8').split('\n').entries()) {
  const sentence = /^\/\/ .+ => (.+)$/.exec(line)?.[1]
  if (sentence) expected.set(index + 2, sentence)
}

function problemsWith(compiler: string): readonly string[] {
  const args = [`node_modules/${compiler}/bin/tsc`, '-p', 'test/types', '--pretty', 'false']
  const { stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  const problems: string[] = []
  const saidOf = new Map<number, string>()
  // A diagnostic's further lines are indented.
  for (const diagnostic of stdout.split(/\n(?! )/).filter(Boolean)) {
    const [, file, at] = /^(.+)\((\d+),\d+\): error /.exec(diagnostic) ?? []
    const line = Number(at)
    if (file !== WRONG_USE || !expected.has(line)) problems.push(`should compile: ${diagnostic}`)
    else saidOf.set(line, `${saidOf.get(line) ?? ''}${diagnostic}\n`)
  }
  for (const [line, sentence] of expected) {
    const said = saidOf.get(line) ?? 'nothing'
    if (!said.includes(sentence)) problems.push(`${WRONG_USE}:${line} should fail with: ${sentence}\nIt says: ${said}`)
  }
  return problems
}

for (const compiler of COMPILERS) {
  const problems = problemsWith(compiler)
  console.log(`${compiler}: ${expected.size} wrong calls, ${problems.length} problems`)
  for (const problem of problems) console.log(problem)
  if (problems.length > 0) process.exitCode = 1
}
