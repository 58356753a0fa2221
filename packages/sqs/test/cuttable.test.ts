import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { buildConnector } from 'undici'
import { expect, test } from 'vitest'
import { cuttable } from '../src/http/cuttable.ts'
import { listen } from './support/listen.ts'

test('what stands is not cut: it is no longer kept in mind', async () => {
  const server = createServer((socket) => socket.on('data', (data) => socket.end(data)))
  const { protocol, hostname, port } = new URL(await listen(server))
  const { connect, cut } = cuttable(buildConnector({}))
  const socket = await new Promise<Socket>((resolve, reject) =>
    connect({ protocol, hostname, port }, (error, connected) => (error ? reject(error) : resolve(connected))),
  )
  cut()
  expect(socket.destroyed).toBe(false)
  socket.write('echo')
  const [echo] = await once(socket, 'data')
  expect(String(echo)).toBe('echo')
  socket.destroy()
  await new Promise((closed) => server.close(closed))
})
