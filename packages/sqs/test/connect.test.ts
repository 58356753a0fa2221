import { createServer } from 'node:http'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { connect } from '../src/index.ts'
import { fakeAws } from './support/fake-aws.ts'
import { CREDENTIALS, fauxqs } from './support/fauxqs.ts'
import { listen } from './support/listen.ts'
import { silent } from './support/silent.ts'

const receipts = { name: 'receipts', fifo: false }

// the SDK's chain, with nothing in it
beforeEach(() => {
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) vi.stubEnv(name, undefined)
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true')
  vi.stubEnv('AWS_CONFIG_FILE', '/nowhere/config')
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nowhere/credentials')
})
afterEach(() => vi.unstubAllEnvs())

test('finds queues and topics in the account', async () => {
  await using aws = await fauxqs({ namePrefix: 'dev-' })
  const url = await aws.connection.admin.createQueue('dev-receipts', {})
  expect(await aws.connection.queue(receipts)).toEqual({ name: 'receipts', url, fifo: false })
  expect(await aws.connection.topic(receipts)).toEqual({
    name: 'receipts',
    arn: 'arn:aws:sns:eu-central-1:000000000000:dev-receipts',
    fifo: false,
  })
})

test('calls go to the endpoint, whatever host the URL of a queue has', async () => {
  await using aws = await fauxqs({ locate: () => 'https://sqs.eu-central-1.amazonaws.com/000000000000/receipts' })
  await aws.connection.admin.createQueue('receipts', {})
  const queue = await aws.connection.queue(receipts)
  expect(await aws.connection.sqs.send(queue, [{ body: '{}', attributes: {} }], { timeout: 5_000 })).toMatchObject([
    { ok: true },
  ])
})

test('calls go to the endpoint of the environment too', async () => {
  await using aws = await fauxqs()
  await aws.connection.admin.createQueue('receipts', {})
  vi.stubEnv('AWS_ENDPOINT_URL', aws.endpoint)
  await using connection = connect({ region: 'eu-central-1', aws: { credentials: CREDENTIALS }, logger: silent })
  const queue = { ...receipts, url: 'https://sqs.eu-central-1.amazonaws.com/000000000000/receipts' }
  expect(await connection.sqs.send(queue, [{ body: '{}', attributes: {} }], { timeout: 5_000 })).toMatchObject([
    { ok: true },
  ])
})

test('region and credentials come from the environment', async () => {
  vi.stubEnv('AWS_REGION', 'eu-west-3')
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test')
  await using aws = await fauxqs({ region: undefined, aws: undefined })
  expect(await aws.connection.region()).toBe('eu-west-3')
  expect(await aws.connection.admin.findQueue('receipts')).toBeUndefined()
})

test('credentials that were found once and can not be renewed now are no reason to give up', async () => {
  let down = false
  const credentials = async () => {
    if (down) throw Object.assign(new Error('no answer within 1 s'), { name: 'CredentialsProviderError' })
    return { ...CREDENTIALS, expiration: new Date(Date.now() + 1_000) }
  }
  await using aws = await fauxqs({ aws: { credentials } })
  expect(await aws.connection.admin.findQueue('receipts')).toBeUndefined()
  down = true
  await expect(aws.connection.admin.findQueue('receipts')).rejects.toMatchObject({
    code: 'no-credentials',
    verdict: 'later',
    message: expect.stringContaining('could not renew its AWS credentials: no answer within 1 s.'),
  })
})

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

describe('what is missing is named', () => {
  test('no region', async () => {
    await using connection = connect({ aws: { credentials: CREDENTIALS }, logger: silent })
    const message = expect.stringContaining(
      "has no AWS region. Set AWS_REGION, or give connect({ region: 'eu-central-1' }).",
    )
    await expect(connection.queue(receipts)).rejects.toMatchObject({ code: 'no-region', verdict: 'never', message })
    await expect(connection.region()).rejects.toMatchObject({ code: 'no-region', message })
  })

  test('no credentials', async () => {
    await using connection = connect({ region: 'eu-central-1', logger: silent })
    await expect(connection.queue(receipts)).rejects.toMatchObject({
      code: 'no-credentials',
      verdict: 'never',
      unknown: false,
      message: expect.stringMatching(
        /^queue 'receipts': GetQueueUrl found no AWS credentials: .*AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE/,
      ),
    })
  })

  test('nobody at the endpoint', async () => {
    const endpoint = await unusedEndpoint()
    await using connection = connect({
      region: 'eu-central-1',
      endpoint,
      aws: { credentials: CREDENTIALS },
      logger: silent,
    })
    const queue = { ...receipts, url: `${endpoint}/000000000000/receipts` }
    await expect(
      connection.sqs.send(queue, [{ body: '{}', attributes: {} }], { timeout: 5_000 }),
    ).rejects.toMatchObject({
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
  await using aws = await fauxqs()
  const { connection } = aws
  await connection.close()
  await expect(connection.admin.findQueue('receipts')).rejects.toMatchObject({
    code: 'closed',
    verdict: 'never',
    unknown: false,
    message:
      "queue 'receipts': GetQueueUrl was not made: the connection is closed. Close producers and consumers first, then the connection.",
  })
})

describe('options that can not be used', () => {
  test.each<readonly [object, string]>([
    [{ region: 'EU Central' }, "region: 'EU Central' is not a region of AWS. Write one as in 'eu-central-1'."],
    [
      { endpoint: 'localhost:4566' },
      "endpoint: 'localhost:4566' is not a URL. Write it as in 'http://127.0.0.1:4566'.",
    ],
    [{ endpoint: '127.0.0.1' }, "endpoint: '127.0.0.1' is not a URL."],
    [{ accountId: '1234' }, "accountId: '1234' is not an AWS account id."],
    [{ namePrefix: 'dev.' }, "namePrefix: 'dev.' has characters that SQS and SNS don't allow in names."],
    // as JavaScript would give them
    [{ credentials: {} }, "'credentials' is not an option of connect."],
    [{ region: 5 }, 'region: 5 is not a region of AWS.'],
    [{ accountId: 123_456_789_012 }, 'accountId: 123456789012 is not an AWS account id.'],
    [{ logger: {} }, 'logger: an object is no logger.'],
    [{ aws: { maxAttempts: 3 } }, "aws.maxAttempts can't be set: Waybill retries itself"],
    [{ aws: { region: 'eu-central-1' } }, "aws.region can't be set: give connect({ region })."],
    [{ aws: { endpoint: 'http://x' } }, "aws.endpoint can't be set: give connect({ endpoint })."],
  ])('%o', (options, message) => {
    expect(() => connect(options)).toThrow(
      expect.objectContaining({ code: 'invalid-option', message: expect.stringContaining(message) }),
    )
  })

  test('no level: what is of interest in production is logged', () => {
    vi.stubEnv('WAYBILL_LOG_LEVEL', undefined)
    expect(connect().logger).toMatchObject({ level: 'info' })
  })

  test('a level that pino does not have', () => {
    vi.stubEnv('WAYBILL_LOG_LEVEL', 'loud')
    expect(() => connect()).toThrow(
      "WAYBILL_LOG_LEVEL: 'loud' is not a level. Write one of trace, debug, info, warn, error, fatal, silent.",
    )
  })
})

test('without a logger there is pino, at the level of WAYBILL_LOG_LEVEL', async () => {
  vi.stubEnv('WAYBILL_LOG_LEVEL', 'silent')
  await using connection = connect()
  expect(connection.logger).toMatchObject({ level: 'silent' })
})

test('close() cuts what is still open, and can be called again', async () => {
  const arrived = Promise.withResolvers<void>()
  await using aws = await fakeAws(() => arrived.resolve())
  const { connection, endpoint } = aws
  const request = { max: 10, wait: 20, visibilityTimeout: 30 }
  const receiving = connection.sqs.receive({ ...receipts, url: endpoint }, request, { timeout: 5_000 })
  await Promise.all([
    expect(receiving).rejects.toMatchObject({ code: 'network' }),
    arrived.promise.then(() => connection.close()),
  ])
  await connection.close()
})

async function unusedEndpoint(): Promise<string> {
  const server = createServer()
  const endpoint = await listen(server)
  await new Promise((closed) => server.close(closed))
  return endpoint
}
