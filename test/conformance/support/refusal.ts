/** An error of AWS, as the SDK tells it. */
export interface Refusal {
  /** The query protocol's code without what emulators leave out or add: `NonExistentQueue`. */
  readonly code: string
  /** The same as it came: `AWS.SimpleQueueService.NonExistentQueue`. */
  readonly wireCode: string
  /** The SDK's class: `QueueDoesNotExist`; for an error without one, its code. */
  readonly name: string
  readonly message: string
  readonly status: number | undefined
}

interface SdkError extends Error {
  readonly Code?: string
  readonly Error?: { readonly Code?: string }
  readonly $metadata?: { readonly httpStatusCode?: number }
}

/** How a call was refused. A call that succeeds fails the test. */
export async function refusal(call: Promise<unknown>): Promise<Refusal> {
  const error = await call.then(
    (answer) => {
      throw new Error(`It was not refused: ${JSON.stringify(answer)}`)
    },
    (thrown: SdkError) => thrown,
  )
  const wireCode = error.Code ?? error.Error?.Code ?? error.name
  return {
    code: wireCode.replace(/^AWS\.SimpleQueueService\./, '').replace(/Exception$/, ''),
    wireCode,
    name: error.name,
    message: error.message,
    status: error.$metadata?.httpStatusCode,
  }
}
