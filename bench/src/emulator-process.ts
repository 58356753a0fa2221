import { buildApp } from 'fauxqs'
import { endWithParent, tell } from './child.ts'

// SQS on 127.0.0.1, in a process of its own: its work is no client's. Counts requests by action.
endWithParent()
const requests: Record<string, number> = {}

const app = buildApp({ logger: false })
app.addHook('onRequest', (request, _reply, done) => {
  const target = request.headers['x-amz-target']
  const action = typeof target === 'string' ? target.replace('AmazonSQS.', '') : undefined
  if (action !== undefined) requests[action] = (requests[action] ?? 0) + 1
  done()
})
app.get('/requests', (_request, reply) => reply.send(requests))

tell(await app.listen({ host: '127.0.0.1', port: 0 }))
