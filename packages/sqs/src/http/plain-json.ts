import type { ServiceInputTypes, ServiceOutputTypes, SQSClient } from '@aws-sdk/client-sqs'
import { constructStack } from '@smithy/core/client'
import { toEndpointV1 } from '@smithy/core/endpoints'
import { HttpRequest, HttpResponse } from '@smithy/core/protocols'
import { getSchemaSerdePlugin } from '@smithy/core/schema'
import type { HandlerExecutionContext, Pluggable } from '@smithy/types'
import { isObject, parsedJson, stringOf } from '../fields-of.ts'
import { bodyOf, headersOf } from './sqs-json.ts'

/**
 * For a client of the AWS SDK that makes the hot calls of SQS only: their inputs and outputs are SQS's JSON already, and need no
 * look at the schema of each field. What is no plain answer, such as an error, is for the SDK to read.
 */
export function plainJson({ config }: SQSClient): Pluggable<ServiceInputTypes, ServiceOutputTypes> {
  return {
    applyToStack(stack) {
      const sdk = constructStack<ServiceInputTypes, ServiceOutputTypes>()
      sdk.use(getSchemaSerdePlugin(config))
      sdk.removeByTag('SERIALIZER')
      stack.add((next, context) => (args) => next({ ...args, request: requestOf(args.input, context) }), {
        name: 'serializerMiddleware',
        step: 'serialize',
        override: true,
      })
      stack.add(
        (next, context) => async (args) => {
          const { response } = await next(args)
          const output = outputOf(response)
          return output ? { response, output } : sdk.resolve(async () => ({ response }), context)(args)
        },
        { name: 'deserializerMiddleware', step: 'deserialize', override: true },
      )
    },
  }
}

function requestOf(input: object, { commandName = '', endpointV2 }: HandlerExecutionContext): HttpRequest {
  if (!endpointV2) throw new Error(`Bug: the endpoint of ${commandName} is not known yet.`)
  const { headers, hostname, path, port, protocol } = toEndpointV1(endpointV2)
  return new HttpRequest({
    protocol,
    hostname,
    ...(port !== undefined && { port }),
    path: path.endsWith('/') ? path : `${path}/`,
    method: 'POST',
    // `SendMessageBatchCommand`
    headers: { ...headers, ...headersOf(commandName.replace(/Command$/, '')) },
    body: bodyOf(input),
  })
}

/** Undefined for what is no plain answer. A request handler of one's own may give a stream. */
function outputOf(response: unknown): ServiceOutputTypes | undefined {
  if (!HttpResponse.isInstance(response) || response.statusCode !== 200 || !Buffer.isBuffer(response.body))
    return undefined
  const value = parsedJson(response.body.toString())
  if (!isObject(value)) return undefined
  const requestId = stringOf(response.headers, 'x-amzn-requestid')
  return { ...value, $metadata: { httpStatusCode: 200, ...(requestId !== undefined && { requestId }) } }
}
