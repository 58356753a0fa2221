import { SqsError, type SqsErrorCode } from './sqs-error.ts'

/** The value, or undefined when the call fails with this code. */
export async function unless<Value>(code: SqsErrorCode, call: Promise<Value>): Promise<Value | undefined> {
  try {
    return await call
  } catch (error) {
    if (error instanceof SqsError && error.code === code) return undefined
    throw error
  }
}
