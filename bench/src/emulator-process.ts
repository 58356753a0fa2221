import { buildApp } from 'fauxqs'
import { endWithParent, tell } from './child.ts'

// SQS and SNS on 127.0.0.1, in a process of their own: their work is no client's. Counts requests by action, and takes each
// after the milliseconds that it is told. Told to stay awake, it never waits for a request, but looks whether there is one.
endWithParent()
const [rtt, awake] = [Number(process.argv[2]), process.argv[3] === 'true']
const requests: Record<string, number> = {}

const app = buildApp({ logger: false })
app.addHook('onRequest', (request, _reply, done) => {
  const action = actionOf(request)
  if (action !== undefined) requests[action] = (requests[action] ?? 0) + 1
  if (action !== undefined && rtt > 0) setTimeout(done, rtt)
  else done()
})
app.get('/requests', (_request, reply) => reply.send(requests))

const turn = (): void => void setImmediate(turn)
if (awake) turn()
tell(await app.listen({ host: '127.0.0.1', port: 0 }))

interface Request {
  readonly method: string
  readonly headers: { readonly [name: string]: string | readonly string[] | undefined }
}

/** Undefined for what is no request of AWS. SNS has its action in the body. */
function actionOf({ method, headers }: Request): string | undefined {
  const { 'x-amz-target': target, 'content-type': type } = headers
  if (typeof target === 'string') return target.replace('AmazonSQS.', '')
  const isForm = typeof type === 'string' && type.startsWith('application/x-www-form-urlencoded')
  return method === 'POST' && isForm ? 'SNS' : undefined
}
