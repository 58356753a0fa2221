import { createServer } from 'node:http'
import { HttpRequest } from '@smithy/core/protocols'
import { expect, test } from 'vitest'
import { HttpClient } from '../src/http/http-client.ts'
import { sdkHandler, sdkSigner } from '../src/http/sdk-handler.ts'
import { CREDENTIALS } from './support/fauxqs.ts'
import { listen } from './support/listen.ts'

test('the AWS SDK gets a header that comes twice as one, as from its own handler', async () => {
  await using server = createServer((_request, response) => response.writeHead(200, { 'X-Twice': ['a', 'b'] }).end())
  const { hostname, port } = new URL(await listen(server))
  const http = new HttpClient()
  const request = new HttpRequest({ protocol: 'http:', hostname, port: Number(port), method: 'POST', body: 'x' })
  const { response } = await sdkHandler(http).handle(request)
  expect(response).toMatchObject({ statusCode: 200, headers: { 'x-twice': 'a,b' } })
  await http.destroy()
})

test.each([
  [{}, '/eu-central-1/sqs/aws4_request'],
  [{ signingRegion: 'us-east-1', signingService: 'other' }, '/us-east-1/other/aws4_request'],
])('a request is signed for where the AWS SDK says that it goes: %j', async (options, scope) => {
  const signer = sdkSigner({
    credentials: async () => CREDENTIALS,
    region: async () => 'eu-central-1',
    service: 'sqs',
  })
  const request = new HttpRequest({ hostname: 'sqs.example', method: 'POST', headers: { host: 'sqs.example' } })
  const { headers } = await signer.sign(request, options)
  expect(headers['authorization']).toContain(scope)
})
