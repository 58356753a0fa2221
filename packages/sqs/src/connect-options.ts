import type { SQSClientConfig } from '@aws-sdk/client-sqs'
import { checkKeys, OptionsError, quote } from '@waybill/core'
import { fieldOf } from './fields-of.ts'
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
   * Waybill's: give it more sockets than there are long polls and sends at once. An instance serves all clients, and
   * `close()` destroys it.
   */
  readonly aws?: AwsOptions | undefined
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
  maxAttempts: 'Waybill retries itself, where it can keep order and batches',
  retryMode: 'Waybill retries itself, where it can keep order and batches',
  retryStrategy: 'Waybill retries itself, where it can keep order and batches',
  md5: 'Waybill checks each body itself, so that a damaged one does not discard its neighbours',
  useQueueUrlAsEndpoint: 'calls go to the configured endpoint, never to the host of a queue URL',
} as const

const NAMES = ['region', 'endpoint', 'accountId', 'aws', 'namePrefix', 'locate', 'logger']
const LOG_METHODS = ['debug', 'info', 'warn', 'error', 'child']

/** Checks the options. Throws an {@link OptionsError} that says what to write. */
export function checkConnectOptions(options: ConnectOptions): void {
  checkKeys(options, NAMES, 'connect')
  checkPlaceOptions(options, 'connect')
  const { endpoint, aws = {} } = options
  if (endpoint !== undefined && !isHttpUrl(endpoint)) {
    throw new OptionsError(
      `connect: endpoint: ${quote(endpoint)} is not a URL. Write it as in 'http://127.0.0.1:4566'.`,
    )
  }
  for (const [name, reason] of Object.entries(OURS)) {
    if (fieldOf(aws, name) !== undefined) throw new OptionsError(`connect: aws.${name} can't be set: ${reason}.`)
  }
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
      `${of}: namePrefix: ${quote(namePrefix)} has characters that SQS and SNS don't allow in names. Use letters, digits, '-' and '_'.`,
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

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)
}
