import { OptionsError, quote } from '@waybill/core'
import { levels, pino } from 'pino'
import type { Logger } from './logger.ts'

/** pino on standard output, made when a connection first needs it: importing Waybill opens nothing. */
export function defaultLogger(level = process.env['WAYBILL_LOG_LEVEL'] ?? 'info'): Logger {
  const names = [...Object.keys(levels.values), 'silent']
  if (!names.includes(level))
    throw new OptionsError(`WAYBILL_LOG_LEVEL: ${quote(level)} is not a level. Write one of ${names.join(', ')}.`)
  return pino({ name: 'waybill', level })
}
