import { quote } from '@waybill/core'
import type { CannotChange, Update } from './change.ts'
import { ProvisionError } from './provision-error.ts'

/** Whose a queue or topic is, when it is not of this account. */
export function otherOwner(arn: string, account: string): string | undefined {
  const owner = arn.split(':')[4]
  return owner === account ? undefined : owner || undefined
}

/** What is missing can be created only in the account of the credentials. */
export function checkOwner(kind: 'queue' | 'topic', name: string, owner: string | undefined, account: string): void {
  if (owner === undefined || owner === account) return
  throw new ProvisionError(
    'elsewhere',
    `There is no ${kind} ${quote(name)} in account ${owner}, and these credentials are of account ${account}: it can't be created from here. Create it there, or correct connect({ accountId, locate }).`,
  )
}

/** What differs in another account is left to it: SQS has no permission to change or tag a queue from elsewhere. */
export function leftToOwner(
  owner: string | undefined,
  differences: readonly (Update | CannotChange)[],
): (Update | CannotChange)[] {
  if (owner === undefined) return [...differences]
  const reason = `account ${owner} owns it and has to change it; these credentials are of another.`
  return differences.map((difference) => ({ ...difference, kind: 'cannot-change', reason, allowance: undefined }))
}
