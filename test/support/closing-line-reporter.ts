import type { Reporter, TestModule, TestRunEndReason, Vitest } from 'vitest/node'

/** Ends a run with what it left out and with one line of counts, for people and for machines that read logs. */
export class ClosingLineReporter implements Reporter {
  #vitest: Vitest | undefined

  onInit(vitest: Vitest): void {
    this.#vitest = vitest
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[], reason: TestRunEndReason): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const count = (state: string): number => tests.filter((test) => test.result().state === state).length
    const broken = modules.filter((module) => module.errors().length > 0).length + errors.length
    // A run can fail without a failed test, when its global set-up does.
    const failed = Math.max(count('failed') + broken, reason === 'passed' ? 0 : 1)
    const skipped = count('skipped')
    const localstack = this.#vitest?.getRootProject().getProvidedContext().localstack
    if (localstack && localstack.state !== 'running')
      console.log(`\nLocalStack: ${localstack.state}, ${localstack.reason}`)
    console.log(`\n${count('passed')} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
  }
}
