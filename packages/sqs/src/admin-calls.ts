import type { Clock } from '@waybill/core'
import { apiCall } from './api-call.ts'
import type { ApiOptions } from './aws-api.ts'
import type { What } from './error-text.ts'

const TIMEOUT = 10_000

/** Calls about things of one kind: each has 10 s, the SDK's own retries included. */
export type CallOn<Api> = <Output>(
  call: string,
  id: string,
  run: (api: Api, options: ApiOptions) => Promise<Output>,
) => Promise<Output>

export function adminCalls(clock: Clock, endpoint: string | undefined) {
  const called = <Output>(what: Omit<What, 'endpoint'>, run: (options: ApiOptions) => Promise<Output>) =>
    apiCall(clock, { timeout: TIMEOUT }, { ...what, endpoint }, run)
  return {
    called,
    /** `id` is a name, URL or ARN. */
    on:
      <Api>(service: What['service'], kind: string, api: () => Api): CallOn<Api> =>
      (call, id, run) =>
        called({ service, call, target: `${kind} '${id.split(/[/:]/).at(-1)}'` }, (options) => run(api(), options)),
  }
}
