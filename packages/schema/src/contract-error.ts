import { WaybillError } from '@waybill/core'

/**
 * `definition`: a message, topic or queue that can't be declared so. `cannot-travel`: a schema that JSON or a
 * synchronous codec can't carry. `invalid-payload`, `invalid-attributes`: a payload, or attributes, that don't fit the contract. `not-json`: a body that is
 * no JSON. `no-type`, `no-version`: a message that doesn't say what it is. `unknown-type`, `unknown-version`: not known to this reader,
 * or not yet. `upcast`: an up-caster that threw, or whose result doesn't fit the newest version.
 */
export type ContractErrorCode =
  | 'definition'
  | 'cannot-travel'
  | 'invalid-payload'
  | 'invalid-attributes'
  | 'not-json'
  | 'no-type'
  | 'no-version'
  | 'unknown-type'
  | 'unknown-version'
  | 'upcast'

/** One thing wrong, and where: `payload.lines[0].price` in a payload, `payload.lines[].price` in a schema, `attributes.tenant`. */
export interface ContractIssue {
  readonly path: string
  readonly message: string
}

export interface ContractErrorDetails {
  readonly type?: string | undefined
  readonly version?: number | undefined
  readonly issues?: readonly ContractIssue[] | undefined
  readonly cause?: unknown
}

/**
 * A contract that can't be declared, or was not kept. `message` lists the first ten issues, `issues` has all; neither
 * holds a payload's values, only paths and what the schema says of them.
 */
export class ContractError extends WaybillError<ContractErrorCode> {
  /** The message's type, where there is one. */
  readonly type: string | undefined
  /** The contract version that was written or read, where there is one. */
  readonly version: number | undefined
  readonly issues: readonly ContractIssue[]

  constructor(code: ContractErrorCode, problem: string, details: ContractErrorDetails = {}) {
    const { type, version, issues = [], cause } = details
    super(code, `${problem}${listed(issues)}`, cause === undefined ? undefined : { cause })
    this.type = type
    this.version = version
    this.issues = issues
  }
}

const LISTED = 10

function listed(issues: readonly ContractIssue[]): string {
  const lines = issues.slice(0, LISTED).map(({ path, message }) => `\n  ${path}: ${message}`)
  return lines.join('') + (issues.length > LISTED ? `\n  and ${issues.length - LISTED} more` : '')
}

/**
 * A path from its keys: `.name`, `[0]`, `["odd name"]`. Keys may come from a payload, so each is cut to 60 characters.
 */
export function pathOf(keys: readonly PropertyKey[], root = 'payload'): string {
  return keys.reduce<string>((path, key) => path + segment(key), root)
}

function segment(key: PropertyKey): string {
  if (typeof key === 'number') return `[${key}]`
  const name = clipped(String(key), 60)
  return /^[A-Za-z_$][\w$]*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`
}

export function clipped(text: string, max: number): string {
  return text.length > max ? `${text.slice(0, max)}…` : text
}
