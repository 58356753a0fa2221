import { buildApp } from 'fauxqs'
import { endWithParent, tell } from './child.ts'

// SQS and SNS on 127.0.0.1, in a process of their own: their work is no client's. Counts requests by action, and takes each
// after the milliseconds that it is told.
endWithParent()
const rtt = Number(process.argv[2])
const requests: Record<string, number> = {}

const app = buildApp({ logger: false })
app.addHook('onRequest', (request, _reply, done) => {
  const target = request.headers['x-amz-target']
  // SNS has its action in the body.
  const sns =
    request.method === 'POST' && request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')
  const action = typeof target === 'string' ? target.replace('AmazonSQS.', '') : sns ? 'SNS' : undefined
  if (action !== undefined) requests[action] = (requests[action] ?? 0) + 1
  if (action !== undefined && rtt > 0) setTimeout(done, rtt)
  else done()
})
app.get('/requests', (_request, reply) => reply.send(requests))

tell(await app.listen({ host: '127.0.0.1', port: 0 }))
