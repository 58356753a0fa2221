import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createSigner } from '../src/http/sign.ts'
import { awsAuthorization } from './support/aws-signature.ts'

/** As in AWS's own vectors, `aws-sig-v4-test-suite`. */
const IDENTITY = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
const AT = new Date('2015-08-30T12:36:00Z')
const SCOPE = { region: 'us-east-1', service: 'service' }
const HOST = { host: 'example.amazonaws.com' }
const FORM = 'application/x-www-form-urlencoded'
const TOKEN =
  'AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA=='

const post = { path: '/', headers: HOST, body: '' }
const withToken = { ...IDENTITY, sessionToken: TOKEN }
const signature = (authorization = '') => authorization.slice(-64)
const VANILLA = '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b'

describe("AWS's own vectors", () => {
  test.each([
    ['post-vanilla', {}, '', IDENTITY, 'host;x-amz-date', VANILLA],
    [
      'post-sts-header-before',
      {},
      '',
      withToken,
      'host;x-amz-date;x-amz-security-token',
      '85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead',
    ],
    [
      'post-x-www-form-urlencoded',
      { 'content-type': FORM },
      'Param1=value1',
      IDENTITY,
      'content-type;host;x-amz-date',
      'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
    ],
    [
      'post-x-www-form-urlencoded-parameters',
      { 'content-type': `${FORM}; charset=utf8` },
      'Param1=value1',
      IDENTITY,
      'content-type;host;x-amz-date',
      '1a72ec8f64bd914b0e42e42607c7fbce7fb2c7465f63e3092b3b0d39fa77a6fe',
    ],
  ])('%s', (_name, headers, body, identity, names, expected) => {
    const { authorization } = createSigner()({ path: '/', headers: { ...HOST, ...headers }, body }, identity, AT, SCOPE)
    expect(authorization).toBe(
      `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=${names}, Signature=${expected}`,
    )
  })

  // post-header-key-sort and post-header-value-case sign My-Header1 too, and post-sts-header-after adds a token unsigned
  test.each(['value1', 'VALUE1'])('a header of another kind is sent unsigned: My-Header1: %s', (value) => {
    const headers = { 'my-header1': value, ...HOST }
    const signed = createSigner()({ ...post, headers }, IDENTITY, AT, SCOPE)
    expect(signed).toMatchObject({ ...headers, 'x-amz-date': '20150830T123600Z' })
    expect(signature(signed['authorization'])).toBe(VANILLA)
  })
})

describe("as the AWS SDK's signer", () => {
  const value = fc.string({ unit: fc.constantFrom('a', 'Z', '0', ' ', '  ', ';', '/', '=', ':', ','), maxLength: 20 })
  const path = fc.oneof(
    fc.constant('/'),
    fc
      .array(fc.constantFrom('', '.', '..', 'aws', "it's(1)!*", '%20', 'a b', 'ä', '~', '+&='), { maxLength: 5 })
      .map((parts) => `/${parts.join('/')}`),
  )
  const key = fc.string({ unit: fc.constantFrom('A', 'b', '7', '+', '/', 'ü'), minLength: 1, maxLength: 40 })

  test('whatever is signed, by one signer', async () => {
    const sign = createSigner()
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          path,
          headers: fc.dictionary(fc.stringMatching(/^x-amz-[a-z]{1,8}$/), value),
          type: fc.option(value, { nil: undefined }),
          body: fc.oneof(fc.string({ unit: 'binary' }), fc.uint8Array()),
          secretAccessKey: key,
          sessionToken: fc.option(key, { nil: undefined }),
          at: fc.date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true }),
          region: fc.constantFrom('eu-central-1', 'us-gov-west-1'),
          service: fc.constantFrom('sqs', 'sns'),
        }),
        async ({ path, headers, type, body, secretAccessKey, sessionToken, at, region, service }) => {
          const identity = { accessKeyId: 'AKID', secretAccessKey, sessionToken }
          const own = { ...headers, ...HOST, ...(type !== undefined && { 'content-type': type }) }
          const signed = sign({ path, headers: own, body }, identity, at, { region, service })
          const expected = await awsAuthorization({ path, headers: signed, body }, identity, { region, service })
          expect(signed['authorization']).toBe(expected)
        },
      ),
    )
  })

  test.each(['//', '/./', '/../', '/aws/..//', '/aws//', '/aws/.', '/aws/..'])(
    'a path that it shortens is signed: %s',
    async (path) => {
      const headers = createSigner()({ ...post, path }, IDENTITY, AT, SCOPE)
      const { authorization } = headers
      expect(authorization).toBe(await awsAuthorization({ path, headers, body: '' }, IDENTITY, SCOPE))
    },
  )
})

test('a key is good for its secret, day, region and service only', () => {
  const sign = createSigner()
  const tomorrow = new Date(AT.getTime() + 86_400_000)
  const requests = [
    [IDENTITY, AT, SCOPE],
    [{ ...IDENTITY, secretAccessKey: 'another' }, AT, SCOPE],
    [IDENTITY, tomorrow, SCOPE],
    [IDENTITY, AT, { ...SCOPE, region: 'eu-central-1' }],
    [IDENTITY, AT, { ...SCOPE, service: 'sqs' }],
    [IDENTITY, AT, SCOPE],
  ] as const
  const signed = requests.map(([identity, at, scope]) => sign(post, identity, at, scope)['authorization'])
  const anew = requests.map(([identity, at, scope]) => createSigner()(post, identity, at, scope)['authorization'])
  expect(signed).toEqual(anew)
  expect(new Set(signed.map(signature)).size).toBe(5)
})

test('an empty session token is none', () => {
  const identity = { ...IDENTITY, sessionToken: '' }
  expect(createSigner()(post, identity, AT, SCOPE)).not.toHaveProperty('x-amz-security-token')
})

test.each([{}, { accessKeyId: 'a' }, { secretAccessKey: 's' }, { ...IDENTITY, secretAccessKey: '' }, null, undefined])(
  '%o signs nothing',
  (identity) => {
    const sign: (request: typeof post, identity: never, at: Date, scope: typeof SCOPE) => unknown = createSigner()
    expect(() => sign(post, identity as never, AT, SCOPE)).toThrow('Resolved credential object is not valid')
  },
)
