import { SqsError } from '@waybill/sqs'
import type { Create } from './change.ts'
import { ProvisionError } from './provision-error.ts'

/** What is created. That others were faster is no error when theirs is the same. */
export async function asPlanned<Value>({ name, resource }: Create, creating: Promise<Value>): Promise<Value> {
  try {
    return await creating
  } catch (error) {
    if (!(error instanceof SqsError && error.code === 'already-exists')) throw error
    throw new ProvisionError(
      'changed',
      `The ${resource} '${name}' was created by somebody else since the plan, and differs from it. Plan and apply again.`,
      { cause: error },
    )
  }
}
