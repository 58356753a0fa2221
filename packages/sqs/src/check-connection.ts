import { OptionsError } from '@waybill/core'
import { describeValue } from '@waybill/schema'

/** Refuses what is no connection, as JavaScript and casts would let through. `of` is the call, as in `createProducer`. */
export function checkConnection(value: unknown, of: string): void {
  if (typeof value === 'object' && value !== null && 'sqs' in value && 'admin' in value) return
  throw new OptionsError(
    `${of}: ${describeValue(value)} is no connection. Write ${of}(connection, …), with what connect() or a test backend returns.`,
  )
}
