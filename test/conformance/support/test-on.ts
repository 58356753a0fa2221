import { test } from 'vitest'
import type { Backend, Subject } from './subjects.ts'

declare module 'vitest' {
  interface TaskMeta {
    /** For the page that `npm run conformance` writes. */
    conformance?: Asking & { readonly backend: Backend }
  }
}

interface Asking {
  /** Whose answer it is. */
  readonly asks: 'backend' | 'waybill'
  readonly chapter: string
  readonly difference?: string | undefined
  readonly impossible?: string | undefined
}

/** A test over one backend, which is opened once a file. */
export const testOn = ({ open }: Subject) =>
  test.extend('backend', { scope: 'file' }, async ({}, { onCleanup }) => {
    const backend = await open()
    onCleanup(() => backend.close())
    return backend
  })

/** As the titles of its tests show it. */
export const titleOf = ({ name, transport }: Subject) => (transport === undefined ? name : `${name}, ${transport}`)

/** The options of such a test. The page counts each backend once: as the AWS SDK finds it. */
export const optionsOn = ({ name: backend, transport }: Subject, asking: Asking) => ({
  meta: transport === undefined ? { conformance: { ...asking, backend } } : {},
  fails: asking.difference !== undefined,
  skip: asking.impossible !== undefined,
  // a case may take a minute there
  ...(backend === 'aws' && { timeout: 150_000 }),
})
