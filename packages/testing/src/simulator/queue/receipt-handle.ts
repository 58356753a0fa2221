import { AwsError, invalidValue } from '../aws-error.ts'

/** What a receipt handle says: which receive of which message of which queue. */
export interface HandleContent {
  readonly messageId: string
  readonly number: number
}

export function receiptHandle(queueArn: string, messageId: string, number: number): string {
  return Buffer.from(`${queueArn} ${messageId} ${number}`).toString('base64')
}

export function readReceiptHandle(queueArn: string, handle = ''): HandleContent {
  const [arn, messageId = '', number] = decoded(handle)
  if (arn === queueArn) return { messageId, number: Number(number) }
  throw new AwsError('ReceiptHandleIsInvalid', `The input receipt handle "${handle}" is not a valid receipt handle.`)
}

export const isReceiptHandle = (queueArn: string, handle: string) => decoded(handle)[0] === queueArn

const decoded = (handle: string) => Buffer.from(handle, 'base64').toString().split(' ')

export function handleProblem(handle: string | undefined, reason: string) {
  return invalidValue(`Value ${handle} for parameter ReceiptHandle is invalid. Reason: ${reason}`)
}
