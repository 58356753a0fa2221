import { describe, expect, test } from 'vitest'
import { connect, SqsError } from '../src/index.ts'
import { fakeAws, json, refuse } from './support/fake-aws.ts'
import { awsAuthorization } from './support/aws-signature.ts'
import { silent } from './support/silent.ts'
import { TRANSPORTS } from './support/transports.ts'

const CALL = { timeout: 5_000 }
const REQUEST = { max: 1, wait: 0, visibilityTimeout: 30 }
const queue = { name: 'receipts', url: 'https://sqs.eu-central-1.amazonaws.com/123456789012/receipts', fifo: false }
const topic = { name: 'orders', arn: 'arn:aws:sns:eu-central-1:123456789012:orders', fifo: false }
const entry = { body: '{"name":"Grüße & 世界+"}', attributes: {} }
const identity = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'a secret', sessionToken: 'a+token/==' }
const HOUR = 3_600_000

/** Milliseconds since 1970 of `20150830T123600Z`. */
const timeOf = (date: unknown) => Date.parse(String(date).replace(/^(....)(..)(..T..)(..)/, '$1-$2-$3:$4:'))
const keyOf = (authorization = '') => /Credential=([^/]*)/.exec(authorization)?.[1]

describe.each(TRANSPORTS)('%s', (transport) => {
  test.each(['', '/aws', "/it's/a%20path/"])(
    'each hot call is signed as AWS checks it, at an endpoint%s',
    async (path) => {
      await using aws = await fakeAws(({ response }) => response.writeHead(503).end())
      await using connection = connect({
        transport,
        region: 'eu-central-1',
        endpoint: `${aws.endpoint}${path}`,
        aws: { credentials: identity },
        logger: silent,
      })
      const { sns, sqs } = connection
      await Promise.allSettled([
        sqs.send(queue, [entry], CALL),
        sqs.receive(queue, REQUEST, CALL),
        sqs.delete(queue, ['h'], CALL),
        sqs.changeVisibility(queue, [{ handle: 'h', visibilityTimeout: 0 }], CALL),
        sns.publish(topic, [entry], CALL),
      ])
      expect(aws.calls).toHaveLength(5)
      for (const call of aws.calls) {
        const scope = { region: 'eu-central-1', service: call.call === 'PublishBatch' ? 'sns' : 'sqs' }
        expect(call.headers).toMatchObject({ 'x-amz-security-token': identity.sessionToken })
        expect(call.headers.authorization).toBe(await awsAuthorization(call, identity, scope))
        expect(Math.abs(timeOf(call.headers['x-amz-date']) - Date.now())).toBeLessThan(60_000)
      }
    },
  )

  test('credentials are asked for again when they have expired, and then sign', async () => {
    let found = 0
    const credentials = async () => ({ ...identity, accessKeyId: `key-${++found}`, expiration: new Date() })
    await using aws = await fakeAws(({ response }) => json(response, {}), { transport, aws: { credentials } })
    const { sqs } = aws.connection
    for (let n = 0; n < 3; n++) await sqs.receive(queue, REQUEST, CALL)
    const keys = aws.calls.map(({ headers }) => keyOf(headers.authorization))
    expect(new Set(keys).size).toBe(3)
    expect(keys.at(-1)).toBe(`key-${found}`)
  })

  test('credentials that last are asked for once', async () => {
    let asked = 0
    const credentials = async () => (asked++, { ...identity, expiration: new Date(Date.now() + HOUR) })
    await using aws = await fakeAws(({ response }) => json(response, {}), { transport, aws: { credentials } })
    const { sqs } = aws.connection
    await Promise.all([1, 2, 3].map(() => sqs.receive(queue, REQUEST, CALL)))
    await sqs.delete(queue, ['h'], CALL)
    expect(asked).toBe(1)
  })

  test('a provider that fails and then works is asked again', async () => {
    let asked = 0
    const credentials = async () => {
      if (++asked === 1) throw Object.assign(new Error('not yet'), { name: 'CredentialsProviderError' })
      return identity
    }
    await using aws = await fakeAws(({ response }) => json(response, {}), { transport, aws: { credentials } })
    const { sqs } = aws.connection
    await expect(sqs.receive(queue, REQUEST, CALL)).rejects.toMatchObject({ code: 'no-credentials', verdict: 'never' })
    expect(await sqs.receive(queue, REQUEST, CALL)).toEqual([])
  })

  test('a provider that worked, and can not renew now, makes the call wait', async () => {
    let down = false
    const credentials = async () => {
      if (down) throw Object.assign(new Error('no answer'), { name: 'CredentialsProviderError' })
      return { ...identity, expiration: new Date() }
    }
    await using aws = await fakeAws(({ response }) => json(response, {}), { transport, aws: { credentials } })
    const { sqs } = aws.connection
    await sqs.receive(queue, REQUEST, CALL)
    down = true
    await expect(sqs.receive(queue, REQUEST, CALL)).rejects.toMatchObject({ code: 'no-credentials', verdict: 'later' })
    down = false
    expect(await sqs.receive(queue, REQUEST, CALL)).toEqual([])
  })

  test('a provider that hangs does not hold a call beyond its deadline', async () => {
    const credentials = () => new Promise<never>(() => {})
    await using aws = await fakeAws(() => {}, { transport, aws: { credentials } })
    await expect(aws.connection.sqs.receive(queue, REQUEST, { timeout: 30 })).rejects.toMatchObject({
      code: 'timeout',
      verdict: 'now',
    })
  })

  test('a token that AWS finds expired is a reason to wait, not to give up', async () => {
    await using aws = await fakeAws(({ response }) => refuse(response, 403, 'ExpiredTokenException', 'ExpiredToken'), {
      transport,
    })
    await expect(aws.connection.sqs.receive(queue, REQUEST, CALL)).rejects.toMatchObject({
      code: 'bad-credentials',
      verdict: 'later',
      unknown: false,
    })
  })

  test.each([
    ['RequestTimeTooSkewed', 403, 'The difference is too large.'],
    ['RequestExpired', 400, 'Request has expired.'],
    [
      'InvalidSignatureException',
      403,
      'Signature not yet current: 20150830T133600Z is still later than 20150830T123600Z.',
    ],
    ['SignatureDoesNotMatch', 403, 'Signature expired: 20150830T123600Z is now earlier than 20150830T133600Z.'],
  ])("after %s a call is signed by AWS's clock, for as long as it differs", async (code, status, message) => {
    const ahead = [HOUR, HOUR, -HOUR, 0, 0]
    await using aws = await fakeAws(
      ({ response, count }) => {
        const date = new Date(Date.now() + (ahead[count - 1] ?? 0)).toUTCString()
        json(response, { __type: `com.amazon.coral.service#${code}`, message }, status, { date })
      },
      { transport },
    )
    for (const _ of ahead)
      await expect(aws.connection.sqs.receive(queue, REQUEST, CALL)).rejects.toMatchObject({
        code: 'bad-credentials',
        verdict: 'later',
      })
    const signed = aws.calls.map(({ headers }) => timeOf(headers['x-amz-date']) - Date.now())
    for (const [call, offset] of [0, HOUR, HOUR, -HOUR, 0].entries())
      expect(Math.abs((signed[call] ?? NaN) - offset)).toBeLessThan(60_000)
  })

  test('an error with a date that is none, or without, changes no clock', async () => {
    await using aws = await fakeAws(
      ({ response, count }) => {
        if (count > 1) response.sendDate = false
        json(response, {}, 503, count === 1 ? { date: 'today' } : {})
      },
      { transport },
    )
    for (let n = 0; n < 3; n++)
      await expect(aws.connection.sqs.receive(queue, REQUEST, CALL)).rejects.toMatchObject({ status: 503 })
    for (const { headers } of aws.calls)
      expect(Math.abs(timeOf(headers['x-amz-date']) - Date.now())).toBeLessThan(60_000)
  })

  test('a clock that was corrected stays so when an error tells no time', async () => {
    await using aws = await fakeAws(
      ({ response, count }) => {
        if (count === 1) return json(response, {}, 403, { date: new Date(Date.now() + HOUR).toUTCString() })
        if (count > 2) response.sendDate = false
        json(response, {}, 503, count === 2 ? { date: 'today' } : {})
      },
      { transport },
    )
    for (let n = 0; n < 4; n++)
      await expect(aws.connection.sqs.receive(queue, REQUEST, CALL)).rejects.toBeInstanceOf(SqsError)
    const signed = aws.calls.map(({ headers }) => timeOf(headers['x-amz-date']) - Date.now())
    for (const [call, offset] of [0, HOUR, HOUR, HOUR].entries())
      expect(Math.abs((signed[call] ?? NaN) - offset)).toBeLessThan(60_000)
  })

  test('a call is tried once, and says nothing of tries of the SDK: Waybill counts its own', async () => {
    await using aws = await fakeAws(({ response }) => json(response, {}, 503), { transport })
    await expect(aws.connection.sqs.receive(queue, REQUEST, CALL)).rejects.toMatchObject({ status: 503 })
    expect(aws.calls).toHaveLength(1)
    expect(Object.keys(aws.calls[0]?.headers ?? {}).filter((name) => name.startsWith('amz-sdk'))).toEqual([])
  })

  test('the user agent says who calls', async () => {
    const customUserAgent: [string, string][] = [['my shop', '1.0 (beta)']]
    await using aws = await fakeAws(({ response }) => json(response, {}), {
      transport,
      aws: { credentials: identity, customUserAgent, userAgentAppId: 'orders ü' },
    })
    await aws.connection.sqs.receive(queue, REQUEST, CALL)
    expect(aws.calls[0]?.headers['user-agent']).toMatch(
      /^aws-sdk-js\/[\d.]+ ua\/[\d.]+ os\/\S+ lang\/js md\/nodejs#[\d.]+ api\/sqs#[\d.]+ app\/orders-- my-shop\/1.0--beta-$/,
    )
  })
})

test.each(TRANSPORTS)('%s: the user agent is made once', async (transport) => {
  let made = 0
  const userAgentAppId = async () => `app-${++made}`
  await using aws = await fakeAws(({ response }) => json(response, {}), {
    transport,
    aws: { credentials: identity, userAgentAppId },
  })
  for (let n = 0; n < 3; n++) await aws.connection.sqs.receive(queue, REQUEST, CALL)
  expect(new Set(aws.calls.map(({ headers }) => headers['user-agent'])).size).toBe(1)
  expect(made).toBe(1)
})

// the SDK does so from five minutes on
test.each([4.5, -4.5])(
  'direct: a call is signed by a clock that is %f min ahead too: a signature is good for five, on its way included',
  async (minutes) => {
    const ahead = minutes * 60_000
    await using aws = await fakeAws(
      ({ response }) => json(response, {}, 403, { date: new Date(Date.now() + ahead).toUTCString() }),
      { transport: 'direct' },
    )
    for (let n = 0; n < 2; n++) await aws.connection.sqs.receive(queue, REQUEST, CALL).catch(() => {})
    const signed = aws.calls.map(({ headers }) => timeOf(headers['x-amz-date']) - Date.now())
    for (const [call, offset] of [0, ahead].entries())
      expect(Math.abs((signed[call] ?? NaN) - offset)).toBeLessThan(60_000)
  },
)
