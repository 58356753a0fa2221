import { Readable } from 'node:stream'
import { SQS, type SQSClientConfig } from '@aws-sdk/client-sqs'
import { type HttpRequest, HttpResponse } from '@smithy/core/protocols'
import { expect, test } from 'vitest'
import { plainJson } from '../src/http/plain-json.ts'
import { CREDENTIALS } from './support/fauxqs.ts'

const QueueUrl = 'https://sqs.eu-central-1.amazonaws.com/123456789012/receipts'
const ANSWER = { status: 200, headers: {}, body: Buffer.from('{}') }

interface Answer {
  readonly status: number
  readonly headers: Record<string, string>
  readonly body: unknown
}

/** A client of the SDK whose requests are all answered so, and what those were. */
function clientFor({ status, headers, body }: Answer, options: SQSClientConfig = {}) {
  const requests: HttpRequest[] = []
  const requestHandler = {
    async handle(request: HttpRequest) {
      requests.push(request)
      // a copy: bytes that the SDK has read are no Buffer any more
      const own = Buffer.isBuffer(body) ? Buffer.from(body) : body
      return { response: new HttpResponse({ statusCode: status, headers: { ...headers }, body: own }) }
    },
  }
  const sqs = new SQS({
    region: 'eu-central-1',
    credentials: CREDENTIALS,
    md5: false,
    maxAttempts: 1,
    useQueueUrlAsEndpoint: false,
    ...options,
    requestHandler,
  })
  return { sqs, requests }
}

function plainFor(answer: Answer, options?: SQSClientConfig) {
  const client = clientFor(answer, options)
  client.sqs.middlewareStack.use(plainJson(client.sqs))
  return client
}

const MessageAttributes = {
  text: { DataType: 'String', StringValue: 'ä' },
  bytes: { DataType: 'Binary.raw', BinaryValue: new Uint8Array([0, 255]) },
  part: { DataType: 'Binary', BinaryValue: Buffer.from('abcdef').subarray(2, 4) },
}

type Call = (sqs: SQS) => Promise<object>
const calls: readonly (readonly [what: string, call: Call])[] = [
  [
    'a send',
    (sqs) =>
      sqs.sendMessageBatch({
        QueueUrl,
        Entries: [
          { Id: '0', MessageBody: '"\u2028\ud83c\udf0d"', MessageAttributes, MessageGroupId: 'g', DelaySeconds: 0 },
          { Id: '1', MessageBody: '', MessageAttributes: {}, MessageGroupId: undefined },
          { Id: '2', MessageBody: 'x', MessageAttributes: undefined, MessageDeduplicationId: 'd' },
        ],
      }),
  ],
  [
    'a receive',
    (sqs) =>
      sqs.receiveMessage({
        QueueUrl,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: 0,
        ReceiveRequestAttemptId: undefined,
        MessageAttributeNames: ['All'],
      }),
  ],
  ['a delete', (sqs) => sqs.deleteMessageBatch({ QueueUrl, Entries: [{ Id: '0', ReceiptHandle: 'h' }] })],
  [
    'a change of visibility',
    (sqs) =>
      sqs.changeMessageVisibilityBatch({
        QueueUrl,
        Entries: [{ Id: '0', ReceiptHandle: 'h', VisibilityTimeout: 0 }],
      }),
  ],
]

/** But for what differs from one request to the next, and the order of names in the body, which its digest shows. */
const DIFFERENT = new Set([
  'authorization',
  'amz-sdk-invocation-id',
  'x-amz-date',
  'x-amz-content-sha256',
  'content-length',
])

function shown({ headers, body, ...rest }: HttpRequest) {
  const same = Object.entries(headers).filter(([name]) => !DIFFERENT.has(name))
  return { ...rest, headers: Object.fromEntries(same), body: JSON.parse(Buffer.from(body).toString()) }
}

test.each(calls)('%s is the request that the SDK makes, wherever it goes', async (_what, call) => {
  for (const options of [
    {},
    { useFipsEndpoint: true },
    { endpoint: 'http://localhost:4566' },
    { endpoint: 'https://proxy.example/sqs' },
    { endpointProvider: () => ({ url: new URL('https://proxy.example/sqs/'), headers: { 'x-place': ['a'] } }) },
  ]) {
    const [sdk, plain] = [clientFor(ANSWER, options), plainFor(ANSWER, options)]
    await call(sdk.sqs)
    await call(plain.sqs)
    expect(plain.requests.map(shown)).toEqual(sdk.requests.map(shown))
    expect(plain.requests[0]?.headers['content-length']).toBe(`${Buffer.byteLength(plain.requests[0]?.body)}`)
  }
})

const receive: Call = (sqs) => sqs.receiveMessage({ QueueUrl })
const headers = { 'x-amzn-requestid': 'r-1' }

/** An answer, or an error with all that it carries. */
async function outcomeOf(call: Promise<object>): Promise<object> {
  try {
    return await call
  } catch (error) {
    return { error, ...Object(error) }
  }
}

test.each<[what: string, answer: () => Answer]>([
  ['messages', () => ({ ...ANSWER, body: Buffer.from('{"Messages":[{"MessageId":"a","Body":"ä"}]}') })],
  ['its request id', () => ({ ...ANSWER, headers })],
  ['an empty answer', () => ({ ...ANSWER, body: Buffer.alloc(0) })],
  ['no body, of a request handler of one’s own', () => ({ ...ANSWER, body: undefined })],
  [
    'a stream, of a request handler of one’s own',
    () => ({ ...ANSWER, body: Readable.from(['{"Messages":[{"Body":', '"b"}]}']) }),
  ],
  ['no JSON', () => ({ ...ANSWER, body: Buffer.from('<html>') })],
  ['a text', () => ({ ...ANSWER, body: Buffer.from('"text"') })],
  ['no list of messages', () => ({ ...ANSWER, body: Buffer.from('{"Messages":{}}') })],
  ['another status that is none of an error', () => ({ ...ANSWER, status: 202, body: Buffer.from('{"Messages":[]}') })],
  [
    'an error',
    () => ({
      status: 400,
      headers: { ...headers, 'x-amzn-query-error': 'AWS.SimpleQueueService.NonExistentQueue;Sender' },
      body: Buffer.from('{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"No."}'),
    }),
  ],
  ['an error without JSON', () => ({ status: 502, headers, body: Buffer.from('<html>') })],
])('%s: what the SDK makes of it', async (_what, answer) => {
  const [sdk, plain] = [clientFor(answer()), plainFor(answer())]
  expect(await outcomeOf(receive(plain.sqs))).toEqual(await outcomeOf(receive(sdk.sqs)))
})

test('AWS’s clock is read from each answer, as the SDK reads it', async () => {
  const hour = 3_600_000
  const { sqs } = plainFor({ ...ANSWER, headers: { date: new Date(Date.now() + hour).toUTCString() } })
  await receive(sqs)
  expect(Math.abs(sqs.config.systemClockOffset - hour)).toBeLessThan(60_000)
})
