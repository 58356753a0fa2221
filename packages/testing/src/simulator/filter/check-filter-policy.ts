import { invalidParameter } from '../aws-error.ts'
import type { Alternative, FilterPolicy, FilterScope } from './filter-policy.ts'
import { readRule } from './filter-rule.ts'
import { isArray, isRecord } from '../json.ts'
import { PolicyFault } from './policy-fault.ts'

type Json = Readonly<Record<string, unknown>>

const MAX_KEYS = 5
const MAX_COMBINATIONS = 150
const NESTED = 'Filter policy scope MessageAttributes does not support nested filter policy'

/** An object with one of these among its keys is no branch of an `$or`, and that `$or` a key like any other. */
const RESERVED = new Set(
  'prefix suffix equals-ignore-case wildcard cidr numeric anything-but exists = < <= > >='.split(' '),
)

/**
 * Reads FilterPolicy's JSON text. Throws what SNS refuses it with, from `refuse`: Subscribe has something to say before
 * the reason. '' and '{}' mean no policy: undefined.
 */
export function readFilterPolicy(
  text: string,
  scope: FilterScope,
  refuse: (reason: string) => Error = invalidParameter,
): FilterPolicy | undefined {
  if (text === '') return undefined
  try {
    const json = parse(text)
    const keys = Object.keys(json).length
    if (keys === 0) return undefined
    if (keys > MAX_KEYS) throw new PolicyFault(`Filter policy can not have more than ${MAX_KEYS} keys`)
    const policy = readObject(json, { path: '', depth: 1 }, [new Map()])
    if (scope === 'MessageAttributes' && policy.some(isNested)) throw refuse(NESTED)
    return policy
  } catch (error) {
    throw error instanceof PolicyFault ? refuse(error.message) : error
  }
}

function parse(text: string): Json {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw new PolicyFault(`failed to parse JSON. ${error instanceof Error ? error.message : ''}`)
  }
  if (!isRecord(json)) throw new PolicyFault('Filter is not an object')
  return json
}

interface Place {
  /** What a key's name is put behind. */
  readonly path: string
  readonly depth: number
}

/** The alternatives before, each with what an object asks for as well. */
function readObject(json: Json, place: Place, before: FilterPolicy): FilterPolicy {
  const entries = Object.entries(json)
  if (entries.length === 0) throw new PolicyFault('Empty objects are not allowed')
  return entries.reduce((alternatives, [name, value]) => {
    const read = readEntry(name, value, place, alternatives)
    if (combinations(read) > MAX_COMBINATIONS) throw new PolicyFault('Filter policy is too complex')
    return read
  }, before)
}

function readEntry(name: string, value: unknown, { path, depth }: Place, before: FilterPolicy): FilterPolicy {
  const branches = name === '$or' ? branchesOf(value) : undefined
  if (branches) return branches.flatMap((branch) => readObject(branch, { path, depth }, before))
  if (isRecord(value)) return readObject(value, { path: `${path}${name}.`, depth: depth + 1 }, before)
  if (!isArray(value)) throw new PolicyFault(`"${name}" must be an object or an array`)
  if (value.length === 0) throw new PolicyFault('Empty arrays are not allowed')
  const condition = { rules: value.map(readRule), depth }
  return before.map((alternative) => new Map([...alternative, [`${path}${name}`, condition]]))
}

function branchesOf(value: unknown): readonly Json[] | undefined {
  if (!isArray(value) || value.length < 2 || !value.every(isRecord)) return undefined
  return value.some((branch) => Object.keys(branch).some((key) => RESERVED.has(key))) ? undefined : value
}

const isNested = (alternative: Alternative) => [...alternative.values()].some(({ depth }) => depth > 1)

/** How SNS measures a policy: each key's values times its depth, multiplied, and that summed over the alternatives. */
function combinations(policy: FilterPolicy): number {
  const products = policy.map((alternative) =>
    [...alternative.values()].reduce((product, { rules, depth }) => product * rules.length * depth, 1),
  )
  return products.reduce((sum, product) => sum + product, 0)
}
