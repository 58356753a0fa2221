import { type Duration, milliseconds, OptionsError } from '@waybill/core'

/** A duration in milliseconds, at most `bound`; `whose` says what that is. */
export function atMost(name: string, value: Duration, bound: number, whose: string): number {
  const ms = milliseconds(value, name)
  if (ms > bound) throw new OptionsError(`${name}: '${value}' is over ${whose}.`)
  return ms
}
