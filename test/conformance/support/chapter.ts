import { describe } from 'vitest'
import type { Account } from './account.ts'
import { type Backend, subjects } from './subjects.ts'
import { optionsOn, testOn, titleOf } from './test-on.ts'

type Reasons = Readonly<Partial<Record<Backend, string>>>

interface Where {
  /** Backends that are known to do otherwise, and what they do: there the case must fail, so that the entry goes when they are mended. */
  readonly differs?: Reasons
  /** Backends that can't be asked, and why: the case is left out there. */
  readonly impossible?: Reasons
}

/** A case of `conformance-cases`, by its number: `run` gets an account of its own. */
type Case = (number: number, what: string, where: Where, run: (aws: Account) => Promise<void>) => void

/** A chapter of the conformance cases, over every backend that this run has. */
export function chapter(title: string, define: (test: Case) => void): void {
  for (const subject of subjects) {
    const { name } = subject
    // outside of describe: vitest wants fixtures of a file there
    const test = testOn(subject).extend('aws', async ({ backend }, { onCleanup }) => {
      const aws = await backend.account()
      onCleanup(() => aws[Symbol.asyncDispose]())
      return aws
    })
    describe.concurrent(`${title} (${titleOf(subject)})`, () => {
      define((number, what, { differs = {}, impossible = {} }, run) => {
        const options = optionsOn(subject, {
          asks: 'backend',
          chapter: title,
          difference: differs[name],
          impossible: impossible[name],
        })
        test(`case ${number}: ${what}`, options, ({ aws }) => run(aws))
      })
    })
  }
}
