import { describe, test as plainTest } from 'vitest'
import type { Account } from './account.ts'
import { type Backend, subjects } from './subjects.ts'

type Reasons = Readonly<Partial<Record<Backend, string>>>

interface Where {
  /** Backends that are known to do otherwise, and what they do: there the case must fail, so that the entry goes when they are mended. */
  readonly differs?: Reasons
  /** Backends that can't be asked, and why: the case is left out there. */
  readonly impossible?: Reasons
}

declare module 'vitest' {
  interface TaskMeta {
    /** For the matrix of `npm run conformance`. */
    conformance?: {
      readonly chapter: string
      readonly backend: string
      readonly difference: string | undefined
      readonly impossible: string | undefined
    }
  }
}

/** A case of `conformance-cases`, by its number: `run` gets an account of its own. */
type Case = (number: number, what: string, where: Where, run: (aws: Account) => Promise<void>) => void

/** A chapter of the conformance cases, over every backend that this run has. */
export function chapter(title: string, define: (test: Case) => void): void {
  for (const { name, open } of subjects) {
    // outside of describe: vitest wants fixtures of a file there
    const test = plainTest
      .extend('backend', { scope: 'file' }, async ({}, { onCleanup }) => {
        const backend = await open()
        onCleanup(() => backend.close())
        return backend
      })
      .extend('aws', async ({ backend }, { onCleanup }) => {
        const aws = await backend.account()
        onCleanup(() => aws[Symbol.asyncDispose]())
        return aws
      })
    describe.concurrent(`${title} (${name})`, () => {
      define((number, what, { differs = {}, impossible = {} }, run) => {
        const meta = { chapter: title, backend: name, difference: differs[name], impossible: impossible[name] }
        const options = {
          meta: { conformance: meta },
          fails: meta.difference !== undefined,
          skip: meta.impossible !== undefined,
          // a case may take a minute there
          ...(name === 'aws' && { timeout: 150_000 }),
        }
        test(`case ${number}: ${what}`, options, ({ aws }) => run(aws))
      })
    })
  }
}
