import { safeDecode, safeEncode } from 'zod/v4/core'
import { ContractError, type ContractErrorCode } from './contract-error.ts'
import { describeValue } from './describe-value.ts'
import type { AnyMessage, PayloadOf, Version } from './message.ts'
import { isMessage } from './messages.ts'
import { refusal, type Subject, validate } from './validate.ts'

/**
 * The body of a message: its payload, checked and encoded by the contract, as JSON text that SQS accepts. Keys that the
 * contract doesn't know are left out, unless it says otherwise.
 *
 * @param version the contract version to write; default: the newest.
 * @throws {ContractError} `invalid-payload` with every path that is wrong; `unknown-version`; `cannot-travel` when the
 * contract turns out to be asynchronous.
 * @example
 * encode(OrderPaid, { orderId: '17', cents: 500 }) // '{"orderId":"17","cents":500}'
 */
export function encode<M extends AnyMessage>(message: M, payload: PayloadOf<M>, version?: number): string
export function encode(message: AnyMessage, payload: unknown, written?: number): string {
  checkMessage(message, 'encode', 'payload')
  const version = written ?? message.version
  const { schema } = versionOf(message, version)
  const subject = subjectOf(message, version, 'invalid-payload', 'the payload to send')
  return legalText(stringify(validate(safeEncode, schema, payload, subject), subject))
}

/**
 * The payload in a body, in the newest version: checked in the version that it was written in, up-cast step by step,
 * and checked again.
 *
 * @param version the contract version that the body was written in.
 * @throws {ContractError} `not-json`; `invalid-payload` when the body doesn't fit its own version; `upcast` when an
 * up-caster throws or its result doesn't fit the newest version; `unknown-version` for one that this reader doesn't
 * know, which may mean "not yet"; `cannot-travel` when the contract turns out to be asynchronous.
 */
export function decode<M extends AnyMessage>(message: M, body: string, version: number): PayloadOf<M>
export function decode(message: AnyMessage, body: string, version: number): unknown {
  checkMessage(message, 'decode', 'body, version')
  const { schema } = versionOf(message, version)
  const parsed = parse(body, subjectOf(message, version, 'not-json', 'the body'))
  const payload = validate(safeDecode, schema, parsed, subjectOf(message, version, 'invalid-payload', 'the body'))
  return version === message.version ? payload : upcast(message, payload, version)
}

function checkMessage(message: unknown, of: string, rest: string): void {
  if (isMessage(message)) return
  throw new ContractError(
    'definition',
    `${of}: ${describeValue(message)} is no message. Write ${of}(OrderPaid, ${rest}).`,
  )
}

/** Encoding and decoding the result checks it, and leaves what a body in the newest version would have given. */
function upcast(message: AnyMessage, payload: unknown, from: number): unknown {
  const subject = subjectOf(message, from, 'upcast', `the body, up-cast to version ${message.version},`)
  const newest = versionOf(message, message.version).schema
  const result = message['~versions'].slice(from).reduce((previous, version) => {
    let made: unknown
    try {
      made = version.upcast?.(previous)
    } catch (cause) {
      throw refusal(subject, "can't be made: an up-caster threw (see cause).", [], cause)
    }
    if (!(made instanceof Promise)) return made
    // whatever becomes of it, nobody waits for it
    made.catch(() => {})
    throw refusal(subject, "can't be made: an up-caster returned a Promise, and contracts are synchronous.")
  }, payload)
  return validate(safeDecode, newest, validate(safeEncode, newest, result, subject), subject)
}

function versionOf(message: AnyMessage, version: number): Version {
  const { type, version: newest } = message
  const found = message['~versions'][version - 1]
  if (found) return found
  const known = newest === 1 ? 'only version 1' : `versions 1 to ${newest}`
  const advice = Number.isInteger(version) && version > newest ? ' Deploy readers before writers.' : ''
  throw new ContractError('unknown-version', `${type}: there is no version ${version} here, ${known}.${advice}`, {
    type,
    version,
  })
}

function subjectOf({ type }: AnyMessage, version: number, code: ContractErrorCode, what: string): Subject {
  return { code, what, root: 'payload', type, version }
}

/** JSON.parse's own error quotes the body, so it is not kept: bodies don't belong in errors. */
function parse(body: string, subject: Subject): unknown {
  try {
    return JSON.parse(body)
  } catch {
    throw refusal(subject, `is not JSON (${body.length} characters).`)
  }
}

function stringify(wire: unknown, subject: Subject): string {
  const refuse = (cause?: unknown) =>
    refusal(
      subject,
      'has no JSON form: a cycle, a bigint, a function or undefined where the contract allows anything.',
      [],
      cause,
    )
  let text: string | undefined
  try {
    text = JSON.stringify(wire)
  } catch (cause) {
    throw refuse(cause)
  }
  if (text === undefined) throw refuse()
  return text
}

/**
 * SQS refuses U+FFFE and U+FFFF (SendMessage: InvalidMessageContents). The other characters that it refuses, controls
 * and lone surrogates, JSON.stringify escapes by itself.
 */
function legalText(json: string): string {
  return json.replace(/[\uFFFE\uFFFF]/g, (character) => (character === '\uFFFE' ? '\\uFFFE' : '\\uFFFF'))
}
