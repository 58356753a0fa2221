import { createServer } from 'node:http'
import { promisify } from 'node:util'
import { HttpResponse } from '@smithy/core/protocols'
import type { HttpRequest, RequestHandler } from '@smithy/types'
import { OptionsError } from '@waybill/core'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { connect } from '../src/index.ts'
import { fakeAws, json } from './support/fake-aws.ts'
import { CREDENTIALS, fauxqs } from './support/fauxqs.ts'
import { listen } from './support/listen.ts'
import { silent } from './support/silent.ts'
import { TRANSPORTS } from './support/transports.ts'

const receipts = { name: 'receipts', fifo: false }
const SOMEWHERE = { ...receipts, url: 'https://sqs.eu-central-1.amazonaws.com/123456789012/receipts' }
const ENTRY = { body: '{}', attributes: {} }
const CALL = { timeout: 5_000 }

// the SDK's chain, with nothing in it
beforeEach(() => {
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) vi.stubEnv(name, undefined)
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true')
  vi.stubEnv('AWS_CONFIG_FILE', '/nowhere/config')
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nowhere/credentials')
})
afterEach(() => vi.unstubAllEnvs())

test.each([
  ['eu-central-1', 'aws'],
  ['cn-north-1', 'aws-cn'],
  ['us-gov-west-1', 'aws-us-gov'],
  ['eusc-de-east-1', 'aws-eusc'],
  ['us-iso-east-1', 'aws-iso'],
  ['us-isob-east-1', 'aws-iso-b'],
])('topics in %s are in the partition %s', async (region, partition) => {
  await using connection = connect({ region, accountId: '123456789012', logger: silent })
  expect(await connection.topic(receipts)).toMatchObject({
    arn: `arn:${partition}:sns:${region}:123456789012:receipts`,
  })
})

describe('options that can not be used', () => {
  const noRegion = "is not a region of AWS. Write one as in 'eu-central-1'."
  const noUrl = "Write it as in 'http://127.0.0.1:4566'."
  const noAccount = "is not an AWS account id. Write its twelve digits in quotes, as in '123456789012'."
  const noPrefix = "can't begin a name in AWS. Write letters, digits, '-' and '_', as in 'dev-'."
  const noLocate = 'is not a function. Write ({ kind, name }) => a name, URL or ARN, or undefined.'
  const noLogger = "is no logger. Give one of pino's, or of its shape: debug, info, warn, error, child."
  const noOfSdk = "is not an object. Write what the AWS SDK's clients take, as in { profile: 'prod' }."
  const noTransport = "is no transport. Write 'sdk', the default, or 'direct'."
  const notDirect = "can't be set with transport: 'direct', which makes its own requests. Leave out one of them."
  const retries = 'Waybill retries itself, where it can keep order and batches'
  const credentials = 'Write { accessKeyId, secretAccessKey }, both strings, or a provider of them.'

  test.each<readonly [unknown, string]>([
    [{ region: 'EU Central' }, `region: 'EU Central' ${noRegion}`],
    [{ region: '' }, `region: '' ${noRegion}`],
    [{ region: 5 }, `region: 5 ${noRegion}`],
    [{ region: null }, `region: null ${noRegion}`],
    [{ endpoint: 'localhost:4566' }, `endpoint: 'localhost:4566' is not a URL. ${noUrl}`],
    [{ endpoint: '127.0.0.1' }, `endpoint: '127.0.0.1' is not a URL. ${noUrl}`],
    [{ endpoint: '' }, `endpoint: '' is not a URL. ${noUrl}`],
    [{ endpoint: new URL('http://127.0.0.1:4566') }, `endpoint: a URL is not a string. ${noUrl}`],
    [{ accountId: '1234' }, `accountId: '1234' ${noAccount}`],
    [{ accountId: '1234-5678-9012' }, `accountId: '1234-5678-9012' ${noAccount}`],
    [{ accountId: 123_456_789_012 }, `accountId: 123456789012 ${noAccount}`],
    [{ namePrefix: 'dev.' }, `namePrefix: 'dev.' ${noPrefix}`],
    [{ namePrefix: 5 }, `namePrefix: 5 ${noPrefix}`],
    [{ locate: { orders: 'x' } }, `locate: an object ${noLocate}`],
    [{ locate: 'x' }, `locate: 'x' ${noLocate}`],
    [{ logger: {} }, `logger: an object ${noLogger}`],
    [{ logger: false }, `logger: false ${noLogger}`],
    [{ logger: console }, `logger: a console ${noLogger}`],
    [{ aws: 'prod' }, `aws: 'prod' ${noOfSdk}`],
    [{ aws: null }, `aws: null ${noOfSdk}`],
    [{ aws: { region: 'eu-central-1' } }, "aws.region can't be set: give connect({ region })."],
    [{ aws: { endpoint: 'http://x' } }, "aws.endpoint can't be set: give connect({ endpoint })."],
    [{ aws: { transport: 'direct' } }, "aws.transport can't be set: give connect({ transport })."],
    [{ aws: { maxAttempts: 3 } }, `aws.maxAttempts can't be set: ${retries}.`],
    [{ aws: { retryMode: 'adaptive' } }, `aws.retryMode can't be set: ${retries}.`],
    [{ aws: { retryStrategy: {} } }, `aws.retryStrategy can't be set: ${retries}.`],
    [{ aws: { protocol: {} } }, "aws.protocol can't be set: SQS and SNS have their own."],
    [{ aws: { protocolSettings: {} } }, "aws.protocolSettings can't be set: SQS and SNS have their own."],
    [
      { aws: { md5: false } },
      "aws.md5 can't be set: Waybill checks each body itself, so that a damaged one does not discard its neighbours.",
    ],
    [
      { aws: { useQueueUrlAsEndpoint: true } },
      "aws.useQueueUrlAsEndpoint can't be set: calls go to the configured endpoint, never to the host of a queue URL.",
    ],
    [{ aws: { accessKeyId: 'x' } }, "aws.accessKeyId can't be set: give aws.credentials.accessKeyId."],
    [{ aws: { secretAccessKey: 'x' } }, "aws.secretAccessKey can't be set: give aws.credentials.secretAccessKey."],
    [{ aws: { sessionToken: 'x' } }, "aws.sessionToken can't be set: give aws.credentials.sessionToken."],
    [{ aws: { credentials: 'x' } }, `aws.credentials has no accessKeyId. ${credentials}`],
    [{ aws: { credentials: { secretAccessKey: 'x' } } }, `aws.credentials has no accessKeyId. ${credentials}`],
    [
      { aws: { credentials: { accessKeyId: 'x', secretAccessKey: undefined } } },
      `aws.credentials has no secretAccessKey. ${credentials}`,
    ],
    [{ transport: 'http' }, `transport: 'http' ${noTransport}`],
    [{ transport: null }, `transport: null ${noTransport}`],
    [{ transport: true }, `transport: true ${noTransport}`],
    [{ transport: 'direct', aws: { requestHandler: {} } }, `aws.requestHandler ${notDirect}`],
    [{ transport: 'direct', aws: { signer: async () => {} } }, `aws.signer ${notDirect}`],
    [{ credentials: {} }, 'credentials is an option of the AWS SDK. Write aws: { credentials: … }.'],
    [{ profile: 'prod' }, 'profile is an option of the AWS SDK. Write aws: { profile: … }.'],
    [{ requestHandler: {} }, 'requestHandler is an option of the AWS SDK. Write aws: { requestHandler: … }.'],
    [null, 'null is not an object of options. Write { region: … }.'],
    ['eu-central-1', "'eu-central-1' is not an object of options. Write { region: … }."],
    [[], 'an array is not an object of options. Write { region: … }.'],
  ])('%o', (options, problem) => {
    const anyhow: (options: never) => unknown = connect
    expect(() => anyhow(options as never)).toThrow(new OptionsError(`connect: ${problem}`))
  })

  test.each([
    [{ regoin: 'eu-central-1' }, "'regoin' is not an option of connect. Did you mean region?"],
    [{ prefix: 'dev-' }, "'prefix' is not an option of connect. Did you mean namePrefix?"],
    [
      { timeout: '5s' },
      "'timeout' is not an option of connect. Its options are region, endpoint, accountId, aws, namePrefix, locate, logger, transport.",
    ],
  ])('%o, which there is not', (options: object, message) => {
    expect(() => connect(options)).toThrow(new OptionsError(message))
  })

  test('no level: what is of interest in production is logged', () => {
    vi.stubEnv('WAYBILL_LOG_LEVEL', undefined)
    expect(connect().logger).toMatchObject({ level: 'info' })
  })

  test('a level that pino does not have', () => {
    vi.stubEnv('WAYBILL_LOG_LEVEL', 'loud')
    expect(() => connect()).toThrow(
      new OptionsError(
        "WAYBILL_LOG_LEVEL: 'loud' is not a level. Write one of trace, debug, info, warn, error, fatal, silent.",
      ),
    )
  })
})

test('without a logger there is pino, at the level of WAYBILL_LOG_LEVEL', async () => {
  vi.stubEnv('WAYBILL_LOG_LEVEL', 'silent')
  await using connection = connect()
  expect(connection.logger).toMatchObject({ level: 'silent' })
})

describe.each(TRANSPORTS)('%s', (transport) => {
  test('finds queues and topics in the account', async () => {
    await using aws = await fauxqs({ transport, namePrefix: 'dev-' })
    const url = await aws.connection.admin.createQueue('dev-receipts', {})
    expect(await aws.connection.queue(receipts)).toEqual({ name: 'receipts', url, fifo: false })
    expect(await aws.connection.topic(receipts)).toEqual({
      name: 'receipts',
      arn: 'arn:aws:sns:eu-central-1:000000000000:dev-receipts',
      fifo: false,
    })
  })

  test('calls go to the endpoint, whatever host the URL of a queue has', async () => {
    await using aws = await fauxqs({
      transport,
      locate: () => 'https://sqs.eu-central-1.amazonaws.com/000000000000/receipts',
    })
    await aws.connection.admin.createQueue('receipts', {})
    const queue = await aws.connection.queue(receipts)
    expect(await aws.connection.sqs.send(queue, [ENTRY], CALL)).toMatchObject([{ ok: true }])
  })

  test('calls go to the endpoint of the environment too', async () => {
    await using aws = await fauxqs({ transport })
    await aws.connection.admin.createQueue('receipts', {})
    vi.stubEnv('AWS_ENDPOINT_URL', aws.endpoint)
    await using connection = connect({
      transport,
      region: 'eu-central-1',
      aws: { credentials: CREDENTIALS },
      logger: silent,
    })
    const queue = { ...receipts, url: 'https://sqs.eu-central-1.amazonaws.com/000000000000/receipts' }
    expect(await connection.sqs.send(queue, [ENTRY], CALL)).toMatchObject([{ ok: true }])
  })

  test('region and credentials come from the environment', async () => {
    vi.stubEnv('AWS_REGION', 'eu-west-3')
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'test')
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test')
    await using aws = await fauxqs({ transport, region: undefined, aws: undefined })
    expect(await aws.connection.region()).toBe('eu-west-3')
    expect(await aws.connection.admin.findQueue('receipts')).toBeUndefined()
  })

  test('credentials that were found once and can not be renewed now are no reason to give up', async () => {
    let down = false
    const credentials = async () => {
      if (down) throw Object.assign(new Error('no answer within 1 s'), { name: 'CredentialsProviderError' })
      return { ...CREDENTIALS, expiration: new Date(Date.now() + 1_000) }
    }
    await using aws = await fauxqs({ transport, aws: { credentials } })
    expect(await aws.connection.admin.findQueue('receipts')).toBeUndefined()
    down = true
    await expect(aws.connection.admin.findQueue('receipts')).rejects.toMatchObject({
      code: 'no-credentials',
      verdict: 'later',
      message: expect.stringContaining('could not renew its AWS credentials: no answer within 1 s.'),
    })
  })

  describe('what is missing is named', () => {
    test('no region', async () => {
      await using connection = connect({ transport, aws: { credentials: CREDENTIALS }, logger: silent })
      const problem = "has no AWS region. Set AWS_REGION, or give connect({ region: 'eu-central-1' })."
      await expect(connection.queue(receipts)).rejects.toMatchObject({
        code: 'no-region',
        verdict: 'never',
        message: `queue 'receipts': GetQueueUrl ${problem}`,
      })
      await expect(connection.sqs.send(SOMEWHERE, [ENTRY], CALL)).rejects.toMatchObject({
        code: 'no-region',
        verdict: 'never',
        message: `queue 'receipts': SendMessageBatch ${problem}`,
      })
      await expect(connection.region()).rejects.toMatchObject({
        code: 'no-region',
        message: `connection: connect() ${problem}`,
      })
    })

    test('no credentials', async () => {
      await using connection = connect({ transport, region: 'eu-central-1', logger: silent })
      await expect(connection.sqs.send(SOMEWHERE, [ENTRY], CALL)).rejects.toMatchObject({
        code: 'no-credentials',
        verdict: 'never',
        unknown: false,
      })
      await expect(connection.queue(receipts)).rejects.toMatchObject({
        code: 'no-credentials',
        verdict: 'never',
        unknown: false,
        message: expect.stringMatching(
          /^queue 'receipts': GetQueueUrl found no AWS credentials: .*AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE/,
        ),
      })
    })

    test('no credentials in what a provider gives', async () => {
      const credentials = async () => ({}) as never
      await using aws = await fakeAws(() => {}, { transport, aws: { credentials } })
      const { connection } = aws
      const { sns, sqs } = connection
      const topic = { ...receipts, arn: 'arn:aws:sns:eu-central-1:123456789012:receipts' }
      for (const call of [sqs.send(SOMEWHERE, [ENTRY], CALL), sns.publish(topic, [ENTRY], CALL)])
        await expect(call).rejects.toMatchObject({ code: 'no-credentials', verdict: 'never', unknown: false })
      expect(aws.calls).toEqual([])
      await expect(connection.queue(receipts)).rejects.toMatchObject({
        code: 'no-credentials',
        verdict: 'never',
        message:
          "queue 'receipts': GetQueueUrl found no AWS credentials: Resolved credential object is not valid. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE; or run under an IAM role; or give connect({ aws: { credentials } }).",
      })
    })

    test('nobody at the endpoint', async () => {
      const endpoint = await unusedEndpoint()
      await using connection = connect({
        transport,
        region: 'eu-central-1',
        endpoint,
        aws: { credentials: CREDENTIALS },
        logger: silent,
      })
      const queue = { ...receipts, url: `${endpoint}/000000000000/receipts` }
      await expect(connection.sqs.send(queue, [ENTRY], CALL)).rejects.toMatchObject({
        code: 'network',
        verdict: 'later',
        unknown: false,
        message: expect.stringContaining(
          `queue 'receipts': SendMessageBatch could not connect to ${endpoint} (ECONNREFUSED). Check the endpoint`,
        ),
      })
    })
  })

  test('a connection that is closed makes no call, and says so', async () => {
    await using aws = await fauxqs({ transport })
    const { connection } = aws
    await connection.close()
    const { sns, sqs } = connection
    const topic = { ...receipts, arn: 'arn:aws:sns:eu-central-1:123456789012:receipts' }
    const poll = { max: 1, wait: 0, visibilityTimeout: 30 }
    for (const call of [
      sqs.send(SOMEWHERE, [ENTRY], CALL),
      sqs.receive(SOMEWHERE, poll, CALL),
      sns.publish(topic, [ENTRY], CALL),
    ])
      await expect(call).rejects.toMatchObject({ code: 'closed', verdict: 'never', unknown: false })
    await expect(connection.admin.findQueue('receipts')).rejects.toMatchObject({
      code: 'closed',
      verdict: 'never',
      unknown: false,
      message:
        "queue 'receipts': GetQueueUrl was not made: the connection is closed. Close producers and consumers first, then the connection.",
    })
  })

  test('close() cuts what is still open, and can be called again', async () => {
    const arrived = Promise.withResolvers<void>()
    await using aws = await fakeAws(() => arrived.resolve(), { transport })
    const { connection, endpoint } = aws
    const request = { max: 10, wait: 20, visibilityTimeout: 30 }
    const receiving = connection.sqs.receive({ ...receipts, url: endpoint }, request, { timeout: 5_000 })
    await Promise.all([
      expect(receiving).rejects.toMatchObject({ code: 'network' }),
      arrived.promise.then(() => connection.close()),
    ])
    await connection.close()
    await vi.waitFor(async () => expect(await promisify(aws.server.getConnections.bind(aws.server))()).toBe(0))
  })

  test('close() keeps a call from beginning that still looks for credentials', async () => {
    const asked = Promise.withResolvers<void>()
    const found = Promise.withResolvers<typeof CREDENTIALS>()
    const credentials = () => {
      asked.resolve()
      return found.promise
    }
    await using aws = await fakeAws(({ response }) => json(response, {}), { transport, aws: { credentials } })
    const sending = aws.connection.sqs.send(SOMEWHERE, [ENTRY], CALL)
    await Promise.all([
      expect(sending).rejects.toMatchObject({ code: 'closed', verdict: 'never', unknown: false }),
      asked.promise.then(() => aws.connection.close()).then(() => found.resolve(CREDENTIALS)),
    ])
    expect(aws.calls).toEqual([])
  })
})

test("with 'sdk' a request handler and a signer of one's own take the place of Waybill's", async () => {
  const destroy = vi.fn<() => void>()
  const seen: unknown[] = []
  const requestHandler: RequestHandler<HttpRequest, HttpResponse> = {
    async handle({ headers }) {
      seen.push(headers['authorization'])
      return { response: new HttpResponse({ statusCode: 200, headers: {}, body: Buffer.from('{}') }) }
    },
    destroy,
  }
  const sign = async <Request extends HttpRequest>(request: Request) => {
    return { ...request, headers: { ...request.headers, authorization: 'mine' } }
  }
  const aws = { credentials: CREDENTIALS, requestHandler, signer: { sign } }
  await using connection = connect({ transport: 'sdk', region: 'eu-central-1', aws, logger: silent })
  expect(await connection.sqs.receive(SOMEWHERE, { max: 1, wait: 0, visibilityTimeout: 30 }, CALL)).toEqual([])
  expect(seen).toEqual(['mine'])
  await connection.close()
  expect(destroy).toHaveBeenCalled()
})

async function unusedEndpoint(): Promise<string> {
  const server = createServer()
  const endpoint = await listen(server)
  await new Promise((closed) => server.close(closed))
  return endpoint
}
