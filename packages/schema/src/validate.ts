import {
  type $ZodErrorMap,
  type $ZodIssue,
  type $ZodRawIssue,
  type $ZodType,
  config,
  locales,
  type ParseContext,
  type util,
} from 'zod/v4/core'
import { clipped, ContractError, type ContractErrorCode, type ContractIssue, pathOf } from './contract-error.ts'

/** What is being checked, and how to say that it fails. */
export interface Subject {
  readonly code: ContractErrorCode
  /** As in `the body`. */
  readonly what: string
  /** What paths start with. */
  readonly root: 'payload' | 'attributes'
  readonly type: string
  /** Undefined for what is the same in all versions. */
  readonly version: number | undefined
}

/** zod's `safeEncode` or `safeDecode`. */
type Step<S, Value, Made> = (schema: S, value: Value, context: ParseContext<$ZodIssue>) => util.SafeParseResult<Made>

/** Runs one step of the schema and returns what it made, or throws a {@link ContractError} with every path. */
export function validate<S extends $ZodType, Value, Made>(
  step: Step<S, Value, Made>,
  schema: S,
  value: Value,
  subject: Subject,
): Made {
  // A context of its own: zod 4.1 to 4.3 write the direction into the one that they are given.
  const result = attempt(() => step(schema, value, { error: explain }), subject)
  if (result.success) return result.data
  throw refusal(
    subject,
    "doesn't fit its contract:",
    result.error.issues.flatMap((issue) => issuesOf(issue, [], subject.root)),
  )
}

export function refusal(
  subject: Subject,
  problem: string,
  issues: readonly ContractIssue[] = [],
  cause?: unknown,
): ContractError {
  const { code, what, type, version } = subject
  const written = version === undefined ? '' : ` version ${version}`
  return new ContractError(code, `${type}${written}: ${what} ${problem}`, { type, version, issues, cause })
}

/** What is wrong with a contract that meets these errors of zod's: seen only when it runs. */
const DEFECTS = new Map([
  ['$ZodAsyncError', 'meets an asynchronous refinement or codec: contracts are synchronous.'],
  ['$ZodEncodeError', "meets a one-way transform, which can't be encoded; use z.codec()."],
])

/**
 * A refinement or codec of the user's may throw; its error may quote the payload, so it goes into the cause alone.
 * zod's own errors are told by name: a schema made in CommonJS comes from another copy of zod.
 */
function attempt<Result>(run: () => Result, subject: Subject): Result {
  try {
    return run()
  } catch (cause) {
    const defect = cause instanceof Error ? DEFECTS.get(cause.constructor.name) : undefined
    if (defect) throw refusal({ ...subject, code: 'cannot-travel' }, defect, [], cause)
    const problem = "can't be checked: a refinement or codec threw, or it is nested too deeply (see cause)."
    throw refusal(subject, problem, [], cause)
  }
}

/** Of a union, what each option says as well: the union's own message names no path inside. */
function issuesOf(issue: $ZodIssue, above: readonly PropertyKey[], root: string): ContractIssue[] {
  const path = [...above, ...issue.path]
  const own = { path: pathOf(path, root), message: clipped(issue.message, 200) }
  if (issue.code !== 'invalid_union') return [own]
  return [own, ...issue.errors.flat().flatMap((nested) => issuesOf(nested, path, root))]
}

const english = locales.en()

/** zod/mini brings no messages: without these it would say "Invalid input" of everything. The user's own come first. */
const explain: $ZodErrorMap = (issue) => {
  const { customError, localeError } = config()
  return customError?.(issue) ?? invalidDate(issue) ?? (localeError ?? english.localeError)(issue)
}

/** Of which zod says that a Date was expected and a Date was received. */
function invalidDate(issue: $ZodRawIssue): string | undefined {
  const invalid = issue.code === 'invalid_type' && issue.expected === 'date' && issue.input instanceof Date
  return invalid ? 'Invalid input: expected a valid date, received an invalid Date' : undefined
}
