// A process that traces, as in production: sends and handles messages in spans of its own, and says what was traced.
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs'
import { context, createTraceState, propagation, trace, TraceFlags } from '@opentelemetry/api'
import { type Connection, createConsumer, createProducer, deadLetter } from 'waybill'
import { endpoint, expectSettled } from 'waybill/testing'
import { bare, forwarded, jobs, news, notes, TOGETHER } from './contracts.ts'
import { tell } from './instrument.ts'

const [url = '', namePrefix = '', transport] = process.argv.slice(2)
const tracer = trace.getTracer('this service')
const anotherService = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  traceFlags: TraceFlags.SAMPLED,
  traceState: createTraceState('vendor=1'),
}
const baggage = propagation.createBaggage({ tenant: { value: 'acme' } })

/** Runs in a span of that name; one `of-another-service` goes on with that service's trace. */
function within<Result>(name: string, run: () => Promise<Result>): Promise<Result> {
  const here = propagation.setBaggage(context.active(), baggage)
  const parent = name.endsWith('of-another-service') ? trace.setSpanContext(here, anotherService) : here
  return tracer.startActiveSpan(name, {}, parent, async (span) => {
    try {
      return await run()
    } finally {
      span.end()
    }
  })
}

async function sendBare(aws: Connection): Promise<void> {
  const client = new SQSClient({
    endpoint: url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  })
  const { url: QueueUrl } = await aws.queue(bare)
  const text = (StringValue: string) => ({ DataType: 'String', StringValue })
  const traceparent = text('00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01')
  const Entries = [{ Id: '0', MessageBody: '{}', MessageAttributes: { 'waybill-id': text('bare'), traceparent } }]
  await within('bare', () => client.send(new SendMessageBatchCommand({ QueueUrl, Entries })))
  client.destroy()
}

async function sendTogether(aws: Connection, to: typeof notes | typeof news): Promise<void> {
  await using producer = createProducer(aws, to, { linger: '10s' })
  const send = (id: string) => producer.send('note', {}, { id })
  const sends = TOGETHER.map((name) => within(`${to.name}-${name}`, () => send(`${to.name}-${name}`)))
  sends.push(send(`${to.name}-outside`))
  await within('the flusher', () => producer.flush())
  await Promise.all(sends)
}

async function handleJob(aws: Connection): Promise<void> {
  await using producer = createProducer(aws, jobs)
  await using forwarding = createProducer(aws, forwarded)
  await using consumer = createConsumer(aws, jobs, {
    waitTime: '1s',
    handlers: {
      job: () =>
        within('forwarded', async () => {
          await forwarding.send('note', {}, { id: 'forwarded' })
          return deadLetter('it was only to be forwarded')
        }),
    },
  })
  const settled = expectSettled(consumer, 'job', { timeout: '30s' })
  await consumer.start()
  await within('job', () => producer.send('job', {}, { id: 'job' }))
  await settled
}

await using connection = endpoint(url, { namePrefix, transport: transport === 'direct' ? transport : 'sdk' })
await sendBare(connection)
await sendTogether(connection, notes)
await sendTogether(connection, news)
await handleJob(connection)
process.stdout.write(JSON.stringify(tell()))
