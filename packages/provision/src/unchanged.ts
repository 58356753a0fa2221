import type { Change, Remove, Update } from './change.ts'
import { ProvisionError } from './provision-error.ts'
import { sameValue } from './same-json.ts'

/** Throws a {@link ProvisionError} when what a change is about has none of these values: somebody else has set another. */
export function checkUnchanged(
  { attribute, name, resource }: Update | Remove,
  now: string | undefined,
  expected: readonly (string | undefined)[],
): void {
  if (expected.some((value) => sameValue(value ?? '', now ?? ''))) return
  const what = resource === 'policy' ? `statement ${attribute} of queue` : `${attribute} of ${resource}`
  throw new ProvisionError(
    'changed',
    `The ${what} '${name}' was changed by somebody else since the plan, to ${now || 'nothing'}. Plan and apply again.`,
  )
}

/** The same for an update. A machine that applies an equal plan may have made it already, and those behind it. */
export function checkUpdate(update: Update, now: string | undefined, plan: readonly Change[]): void {
  const steps = plan.filter(
    (change): change is Update =>
      change.kind === 'update' && change.id === update.id && change.attribute === update.attribute,
  )
  checkUnchanged(
    update,
    now,
    steps.flatMap(({ from, to }) => [from, to]),
  )
}
