import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { getEventListeners, once } from 'node:events'
import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { createServer, type Server, type Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { ClosedError } from '../src/closed-error.ts'
import { HttpClient } from '../src/http/http-client.ts'
import { listen } from './support/listen.ts'

const listeners = (signal: AbortSignal) => getEventListeners(signal, 'abort').length
const aborted = new Error('The request was aborted.')

/** A client, and a server for it that notes its connections. */
async function pair(server: Server) {
  const sockets: Socket[] = []
  server.on('connection', (socket: Socket) => sockets.push(socket))
  const origin = await listen(server)
  const client = new HttpClient()
  const request = { origin, path: '/', headers: {}, body: 'x' }
  return {
    client,
    sockets,
    request,
    post: (signal?: AbortSignal) => client.post(request, signal),
    async [Symbol.asyncDispose]() {
      await client.destroy()
      for (const socket of sockets) socket.destroy()
      await new Promise((closed) => server.close(closed))
    },
  }
}
const serving = (answer: RequestListener) => pair(createHttpServer(answer))

/** Takes connections, and never says a word: for https a connection that does not come about. */
async function silence() {
  const opened = Promise.withResolvers<Socket>()
  const server = createServer((socket) => opened.resolve(socket.resume()))
  const { request, ...rest } = await pair(server)
  return { ...rest, opened: opened.promise, request: { ...request, origin: request.origin.replace('http:', 'https:') } }
}

describe('a request that is aborted', () => {
  test('before it begins opens no connection', async () => {
    await using http = await serving((_request, response) => response.end())
    const signal = AbortSignal.abort(aborted)
    await expect(http.post(signal)).rejects.toBe(aborted)
    expect(listeners(signal)).toBe(0)
    expect(http.sockets).toEqual([])
  })

  test('while it connects', async () => {
    await using http = await silence()
    const { signal, abort } = controlled()
    const posting = http.client.post(http.request, signal)
    await Promise.all([expect(posting).rejects.toThrow(aborted.message), http.opened.then(abort)])
    expect(listeners(signal)).toBe(0)
  })

  test('while it connects, and is connected after all, does not reach the server', async () => {
    const paths: (string | undefined)[] = []
    await using http = await serving((request, response) => (paths.push(request.url), response.end()))
    const { signal, abort } = controlled()
    subscribe('undici:client:beforeConnect', abort)
    await expect(http.client.post({ ...http.request, path: '/aborted' }, signal)).rejects.toThrow(aborted.message)
    unsubscribe('undici:client:beforeConnect', abort)
    await http.post()
    expect(paths).toEqual(['/'])
    expect(listeners(signal)).toBe(0)
  })

  test('while it waits for an answer', async () => {
    const { signal, abort } = controlled()
    await using http = await serving(() => abort())
    await expect(http.post(signal)).rejects.toThrow(aborted.message)
    expect(listeners(signal)).toBe(0)
    await closed(http.sockets)
  })

  test('while its answer arrives', async () => {
    const { signal, abort } = controlled()
    await using http = await serving((_request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('half')
    })
    const arriving = () => queueMicrotask(abort)
    subscribe('undici:request:headers', arriving)
    await expect(http.post(signal)).rejects.toThrow(aborted.message)
    unsubscribe('undici:request:headers', arriving)
    expect(listeners(signal)).toBe(0)
    await closed(http.sockets)
  })
})

test('a signal is left as it was, whatever comes of the request', async () => {
  const { signal } = controlled()
  await using http = await serving((request, response) => (request.url === '/' ? response.end() : response.destroy()))
  const posts = Array.from({ length: 20 }, (_, n) =>
    http.client.post({ ...http.request, path: n % 2 ? '/' : '/lost' }, signal),
  )
  const outcomes = await Promise.allSettled(posts)
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(10)
  await expect(http.client.post({ ...http.request, origin: 'http://127.0.0.1:1' }, signal)).rejects.toThrow(
    '127.0.0.1:1',
  )
  const headers = { 'x-two': 'lines\n' }
  await expect(http.client.post({ ...http.request, headers }, signal)).rejects.toThrow('invalid x-two header')
  expect(listeners(signal)).toBe(0)
})

test('an answer comes with its status, its headers and its bytes', async () => {
  const body = Buffer.from(Array.from({ length: 1_000_000 }, (_, n) => n % 256))
  await using http = await serving((_request, response) => {
    response.writeHead(418, { 'X-Twice': ['a', 'b'], 'X-Once': 'c' })
    for (let at = 0; at < body.length; at += 9_999) response.write(body.subarray(at, at + 9_999))
    response.end()
  })
  const answer = await http.post()
  expect(answer).toMatchObject({ status: 418, headers: { 'x-twice': ['a', 'b'], 'x-once': 'c' } })
  expect(answer.body.equals(body)).toBe(true)
})

describe('connections', () => {
  test('are kept, and free again in the next turn of the event loop', async () => {
    await using http = await serving((_request, response) => response.end())
    for (let n = 0; n < 5; n++) {
      await http.post()
      await setImmediate()
    }
    expect(http.sockets).toHaveLength(1)
  })

  test('that the server closed while they were idle are replaced', async () => {
    await using http = await serving((_request, response) => response.end())
    await http.post()
    const [idle] = http.sockets
    idle?.end()
    await closed(http.sockets)
    expect(await http.post()).toMatchObject({ status: 200 })
    expect(http.sockets).toHaveLength(2)
  })

  test('that the server closed just as they are used again cost that request, and no other', async () => {
    let requests = 0
    await using http = await serving((_request, response) => (requests++ === 1 ? response.destroy() : response.end()))
    await http.post()
    await expect(http.post()).rejects.toMatchObject({ code: expect.stringMatching(/^(UND_ERR_SOCKET|ECONNRESET)$/) })
    expect(await http.post()).toMatchObject({ status: 200 })
    expect(requests).toBe(3)
  })
})

describe('destroy()', () => {
  test('cuts what is under way, and closes every connection', async () => {
    let waiting = 0
    const all = Promise.withResolvers<void>()
    await using http = await serving(() => ++waiting === 5 && all.resolve())
    const posts = Array.from({ length: 5 }, () =>
      expect(http.post()).rejects.toMatchObject({ code: 'UND_ERR_DESTROYED' }),
    )
    await Promise.all([...posts, all.promise.then(() => http.client.destroy())])
    await closed(http.sockets)
  })

  test('cuts what still connects', async () => {
    await using http = await silence()
    const posting = http.client.post(http.request)
    await Promise.all([
      expect(posting).rejects.toMatchObject({ code: 'UND_ERR_DESTROYED' }),
      http.opened.then(() => http.client.destroy()),
    ])
    await closed(http.sockets)
  })

  test('lets nothing begin any more', async () => {
    await using http = await serving((_request, response) => response.end())
    const early = http.client.destroy()
    await expect(http.post()).rejects.toThrow(ClosedError)
    await early
    await expect(http.post()).rejects.toThrow(ClosedError)
    expect(http.sockets).toEqual([])
  })
})

function controlled() {
  const controller = new AbortController()
  return { signal: controller.signal, abort: () => controller.abort() }
}

async function closed(sockets: readonly Socket[]): Promise<void> {
  expect(sockets.length).toBeGreaterThan(0)
  await Promise.all(sockets.map(async (socket) => socket.closed || once(socket, 'close')))
}
