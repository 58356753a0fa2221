import type { SQSClientConfig } from '@aws-sdk/client-sqs'
import { checkKeys, isDictionary, OptionsError, quote } from '@waybill/core'
import { fieldOf, stringOf } from './fields-of.ts'
import { isHttpUrl } from './is-http-url.ts'
import type { Locate } from './locate.ts'
import type { Logger } from './logger.ts'

/** What can be said of the AWS SDK's clients beyond {@link ConnectOptions}. */
export type AwsOptions = Omit<SQSClientConfig, keyof typeof OURS | OfOneService>
type OfOneService = 'extensions' | 'httpAuthSchemes' | 'httpAuthSchemeProvider' | 'endpointProvider'

/** How to reach AWS, and where in it things are. Every option has a default. */
export interface ConnectOptions {
  /** Default: the AWS SDK's own chain (AWS_REGION, the profile). */
  readonly region?: string | undefined
  /** URL of another SQS and SNS, an emulator's for instance: all calls go there. Default: the SDK's own. */
  readonly endpoint?: string | undefined
  /** Twelve digits: whose queues and topics they are. Default: the account of the credentials. */
  readonly accountId?: string | undefined
  /**
   * Anything else for the SDK's clients: credentials, profile, request handler. A `requestHandler` takes the place of
   * Waybill's, which `direct` has no use for: give it more sockets than there are long polls and sends at once. An instance
   * serves all clients, and `close()` destroys it.
   */
  readonly aws?: AwsOptions | undefined
  /**
   * How the calls go that are made again and again: SQS's sends, receives, deletes and visibility changes, and SNS's
   * publishes. `sdk`: by the AWS SDK. `direct`: by HTTP requests of Waybill's own, as the SDK is configured (region, endpoint,
   * credentials) and with the same errors: a small message takes about two thirds of the CPU time. What hooks into the SDK's
   * clients sees none of them. All others go by the SDK. Default: `sdk`.
   */
  readonly transport?: 'sdk' | 'direct' | undefined
  /** Put before the name of each declared queue and topic that `locate` does not place: `'dev-'`. Default: none. */
  readonly namePrefix?: string | undefined
  /** Where a declared queue or topic is, when others made it. */
  readonly locate?: Locate | undefined
  /** Default: pino with the name `waybill` on standard output, at the level of WAYBILL_LOG_LEVEL or `info`. */
  readonly logger?: Logger | undefined
}

const OURS = {
  region: 'give connect({ region })',
  endpoint: 'give connect({ endpoint })',
  transport: 'give connect({ transport })',
  maxAttempts: 'Waybill retries itself, where it can keep order and batches',
  retryMode: 'Waybill retries itself, where it can keep order and batches',
  retryStrategy: 'Waybill retries itself, where it can keep order and batches',
  md5: 'Waybill checks each body itself, so that a damaged one does not discard its neighbours',
  protocol: 'SQS and SNS have their own',
  protocolSettings: 'SQS and SNS have their own',
  useQueueUrlAsEndpoint: 'calls go to the configured endpoint, never to the host of a queue URL',
  accessKeyId: 'give aws.credentials.accessKeyId',
  secretAccessKey: 'give aws.credentials.secretAccessKey',
  sessionToken: 'give aws.credentials.sessionToken',
} as const

/** Options of the AWS SDK's clients that are looked for beside ours. */
const OF_SDK = ['credentials', 'profile', 'requestHandler']

const NAMES = ['region', 'endpoint', 'accountId', 'aws', 'namePrefix', 'locate', 'logger', 'transport']
const LOG_METHODS = ['debug', 'info', 'warn', 'error', 'child']

/** Checks the options. Throws an {@link OptionsError} that says what to write. */
export function checkConnectOptions(options: ConnectOptions): void {
  const ofSdk = OF_SDK.find((name) => fieldOf(options, name) !== undefined)
  if (ofSdk) throw new OptionsError(`connect: ${ofSdk} is an option of the AWS SDK. Write aws: { ${ofSdk}: … }.`)
  checkKeys(options, NAMES, 'connect')
  checkPlaceOptions(options, 'connect')
  const { endpoint, aws = {} } = options
  if (endpoint !== undefined && !(typeof endpoint === 'string' && isHttpUrl(endpoint))) {
    const wanted = typeof endpoint === 'string' ? 'a URL' : 'a string'
    throw new OptionsError(
      `connect: endpoint: ${quote(endpoint)} is not ${wanted}. Write it as in 'http://127.0.0.1:4566'.`,
    )
  }
  if (!isDictionary(aws)) {
    throw new OptionsError(
      `connect: aws: ${quote(aws)} is not an object. Write what the AWS SDK's clients take, as in { profile: 'prod' }.`,
    )
  }
  for (const [name, reason] of Object.entries(OURS)) {
    if (fieldOf(aws, name) !== undefined) throw new OptionsError(`connect: aws.${name} can't be set: ${reason}.`)
  }
  if (aws.credentials !== undefined) checkCredentials(aws.credentials)
  checkTransport(options)
}

function checkTransport({ aws, transport }: ConnectOptions): void {
  if (transport !== undefined && transport !== 'sdk' && transport !== 'direct')
    throw new OptionsError(
      `connect: transport: ${quote(transport)} is no transport. Write 'sdk', the default, or 'direct'.`,
    )
  if (transport !== 'direct') return
  const unused = ['requestHandler', 'signer'].find((name) => fieldOf(aws, name) !== undefined)
  if (unused)
    throw new OptionsError(
      `connect: aws.${unused} can't be set with transport: 'direct', which makes its own requests. Leave out one of them.`,
    )
}

/** Quotes nothing: it is secret, or near to it. */
function checkCredentials(credentials: unknown): void {
  if (typeof credentials === 'function') return
  const missing = ['accessKeyId', 'secretAccessKey'].find((name) => stringOf(credentials, name) === undefined)
  if (missing === undefined) return
  throw new OptionsError(
    `connect: aws.credentials has no ${missing}. Write { accessKeyId, secretAccessKey }, both strings, or a provider of them.`,
  )
}

/** Checks what says where in AWS a connection is, and where it logs. `of` is the function that was given it. */
export function checkPlaceOptions(options: Omit<ConnectOptions, 'endpoint' | 'aws'>, of: string): void {
  const { region, accountId, namePrefix, locate, logger } = options
  if (region !== undefined && !isText(region, /^[a-z0-9-]+$/)) {
    throw new OptionsError(`${of}: region: ${quote(region)} is not a region of AWS. Write one as in 'eu-central-1'.`)
  }
  if (accountId !== undefined && !isText(accountId, /^\d{12}$/)) {
    throw new OptionsError(
      `${of}: accountId: ${quote(accountId)} is not an AWS account id. Write its twelve digits in quotes, as in '123456789012'.`,
    )
  }
  if (namePrefix !== undefined && !isText(namePrefix, /^[\w-]*$/)) {
    throw new OptionsError(
      `${of}: namePrefix: ${quote(namePrefix)} can't begin a name in AWS. Write letters, digits, '-' and '_', as in 'dev-'.`,
    )
  }
  if (locate !== undefined && typeof locate !== 'function') {
    throw new OptionsError(
      `${of}: locate: ${quote(locate)} is not a function. Write ({ kind, name }) => a name, URL or ARN, or undefined.`,
    )
  }
  if (logger !== undefined && LOG_METHODS.some((name) => typeof fieldOf(logger, name) !== 'function')) {
    throw new OptionsError(
      `${of}: logger: ${quote(logger)} is no logger. Give one of pino's, or of its shape: ${LOG_METHODS.join(', ')}.`,
    )
  }
}

function isText(value: unknown, pattern: RegExp): boolean {
  return typeof value === 'string' && pattern.test(value)
}
