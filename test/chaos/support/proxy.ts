import { once } from 'node:events'
import { createServer, request } from 'node:http'

/**
 * Stands before an endpoint, and knows which of SQS's actions were called. What `onCall` lets hang goes no further and is
 * never answered.
 */
export async function startProxy(endpoint: string, onCall: (action: string) => 'pass' | 'hang') {
  const calls: string[] = []
  // A process that was stopped finds its sockets as it left them.
  const server = createServer({ keepAliveTimeout: 0 }, (incoming, answer) => {
    const action = String(incoming.headers['x-amz-target']).replace('AmazonSQS.', '')
    calls.push(action)
    if (onCall(action) === 'hang') return
    const { headers, method, url = '' } = incoming
    const outgoing = request(new URL(url, endpoint), { method, headers }, (reply) => {
      answer.writeHead(reply.statusCode ?? 502, reply.headers)
      reply.pipe(answer)
    })
    outgoing.once('error', () => answer.destroy())
    answer.once('close', () => outgoing.destroy())
    incoming.pipe(outgoing)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || !address) throw new TypeError('it listens on no port')
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    calls,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
    },
  }
}
