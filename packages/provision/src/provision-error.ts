import { WaybillError } from '@waybill/core'

/** Why declarations can't be planned or applied. Refused calls are the `SqsError` that they failed with. */
export type ProvisionErrorCode =
  | 'changed' // by others since the plan
  | 'conflict' // two declarations of one name, or one dead-letter queue to be two things, or two queues to be one
  | 'elsewhere' // missing, and not in the account of the credentials
  | 'not-in-effect' // AWS has not taken it over in time
  | 'policy-too-large' // for SQS: too many topics of a queue, or queues of a dead-letter queue

/** Declarations that can't be planned, or a plan that could not be applied to its end. */
export class ProvisionError extends WaybillError<ProvisionErrorCode> {}
