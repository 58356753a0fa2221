import type { ApiOptions, HotSqsApi } from '../aws-api.ts'
import { isObject, parsedJson, stringOf } from '../fields-of.ts'
import type { HttpAnswer } from '../http/http-client.ts'
import { bodyOf, headersOf } from '../http/sqs-json.ts'
import { refusedError } from '../refused.ts'
import type { SignedPost } from './signed-post.ts'

/** The hot calls of SQS in its JSON protocol. */
export function directSqs(post: SignedPost): HotSqsApi {
  async function call(action: string, input: object, { abortSignal }: ApiOptions = {}): Promise<object> {
    const answer = await post(headersOf(action), bodyOf(input), abortSignal)
    const value = parsedJson(answer.body.toString())
    if (answer.status === 200 && isObject(value)) return value
    throw refusal(answer, value)
  }
  return {
    sendMessageBatch: (input, options) => call('SendMessageBatch', input, options),
    receiveMessage: (input, options) => call('ReceiveMessage', input, options),
    deleteMessageBatch: (input, options) => call('DeleteMessageBatch', input, options),
    changeMessageVisibilityBatch: (input, options) => call('ChangeMessageVisibilityBatch', input, options),
  }
}

/** The shape is in a header or the body, the query protocol's code in a header: `AWS.SimpleQueueService.NonExistentQueue;Sender`. */
function refusal({ status, headers }: HttpAnswer, value: unknown): Error {
  const code = stringOf(headers, 'x-amzn-query-error')?.split(';')[0]
  const shape =
    stringOf(headers, 'x-amzn-errortype') ?? stringOf(value, '__type') ?? stringOf(value, 'code') ?? code ?? ''
  return refusedError({
    // as `com.amazonaws.sqs#QueueDoesNotExist`, `QueueDoesNotExist:http://…`, or `InvalidParameterValueException`
    name: shape.replace(/^.*#/, '').replace(/(Exception)?([,:].*)?$/, ''),
    code,
    message: stringOf(value, 'message') ?? stringOf(value, 'Message') ?? `HTTP ${status}`,
    status,
  })
}
