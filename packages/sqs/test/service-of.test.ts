import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PublishBatchCommand, SNSClient } from '@aws-sdk/client-sns'
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs'
import { HttpResponse } from '@smithy/core/protocols'
import type { HttpRequest, RequestHandler } from '@smithy/types'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { serviceOf } from '../src/direct/service-of.ts'
import { CREDENTIALS } from './support/fauxqs.ts'

beforeEach(() => {
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) vi.stubEnv(name, undefined)
  vi.stubEnv('AWS_CONFIG_FILE', '/nowhere/config')
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nowhere/credentials')
})
afterEach(() => vi.unstubAllEnvs())

type Config = NonNullable<ConstructorParameters<typeof SQSClient>[0]>

/** Where direct calls go; the SDK's own are asked to go there too. */
async function whereTo(config: Config) {
  const asked: string[] = []
  const requestHandler: RequestHandler<HttpRequest, HttpResponse> = {
    async handle({ protocol, hostname, port, path }) {
      asked.push(`${protocol}//${hostname}${port === undefined ? '' : `:${port}`}${path}`)
      return { response: new HttpResponse({ statusCode: 200, headers: {}, body: Buffer.alloc(0) }) }
    },
  }
  const given = { credentials: CREDENTIALS, requestHandler, ...config }
  const [sqs, sns] = [new SQSClient({ ...given, useQueueUrlAsEndpoint: false }), new SNSClient(given)]
  const services = [await serviceOf('sqs', sqs), await serviceOf('sns', sns)]
  const urls = services.map(({ origin, path }) => `${origin}${path}`)
  await sqs.send(new SendMessageBatchCommand({ QueueUrl: 'https://elsewhere/1/q', Entries: [] }))
  await sns.send(new PublishBatchCommand({ TopicArn: 'arn:aws:sns:eu-central-1:1:t', PublishBatchRequestEntries: [] }))
  expect(urls).toEqual(asked)
  return { urls, scopes: services.map(({ scope }) => scope), hosts: services.map(({ host }) => host) }
}

const LOCAL = 'http://127.0.0.1:4566'

describe("calls go where the AWS SDK's would", () => {
  test.each<[Config, string, string]>([
    [{ region: 'eu-central-1' }, 'sqs.eu-central-1.amazonaws.com', 'sns.eu-central-1.amazonaws.com'],
    [{ region: 'cn-north-1' }, 'sqs.cn-north-1.amazonaws.com.cn', 'sns.cn-north-1.amazonaws.com.cn'],
    [
      { region: 'us-east-1', useFipsEndpoint: true },
      'sqs-fips.us-east-1.amazonaws.com',
      'sns-fips.us-east-1.amazonaws.com',
    ],
    [{ region: 'eu-central-1', useDualstackEndpoint: true }, 'sqs.eu-central-1.api.aws', 'sns.eu-central-1.api.aws'],
    [
      { region: 'us-east-1', useFipsEndpoint: true, useDualstackEndpoint: true },
      'sqs-fips.us-east-1.api.aws',
      'sns-fips.us-east-1.api.aws',
    ],
  ])('%o', async (config, sqs, sns) => {
    const { urls, scopes, hosts } = await whereTo(config)
    expect(urls).toEqual([`https://${sqs}/`, `https://${sns}/`])
    expect(hosts).toEqual([sqs, sns])
    expect(scopes).toEqual(['sqs', 'sns'].map((service) => ({ region: config.region, service })))
  })

  test('a region that asks for FIPS signs as the region that it is', async () => {
    const { urls, scopes } = await whereTo({ region: 'fips-us-east-1' })
    expect(urls[0]).toBe('https://sqs-fips.us-east-1.amazonaws.com/')
    expect(scopes[0]).toEqual({ region: 'us-east-1', service: 'sqs' })
  })

  test.each([
    [LOCAL, `${LOCAL}/`],
    [`${LOCAL}/`, `${LOCAL}/`],
    [`${LOCAL}/aws`, `${LOCAL}/aws/`],
    [`${LOCAL}/aws/a%20b/`, `${LOCAL}/aws/a%20b/`],
    ['https://proxy.example:443', 'https://proxy.example/'],
  ])('an endpoint %s', async (endpoint, url) => {
    expect((await whereTo({ region: 'eu-central-1', endpoint })).urls).toEqual([url, url])
  })

  test('AWS_REGION, AWS_USE_FIPS_ENDPOINT', async () => {
    vi.stubEnv('AWS_REGION', 'us-west-2')
    vi.stubEnv('AWS_USE_FIPS_ENDPOINT', 'true')
    expect((await whereTo({})).urls[0]).toBe('https://sqs-fips.us-west-2.amazonaws.com/')
  })

  test('AWS_ENDPOINT_URL, unless the service has its own', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL', LOCAL)
    vi.stubEnv('AWS_ENDPOINT_URL_SQS', 'http://127.0.0.1:9324/sqs')
    expect((await whereTo({ region: 'eu-central-1' })).urls).toEqual(['http://127.0.0.1:9324/sqs/', `${LOCAL}/`])
  })

  test("the services section of the profile in AWS's configuration file", async () => {
    const directory = await mkdtemp(join(tmpdir(), 'waybill-'))
    vi.stubEnv('AWS_CONFIG_FILE', join(directory, 'config'))
    vi.stubEnv('AWS_PROFILE', 'local')
    await writeFile(
      join(directory, 'config'),
      `[profile local]\nregion = eu-west-3\nservices = mine\n\n[services mine]\nsqs =\n  endpoint_url = ${LOCAL}\n`,
    )
    expect(await whereTo({})).toMatchObject({
      urls: [`${LOCAL}/`, 'https://sns.eu-west-3.amazonaws.com/'],
      scopes: [{ region: 'eu-west-3' }, { region: 'eu-west-3' }],
    })
    await rm(directory, { recursive: true })
  })
})
