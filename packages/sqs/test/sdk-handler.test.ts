import { createServer } from 'node:http'
import { HttpRequest } from '@smithy/core/protocols'
import { expect, test } from 'vitest'
import { HttpClient } from '../src/http/http-client.ts'
import { sdkHandler } from '../src/http/sdk-handler.ts'
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
