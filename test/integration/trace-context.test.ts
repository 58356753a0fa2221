import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { pack, type ReceivedMessage, type Trace } from '@waybill/sqs'
import { expect } from 'vitest'
import { apply, type Connection, plan } from 'waybill'
import { describeEachEndpoint } from '../support/backends.ts'
import { deadLetterQueue, takeOne } from './support/queues.ts'
import { bare, forwarded, jobs, news, notes, reader, Told, TOGETHER } from './support/traced/contracts.ts'

/** Milliseconds, on a machine that is busy with other things. */
const PATIENCE = 60_000

const instrument = new URL('support/traced/instrument.ts', import.meta.url).href
const program = fileURLToPath(new URL('support/traced/program.ts', import.meta.url))

async function run(endpoint: string, namePrefix: string, transport = 'sdk'): Promise<Told> {
  const args = ['--import', instrument, program, endpoint, namePrefix, transport]
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: PATIENCE, killSignal: 'SIGKILL' })
  return Told.parse(JSON.parse(stdout))
}

/** What the process has left in the queues, by `waybill-id`. */
async function takeLeft(aws: Connection): Promise<ReadonlyMap<unknown, ReceivedMessage>> {
  const together = [notes, reader].flatMap((queue) => Array.from({ length: TOGETHER.length + 1 }, () => queue))
  const queues = await Promise.all([...together, forwarded, bare].map((queue) => aws.queue(queue)))
  const left = new Map<unknown, ReceivedMessage>()
  for (const queue of [...queues, await deadLetterQueue(aws, jobs)]) {
    const message = await takeOne(aws, queue)
    left.set(message.attributes['waybill-id']?.value, message)
  }
  return left
}

describeEachEndpoint("beside OpenTelemetry's instrumentation of the AWS SDK and of undici", ({ test, transport }) => {
  let told: Told
  let left: ReadonlyMap<unknown, ReceivedMessage>

  test.beforeAll(async ({ backend }) => {
    const namePrefix = `t${randomUUID().slice(0, 8)}-`
    const aws = backend.connect({ namePrefix })
    await apply(await plan(aws, [notes, news, reader, jobs, forwarded, bare]))
    told = await run(backend.endpoint, namePrefix, transport)
    left = await takeLeft(aws)
  }, 2 * PATIENCE)

  const spansOfSdk = () => told.spans.filter(({ tracer }) => tracer === '@opentelemetry/instrumentation-aws-sdk')
  const traceOf = (span: string) => told.spans.find(({ name }) => name === span)?.trace
  const attributesOf = (id: string) => left.get(id)?.attributes
  /** Those of a message that was sent within the span of its id. */
  const attributesFrom = (type: string, id: string, trace: Trace | undefined = traceOf(id)) =>
    trace && pack({ type, version: 1, id, trace, attributes: {} })

  test('a call without Waybill becomes a span, which takes the place of the trace context that a message had', () => {
    const [first] = spansOfSdk()
    expect(attributesOf('bare')).toMatchObject({ traceparent: { value: first?.trace.traceparent } })
  })

  test("Waybill's calls become none, although the instrumentation sees them", () => {
    expect(spansOfSdk()).toHaveLength(1)
    const hot = [
      { command: 'SendMessageBatch', messages: 4, traced: false },
      { command: 'PublishBatch', messages: 4, traced: false },
      { command: 'ReceiveMessage', traced: false },
      { command: 'DeleteMessageBatch', messages: 1, traced: false },
    ]
    if (transport !== 'direct') expect(told.calls).toEqual(expect.arrayContaining(hot))
    else for (const call of hot) expect(told.calls).not.toContainEqual(call)
  })

  test('nor do the HTTP requests that they are, and no trace context goes into their headers', () => {
    expect(told.requests.length).toBeGreaterThanOrEqual(4)
    expect(told.requests).toEqual(told.requests.map(() => ({ traced: false, headers: [] })))
  })

  test.for([notes, news])('messages sent together to a $kind bear the trace context of their own sends', (to) => {
    const ids = TOGETHER.map((name) => `${to.name}-${name}`)
    for (const id of ids) expect(attributesOf(id)).toEqual(attributesFrom('note', id))
    expect(attributesOf(`${to.name}-outside`)).toEqual(attributesFrom('note', `${to.name}-outside`, {}))
    expect(new Set(ids.map((id) => attributesOf(id)?.['traceparent']?.value)).size).toBe(ids.length)
    expect(attributesOf(`${to.name}-of-another-service`)).toMatchObject({ tracestate: { value: 'vendor=1' } })
  })

  test('a message from a handler bears the trace context of the handler', () => {
    expect(attributesOf('forwarded')).toEqual(attributesFrom('note', 'forwarded'))
  })

  test('a dead-letter copy bears that of its original', () => {
    expect(attributesOf('job')).toEqual({
      ...attributesFrom('job', 'job'),
      'waybill-dead-letter': { type: 'String', value: expect.any(String) },
    })
  })
})
