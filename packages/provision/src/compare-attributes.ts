import { harmlessPart, hindranceTo } from './allowance.ts'
import type { Attributes, CannotChange, Existing, Update } from './change.ts'
import type { ResolvedPlanOptions } from './plan-options.ts'
import { sameValue } from './same-json.ts'

/** The attributes that are not as wanted: to be changed, or left alone. */
export function compareAttributes(
  subject: Existing,
  wanted: Attributes,
  found: Attributes,
  allow: ResolvedPlanOptions['allow'],
): (Update | CannotChange)[] {
  return Object.entries(wanted).flatMap(([attribute, to]): (Update | CannotChange)[] => {
    const from = found[attribute]
    if (sameValue(from, to)) return []
    const hindrance = hindranceTo(attribute, found, to)
    if (!hindrance || (hindrance.allowance && allow.has(hindrance.allowance)))
      return [{ kind: 'update', ...subject, attribute, from, to }]
    if (from === undefined) return []
    const part = harmlessPart(attribute, from, to)
    if (part === undefined) return [{ kind: 'cannot-change', ...subject, attribute, from, to, ...hindrance }]
    return [
      { kind: 'update', ...subject, attribute, from, to: part },
      { kind: 'cannot-change', ...subject, attribute, from: part, to, ...hindrance },
    ]
  })
}
