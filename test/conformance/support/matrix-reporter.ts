import { writeFileSync } from 'node:fs'
import type { Reporter, TestCase, TestModule } from 'vitest/node'
import { type Asked, matrix } from './matrix.ts'

const PAGE = 'docs/conformance.md'
/** The page is about these: it is written when all of them were asked. */
const BACKENDS = ['simulator', 'fauxqs', 'localstack']

/** Prints the matrix of a run of the conformance suite, and writes the page that shows it. */
export class MatrixReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const asked = modules
      .flatMap((module) => Array.from(module.children.allTests(), askedIn))
      .filter((one) => one !== undefined)
    const failed = asked.filter(({ verdict }) => verdict === 'failed')
    const page = matrix(asked)
    console.log(page)
    for (const { backend, name } of failed) console.log(`FAILED on ${backend}: ${name}`)
    const missing = BACKENDS.filter((backend) => !asked.some((one) => one.backend === backend))
    if (failed.length > 0 || missing.length > 0)
      return console.log(
        `${PAGE} is left as it is: ${failed.length} failed, not asked: ${missing.join(', ') || 'none'}.`,
      )
    writeFileSync(PAGE, page)
    console.log(`${PAGE} is written.`)
  }
}

function askedIn(test: TestCase): Asked | undefined {
  const { conformance } = test.meta()
  if (!conformance) return undefined
  const { state } = test.result()
  const { asks, backend, chapter, difference, impossible } = conformance
  const [, digits = '', name = test.name] = /^case (\d+): (.*)$/s.exec(test.name) ?? []
  const kept = difference === undefined ? 'passed' : 'differs'
  const verdict = impossible === undefined ? (state === 'passed' ? kept : 'failed') : 'impossible'
  return { asks, backend, chapter, number: Number(digits), name, verdict, reason: difference ?? impossible }
}

// vitest takes a reporter's file by its default export
export default MatrixReporter
