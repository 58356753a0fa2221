import { parseArgs, type ParseArgsConfig } from 'node:util'
import { type QueueName, queueNames } from './contracts.ts'

/** Wrong use of the command line: its message is for the user, together with the usage. */
export class UsageError extends Error {}

export const DEMO_USAGE = `Usage: npm run demo -- [options]

  --orders N       how many orders to publish, 1 to 9999 (default 1000)
  --processes      one worker process for each queue; kill -9 one and see
  --endpoint URL   on an SQS and SNS that runs already, such as LocalStack
  --aws            on AWS, with the AWS SDK's own region and credentials; asks first
  --yes            with --aws: don't ask
  --port N         of the embedded SQS (default: any free one)
  --help`

export const WORKER_USAGE = `Usage: npm run demo:worker -- <${queueNames.join(' | ')}> [options]

Without options it joins the demo that runs on this machine.

  --endpoint URL   on the SQS and SNS there
  --aws            on AWS, with the AWS SDK's own region and credentials
  --prefix P       what the names of queues and topics begin with
  --ledger FILE    where it writes what it did
  --help`

export interface DemoOptions {
  readonly orders: number
  readonly processes: boolean
  readonly on:
    | { readonly kind: 'embedded'; readonly port: number }
    | { readonly kind: 'endpoint'; readonly url: string }
    | { readonly kind: 'aws'; readonly yes: boolean }
}

/** Undefined: help was asked for. */
export function parseDemoOptions(args: readonly string[]): DemoOptions | undefined {
  const { values } = parsed(args, {
    orders: { type: 'string' },
    processes: { type: 'boolean' },
    endpoint: { type: 'string' },
    aws: { type: 'boolean' },
    yes: { type: 'boolean' },
    port: { type: 'string' },
    help: { type: 'boolean' },
  })
  if (values.help) return undefined
  const { endpoint, aws, yes, port } = values
  if (endpoint !== undefined && aws) throw new UsageError('--endpoint and --aws exclude each other. Leave one out.')
  if (port !== undefined && (endpoint !== undefined || aws))
    throw new UsageError('--port is that of the embedded SQS. Leave it out.')
  if (yes && !aws) throw new UsageError('--yes goes with --aws. Leave it out.')
  return {
    orders: integer('--orders', values.orders ?? '1000', 1, 9_999),
    processes: values.processes ?? false,
    on: aws
      ? { kind: 'aws', yes: yes ?? false }
      : endpoint === undefined
        ? { kind: 'embedded', port: integer('--port', port ?? '0', 0, 65_535) }
        : { kind: 'endpoint', url: url(endpoint) },
  }
}

export interface WorkerOptions {
  readonly queue: QueueName
  readonly endpoint: string | undefined
  readonly aws: boolean
  readonly prefix: string | undefined
  readonly ledger: string | undefined
}

/** Undefined: help was asked for. */
export function parseWorkerOptions(args: readonly string[]): WorkerOptions | undefined {
  const { values, positionals } = parsed(args, {
    endpoint: { type: 'string' },
    aws: { type: 'boolean' },
    prefix: { type: 'string' },
    ledger: { type: 'string' },
    help: { type: 'boolean' },
  })
  if (values.help) return undefined
  const { endpoint, aws = false, prefix, ledger } = values
  if (endpoint !== undefined && aws) throw new UsageError('--endpoint and --aws exclude each other. Leave one out.')
  const [name, ...more] = positionals
  const queue = queueNames.find((known) => known === name)
  if (queue === undefined || more.length > 0) {
    throw new UsageError(
      `Which queue? ${positionals.length === 0 ? 'None is named' : `'${positionals.join(' ')}' is none`}. Write one of: ${queueNames.join(', ')}.`,
    )
  }
  return { queue, aws, prefix, ledger, endpoint: endpoint === undefined ? undefined : url(endpoint) }
}

function parsed<const Options extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: Options,
) {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: 'ledger' in options })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

function integer(option: string, text: string, least: number, most: number): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= least && value <= most) return value
  throw new UsageError(`${option}: '${text}' is not a whole number from ${least} to ${most}.`)
}

function url(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text
  throw new UsageError(`--endpoint: '${text}' is not a URL. Write it as in http://127.0.0.1:4566.`)
}
