/**
 * What to do about a failed entry or call: try again soon (`now`), try again after a longer pause (`later`), don't try
 * again (`never`), or accept that the message is somebody else's by now (`lost`).
 */
export type Verdict = 'now' | 'later' | 'never' | 'lost'

/** An item that was not accepted this time; `unknown` when it may have been and the answer was lost. */
export interface Refusal {
  readonly ok: false
  readonly error: Error
  readonly verdict: Verdict
  readonly unknown: boolean
}

/** What one call said of one item. */
export type Attempt<Value> = { readonly ok: true; readonly value: Value } | Refusal

/** An error that knows what to do about itself. */
export interface Judged {
  readonly verdict: Verdict
  readonly unknown: boolean
}

function isJudged(error: Error): error is Error & Judged {
  return 'verdict' in error && 'unknown' in error
}

/** The refusal of every item of a call that failed as a whole. An error without a verdict is a bug: not tried again. */
export function refusalOf(thrown: unknown): Refusal {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown))
  return isJudged(error)
    ? { ok: false, error, verdict: error.verdict, unknown: error.unknown }
    : { ok: false, error, verdict: 'never', unknown: true }
}
