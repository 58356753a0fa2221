import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { connect, type ConnectOptions } from '../../src/index.ts'
import { CREDENTIALS } from './fauxqs.ts'
import { listen } from './listen.ts'
import { silent } from './silent.ts'

interface SeenCall {
  /** `SendMessageBatch`, from the JSON protocol's header or the query protocol's form. */
  readonly call: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

interface Request extends SeenCall {
  readonly response: ServerResponse
  /** How many calls there were, this one included. */
  readonly count: number
}

/** An endpoint that answers as a test says, and a connection to it. */
export async function fakeAws(answer: (request: Request) => void, options: ConnectOptions = {}) {
  const calls: SeenCall[] = []
  async function take(incoming: IncomingMessage, response: ServerResponse) {
    const { headers, url: path = '' } = incoming
    const body = await text(incoming)
    const target = String(headers['x-amz-target'] ?? '').replace('AmazonSQS.', '')
    const call = target || (new URLSearchParams(body).get('Action') ?? '')
    const seen = { call, path, headers, body }
    answer({ ...seen, response, count: calls.push(seen) })
  }
  const server = createServer((incoming, response) => void take(incoming, response))
  const endpoint = await listen(server)
  const aws = { credentials: CREDENTIALS }
  const connection = connect({ region: 'eu-central-1', endpoint, aws, logger: silent, ...options })
  return {
    calls,
    connection,
    endpoint,
    server,
    async [Symbol.asyncDispose]() {
      await connection.close()
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}

/** An answer of SQS's JSON protocol. */
export function json(response: ServerResponse, body: object, status = 200, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0', ...headers }).end(JSON.stringify(body))
}

/** An error of SQS's JSON protocol: the shape in the body, the query protocol's code in a header. */
export function refuse(response: ServerResponse, status: number, shape: string, queryCode?: string): void {
  const headers = queryCode === undefined ? {} : { 'x-amzn-query-error': `${queryCode};Sender` }
  json(response, { __type: `com.amazonaws.sqs#${shape}`, message: 'No.' }, status, headers)
}
