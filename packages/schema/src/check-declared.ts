import { OptionsError, quote } from '@waybill/core'

const MADE_BY = { queue: 'defineQueue()', topic: 'defineTopic()' } as const
type Kind = keyof typeof MADE_BY

/**
 * Refuses what is no declared queue or topic, as JavaScript and casts would let through. `of` is the call, as in
 * `createConsumer`.
 */
export function checkDeclared(value: unknown, kinds: readonly Kind[], of: string): void {
  const kind = kindOf(value)
  if (kinds.some((wanted) => wanted === kind)) return
  const found = kind === undefined ? quote(value) : `a ${kind}`
  const circular = value === undefined ? ' Modules that import each other get undefined.' : ''
  const makers = kinds.map((wanted) => MADE_BY[wanted]).join(' or ')
  throw new OptionsError(
    `${of}: ${found} is no declared ${kinds.join(' or ')}. Give it what ${makers} returns.${circular}`,
  )
}

function kindOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('~definition' in value) || !('kind' in value)) return undefined
  return typeof value.kind === 'string' ? value.kind : undefined
}
