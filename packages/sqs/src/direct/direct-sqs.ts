import type { ApiMessage, ApiOptions, HotSqsApi } from '../aws-api.ts'
import { parsedJson, stringOf } from '../fields-of.ts'
import type { HttpAnswer } from '../http/http-client.ts'
import { bodyOf, headersOf, isAnswer } from '../http/sqs-json.ts'
import { refusedError } from './refused.ts'
import type { SignedPost } from './signed-post.ts'

/** The hot calls of SQS in its JSON protocol. */
export function directSqs(post: SignedPost): HotSqsApi {
  async function call<Answer>(
    action: string,
    input: object,
    isExpected: (value: unknown) => value is Answer,
    { abortSignal }: ApiOptions = {},
  ): Promise<Answer> {
    const answer = await post(headersOf(action), bodyOf(input), abortSignal)
    const value = parsedJson(answer.body.toString())
    if (answer.status === 200 && isExpected(value)) return value
    throw refusal(answer, value)
  }
  return {
    sendMessageBatch: (input, options) => call('SendMessageBatch', input, isBatchAnswer, options),
    receiveMessage: (input, options) => call('ReceiveMessage', input, isReceiveAnswer, options),
    deleteMessageBatch: (input, options) => call('DeleteMessageBatch', input, isBatchAnswer, options),
    changeMessageVisibilityBatch: (input, options) =>
      call('ChangeMessageVisibilityBatch', input, isBatchAnswer, options),
  }
}

interface BatchAnswer {
  readonly Successful?: []
  readonly Failed?: []
}

const isReceiveAnswer = (value: unknown): value is { readonly Messages?: readonly ApiMessage[] } =>
  isAnswer(value, 'Messages')
const isBatchAnswer = (value: unknown): value is BatchAnswer => isAnswer(value, 'Successful', 'Failed')

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
