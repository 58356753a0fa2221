import { OptionsError, quote } from '@waybill/core'

/** As from JavaScript: whatever the types say. */
export function checkConsumers(consumers: unknown, of: string): void {
  const write = `Write ${of}([receipts, stock]).`
  if (!Array.isArray(consumers)) throw new OptionsError(`${of}: ${quote(consumers)} is not a list. ${write}`)
  if (consumers.length === 0) throw new OptionsError(`${of}: the list is empty. ${write}`)
  const odd: unknown = consumers.find((each: unknown) => !isConsumer(each))
  if (odd === undefined && consumers.every(isConsumer)) return
  throw new OptionsError(`${of}: ${quote(odd)} is no consumer. Give what createConsumer() returned. ${write}`)
}

const isConsumer = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'health' in value && 'stopped' in value
