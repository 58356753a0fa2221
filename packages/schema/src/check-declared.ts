import { OptionsError } from '@waybill/core'
import { describeValue } from './describe-value.ts'

const MADE_BY = { queue: 'defineQueue()', topic: 'defineTopic()' } as const
type Kind = keyof typeof MADE_BY

/** What an import is before its module has run. */
export const circular = (value: unknown) =>
  value === undefined ? ' Modules that import each other get undefined.' : ''

/**
 * Refuses what is no declared queue or topic, as JavaScript and casts would let through. `of` is the call, as in
 * `createConsumer`.
 */
export function checkDeclared(value: unknown, kinds: readonly Kind[], of: string): void {
  const kind = kindOf(value)
  if (kinds.some((wanted) => wanted === kind)) return
  const makers = kinds.map((wanted) => MADE_BY[wanted]).join(' or ')
  throw new OptionsError(
    `${of}: ${describeValue(value)} is no declared ${kinds.join(' or ')}. Give it what ${makers} returns.${circular(value)}`,
  )
}

function kindOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('~definition' in value) || !('kind' in value)) return undefined
  return typeof value.kind === 'string' ? value.kind : undefined
}
