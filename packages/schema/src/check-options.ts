import { checkKeys, OptionsError, quote } from '@waybill/core'
import { describeValue } from './describe-value.ts'

/** As {@link checkKeys}, but what stands where options should is called by its name, not by its keys. */
export function checkOptions(options: unknown, known: readonly string[], of: string): void {
  const found = describeValue(options)
  if (found !== quote(options))
    throw new OptionsError(`${of}: ${found} is not an object of options. Write { ${known[0]}: … }.`)
  checkKeys(options, known, of)
}
