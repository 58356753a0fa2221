import { startChild } from './child.ts'
import type { Emulator } from './emulator.ts'
import { type Requests, since } from './requests.ts'

export interface ClientRun<T> {
  readonly result: T
  /** The client's, from its start until there was a result. */
  readonly requests: Requests
}

/**
 * One client at work, in a process of its own that ends with this. `resultOf` makes a result of what it tells once it is
 * done, or rejects.
 */
export async function runClient<T>(
  emulator: Emulator,
  file: string,
  order: unknown,
  resultOf: (told: unknown) => Promise<T>,
): Promise<ClientRun<T>> {
  const before = await emulator.requests()
  await using client = startChild(file, [JSON.stringify(order)])
  const result = await resultOf(await client.told)
  return { result, requests: since(before, await emulator.requests()) }
}
