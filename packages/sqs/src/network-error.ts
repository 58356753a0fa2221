import { errorOf, type What } from './error-text.ts'
import { fieldOf, stringOf } from './fields-of.ts'
import type { SqsError } from './sqs-error.ts'

// Node's codes, and undici's. Nothing was sent: no connection came about, for want of a file descriptor too.
const NOT_CONNECTED =
  /^(ECONNREFUSED|ENOTFOUND|EAI_|EMFILE|ENFILE|EPROTO|ERR_TLS|ERR_SSL|UND_ERR_CONNECT_)|CERT|SELF_SIGNED/
const CONNECTING = /^(connect|getaddrinfo)$/
const CONNECTION_LOST =
  /^(ECONN(RESET|ABORTED)|E(NET|HOST)(RESET|DOWN|UNREACH)|EPIPE|ETIMEDOUT|HPE_|ERR_STREAM_PREMATURE|UND_ERR_(SOCKET|DESTROYED|CLOSED|RES_|HEADERS_|BODY_))/

/** An error of the network; undefined when it is something else. */
export function networkError(thrown: unknown, what: What): SqsError | undefined {
  const first = firstOf(thrown)
  const code = stringOf(thrown, 'code') ?? ''
  const where = `${what.endpoint ?? peerOf(first)} (${code})`
  if (NOT_CONNECTED.test(code) || CONNECTING.test(stringOf(first, 'syscall') ?? '')) {
    const meaning = { code: 'network', verdict: 'later', unknown: false } as const
    return errorOf(meaning, `could not connect to ${where}`, what, { cause: thrown })
  }
  if (!CONNECTION_LOST.test(code)) return undefined
  const meaning = { code: 'network', verdict: 'now', unknown: true } as const
  return errorOf(meaning, `lost its connection to ${where}`, what, { cause: thrown })
}

/** Where several addresses were tried, there is an error for each. */
function firstOf(thrown: unknown): unknown {
  return thrown instanceof AggregateError ? thrown.errors.at(0) : thrown
}

function peerOf(error: unknown): string {
  const host = stringOf(error, 'hostname') ?? stringOf(error, 'address')
  const port = fieldOf(error, 'port')
  if (host === undefined) return 'AWS'
  return typeof port === 'number' ? `${host}:${port}` : host
}
