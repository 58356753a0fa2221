import type { ApiMessage, ApiOptions, HotSqsApi } from '../aws-api.ts'
import { fieldOf, parsedJson, stringOf } from '../fields-of.ts'
import type { HttpAnswer } from '../http/http-client.ts'
import { toJsonEntry } from './json-entry.ts'
import { refusedError } from './refused.ts'
import type { SignedPost } from './signed-post.ts'

// The mode asks for the query protocol's codes beside the shapes of errors.
const HEADERS = { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-query-mode': 'true' }

/** The hot calls of SQS in its JSON protocol. */
export function directSqs(post: SignedPost): HotSqsApi {
  async function call<Answer>(
    action: string,
    body: string,
    isAnswer: (value: unknown) => value is Answer,
    { abortSignal }: ApiOptions = {},
  ): Promise<Answer> {
    const headers = { ...HEADERS, 'x-amz-target': `AmazonSQS.${action}` }
    const answer = await post(headers, body, abortSignal)
    const value = parsedJson(answer.body.toString())
    if (answer.status === 200 && isAnswer(value)) return value
    throw refusal(answer, value)
  }
  return {
    sendMessageBatch: ({ Entries = [], ...input }, options) =>
      call('SendMessageBatch', JSON.stringify({ ...input, Entries: Entries.map(toJsonEntry) }), isBatchAnswer, options),
    receiveMessage: (input, options) => call('ReceiveMessage', JSON.stringify(input), isReceiveAnswer, options),
    deleteMessageBatch: (input, options) => call('DeleteMessageBatch', JSON.stringify(input), isBatchAnswer, options),
    changeMessageVisibilityBatch: (input, options) =>
      call('ChangeMessageVisibilityBatch', JSON.stringify(input), isBatchAnswer, options),
  }
}

interface BatchAnswer {
  readonly Successful?: []
  readonly Failed?: []
}

/** SQS leaves out what is empty; emulators may say null. */
const isReceiveAnswer = (value: unknown): value is { readonly Messages?: readonly ApiMessage[] } =>
  hasLists(value, 'Messages')
const isBatchAnswer = (value: unknown): value is BatchAnswer => hasLists(value, 'Successful', 'Failed')

function hasLists(value: unknown, ...names: readonly string[]): boolean {
  if (!isObject(value)) return false
  return names.every((name) => {
    const list = fieldOf(value, name)
    return list === undefined || list === null || (Array.isArray(list) && list.every(isObject))
  })
}

const isObject = (value: unknown) => typeof value === 'object' && value !== null

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
