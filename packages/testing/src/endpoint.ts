import { OptionsError, quote } from '@waybill/core'
import { type Backend, backendAt, type BackendOptions } from './backend.ts'

/**
 * Any endpoint that speaks SQS's and SNS's protocols: an emulator that runs already, elsewhere or for several processes.
 * Does no I/O; closing it leaves the endpoint running.
 *
 * @throws {OptionsError} when it is no URL, or an option can't be used.
 * @example
 * await using aws = endpoint('http://127.0.0.1:4566', { namePrefix: 'anna-' })
 */
export function endpoint(url: string, options: BackendOptions = {}): Backend {
  // As from an environment variable that is not set: without an endpoint, calls would go to AWS.
  if (typeof url !== 'string')
    throw new OptionsError(`endpoint: ${quote(url)} is not a URL. Write it as in 'http://127.0.0.1:4566'.`)
  return backendAt(url, options, () => Promise.resolve())
}
