import { type Attempt, refusalOf } from '@waybill/core'
import { SqsError } from '@waybill/sqs'

/**
 * Sends in halves what is refused as too large together: a queue or topic whose MaximumMessageSize is below the largest
 * refuses the whole call, though each message may fit. A half that fails leaves the other's answers as they are.
 */
export async function inHalves<Entry, Value>(
  entries: readonly Entry[],
  send: (entries: readonly Entry[]) => Promise<readonly Attempt<Value>[]>,
): Promise<readonly Attempt<Value>[]> {
  if (entries.length === 0) return []
  try {
    return await send(entries)
  } catch (error) {
    if (entries.length === 1 || !isTooLarge(error)) {
      const refusal = refusalOf(error)
      return entries.map(() => refusal)
    }
  }
  const middle = Math.ceil(entries.length / 2)
  const first = await inHalves(entries.slice(0, middle), send)
  return [...first, ...(await inHalves(entries.slice(middle), send))]
}

function isTooLarge(error: unknown): boolean {
  return error instanceof SqsError && error.code === 'too-large'
}
