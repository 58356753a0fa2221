import { type Backend, backendAt, type BackendOptions } from './backend.ts'

/**
 * Any endpoint that speaks SQS's and SNS's protocols: an emulator that runs already, elsewhere or for several processes.
 * Does no I/O; closing it leaves the endpoint running.
 *
 * @example
 * await using aws = endpoint('http://127.0.0.1:4566', { namePrefix: 'anna-' })
 */
export function endpoint(url: string, options: BackendOptions = {}): Backend {
  return backendAt(url, options, () => Promise.resolve())
}
