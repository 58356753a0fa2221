import { checkKeys, OptionsError, quote } from '@waybill/core'
import { resolveTags, type Tags } from '@waybill/schema'
import { type Allowance, ALLOWANCES } from './allowance.ts'

/** What a plan may contain beyond what is missing or differs. */
export interface PlanOptions {
  /**
   * Whether what is reported as `unmanaged` is removed: a redrive policy, a statement of Waybill's own, a subscription of a
   * declared queue to a declared topic, a source of a dead-letter queue, when they are not declared. Give `plan` all that
   * shares a queue then, and the topics that it was subscribed to: one that is not in the plan may still deliver, and stays.
   * Queues, topics, and the statements and tags of others are never removed. Default: false.
   */
  readonly prune?: boolean | undefined
  /** What is reported as `cannot-change` and done all the same; each names the one that it needs. Default: nothing. */
  readonly allow?: readonly Allowance[] | undefined
  /** Tags of every queue and topic of the plan. A declaration's own win. Default: none. */
  readonly tags?: Tags | undefined
}

/** The same, checked and complete. */
export interface ResolvedPlanOptions {
  readonly prune: boolean
  readonly allow: ReadonlySet<Allowance>
  readonly tags: Tags
}

export function resolvePlanOptions(options: PlanOptions): ResolvedPlanOptions {
  checkKeys(options, ['prune', 'allow', 'tags'], 'plan')
  const { prune = false, allow = [], tags } = options
  if (typeof prune !== 'boolean') throw new OptionsError(`prune: ${quote(prune)} is not true or false.`)
  if (!Array.isArray(allow))
    throw new OptionsError(`allow: ${quote(allow)} is not a list. Write allow: ['lower-retention'].`)
  checkKeys(Object.fromEntries(allow.map((allowance) => [String(allowance), true])), ALLOWANCES, 'allow')
  return { prune, allow: new Set(allow), tags: resolveTags('tags', tags) }
}
