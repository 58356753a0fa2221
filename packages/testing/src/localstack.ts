import { type Duration, milliseconds, quote } from '@waybill/core'
import { type Backend, backendOf, type BackendOptions } from './backend.ts'
import { TestingError } from './testing-error.ts'
import { optionalPeer } from './optional-peer.ts'

export interface LocalStackOptions extends BackendOptions {
  /** Default: `LOCALSTACK_IMAGE`, else `localstack/localstack:4.14.0`, the last tag that needs no token. */
  readonly image?: string | undefined
  /** For the container to get ready once its image is there. Default: `2m`. */
  readonly startupTimeout?: Duration | undefined
}

const IMAGE = 'localstack/localstack:4.14.0'
const FIRST_CALLS = [
  '/?Action=ListQueues',
  '/?Action=ListTopics&Version=2010-03-31',
  '/?Action=GetCallerIdentity&Version=2011-06-15',
]
const PORT = 4566

/**
 * LocalStack's SQS and SNS in a container of its own, on a free port; gone when closed. Needs a Docker engine and the
 * package `testcontainers`. The environment's `LOCALSTACK_AUTH_TOKEN` is passed on.
 *
 * It differs from AWS: a message with eleven attributes is accepted, and changing the visibility of a message group in
 * several calls breaks the group's order.
 *
 * @throws {TestingError} `not-installed` when `testcontainers` is missing, `no-docker` when no Docker engine answers,
 * `not-started` when the container does not get ready.
 * @example
 * await using aws = await localstack({ namePrefix: 'test-' })
 */
export async function localstack(options: LocalStackOptions = {}): Promise<Backend> {
  const { image = process.env['LOCALSTACK_IMAGE'] ?? IMAGE, startupTimeout = '2m', ...rest } = options
  const timeout = milliseconds(startupTimeout, 'startupTimeout')
  const { GenericContainer, getContainerRuntimeClient, Wait } = await optionalPeer(
    'testcontainers',
    () => import('testcontainers'),
  )
  await getContainerRuntimeClient().catch((cause: unknown) => {
    throw new TestingError(
      'no-docker',
      'localstack() needs a Docker engine and none answers. Start Docker, or use embedded(), which needs none.',
      { cause },
    )
  })
  const container = await new GenericContainer(image)
    .withEnvironment({ SERVICES: 'sqs,sns,sts', ...authToken() })
    .withExposedPorts(PORT)
    // Each service is loaded by its first call, which may take longer than a call may.
    .withWaitStrategy(Wait.forAll(FIRST_CALLS.map((call) => Wait.forHttp(call, PORT))))
    .withStartupTimeout(timeout)
    .start()
    .catch((cause: unknown) => {
      throw new TestingError('not-started', `The container of ${quote(image)} did not start: ${String(cause)}`, {
        cause,
      })
    })
  // By number: on many machines `localhost` is ::1 first, where Docker need not listen.
  const host = container.getHost() === 'localhost' ? '127.0.0.1' : container.getHost()
  return backendOf(`http://${host}:${container.getMappedPort(PORT)}`, rest, async () => {
    await container.stop()
  })
}

function authToken(): Record<string, string> {
  const token = process.env['LOCALSTACK_AUTH_TOKEN']
  return token ? { LOCALSTACK_AUTH_TOKEN: token } : {}
}
