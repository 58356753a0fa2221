import { type Backend, TestingError, localstack } from '@waybill/testing'
import type { TestProject } from 'vitest/node'

/** What a run knows of LocalStack. */
type LocalStack =
  | { readonly state: 'running'; readonly endpoint: string }
  | { readonly state: 'skipped' | 'failed'; readonly reason: string }

declare module 'vitest' {
  interface ProvidedContext {
    localstack: LocalStack
  }
}

/** One LocalStack for the whole run, whatever projects want it; tests keep apart by their name prefixes. */
export default async function setUpLocalStack({ vitest }: TestProject): Promise<(() => Promise<void>) | undefined> {
  const run = vitest.getRootProject()
  // projects are set up one after another
  if (run.getProvidedContext().localstack) return undefined
  const backend = await start()
  if (backend instanceof TestingError) {
    const state = process.env['WAYBILL_REQUIRE_DOCKER'] === '1' ? 'failed' : 'skipped'
    run.provide('localstack', { state, reason: reason(backend) })
    return async () => {}
  }
  run.provide('localstack', { state: 'running', endpoint: backend.endpoint })
  return () => backend.close()
}

async function start(): Promise<Backend | TestingError> {
  try {
    return await localstack()
  } catch (error) {
    if (error instanceof TestingError) return error
    throw error
  }
}

/** Why a run goes without LocalStack and how to include it, in one line. */
export function reason({ code, message }: TestingError): string {
  const happened = message.replaceAll(/\s+/g, ' ').replace(/[.\s]+$/, '')
  if (code === 'not-started')
    return `${happened}. To include it, load that image or name one that is there in LOCALSTACK_IMAGE.`
  if (code !== 'no-docker') return `${happened}.`
  return 'no Docker engine answers. Start Docker to include it; WAYBILL_REQUIRE_DOCKER=1 makes its absence an error.'
}
