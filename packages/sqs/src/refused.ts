/** What AWS says when it refuses a call. */
export interface Refused {
  /** The shape: `QueueDoesNotExist`. */
  readonly name: string
  /** The query protocol's code, where it differs: `AWS.SimpleQueueService.NonExistentQueue`. */
  readonly code?: string | undefined
  readonly message: string
  readonly status: number
}

/** As the AWS SDK throws it, so that it is judged in the same way. Without a name, its status is all that is known. */
export function refusedError({ name, code, message, status }: Refused): Error {
  const error = new Error(message)
  error.name = name
  const fault = name === '' ? {} : { $fault: status < 500 ? 'client' : 'server', Code: code ?? name }
  return Object.assign(error, fault, { $metadata: { httpStatusCode: status } })
}
