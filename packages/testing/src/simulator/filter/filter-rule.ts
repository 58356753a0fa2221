import type { Rule } from './filter-policy.ts'
import { inNetwork } from './in-network.ts'
import { inRange } from './in-range.ts'
import { isArray, isRecord, isScalar, type Scalar } from '../json.ts'
import { PolicyFault } from './policy-fault.ts'
import { wildcard } from './wildcard.ts'

type Test = (value: Scalar) => boolean
type Operator = (operand: unknown) => Test

const ofText =
  (name: string, match: (pattern: string) => (text: string) => boolean): Operator =>
  (operand) => {
    if (typeof operand !== 'string') throw new PolicyFault(`${name} match pattern must be a string`)
    const matches = match(operand)
    return (value) => typeof value === 'string' && matches(value)
  }

const prefix = ofText('prefix', (start) => (text) => text.startsWith(start))

const OPERATORS: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ['prefix', prefix],
  ['suffix', ofText('suffix', (end) => (text) => text.endsWith(end))],
  ['equals-ignore-case', ofText('equals-ignore-case', (same) => (text) => lower(text) === lower(same))],
  ['wildcard', ofText('wildcard', wildcard)],
  // of a CIDR that is no string, SNS says that it is a prefix that is none
  ['cidr', ofText('prefix', inNetwork)],
  ['numeric', numeric],
  ['anything-but', anythingBut],
])

const lower = (text: string) => text.toLowerCase()

/** Reads one element of a key's list. */
export function readRule(json: unknown): Rule {
  if (isScalar(json)) return (values) => values.includes(json)
  if (!isRecord(json)) throw new PolicyFault('Match value must be String, number, true, false, or null')
  const [expression, ...more] = Object.entries(json)
  if (!expression) throw new PolicyFault('Match expression name not found')
  const rule = readExpression(...expression)
  if (more.length > 0) throw new PolicyFault('Only one key allowed in match expression')
  return rule
}

function readExpression(name: string, operand: unknown): Rule {
  if (name === 'exists') return exists(operand)
  const operator = OPERATORS.get(name)
  if (!operator) throw new PolicyFault(`Unrecognized match type ${name}`)
  const test = operator(operand)
  return (values) => values.some(test)
}

function exists(operand: unknown): Rule {
  if (typeof operand !== 'boolean') throw new PolicyFault('exists match pattern must be either true or false.')
  return (values) => values.some((value) => value !== null && value !== '') === operand
}

function numeric(operand: unknown): Test {
  const within = inRange(operand)
  return (value) => typeof value === 'number' && within(value)
}

function anythingBut(operand: unknown): Test {
  if (isRecord(operand)) {
    const [name = '', ...more] = Object.keys(operand)
    if (name !== 'prefix' || more.length > 0)
      throw new PolicyFault(`Unsupported anything-but pattern: ${more[0] ?? name}`)
    const test = prefix(operand[name])
    return (value) => !test(value)
  }
  const others = isArray(operand) ? othersOf(operand) : [operand]
  if (!others.every(isTextOrNumber))
    throw new PolicyFault('Value of anything-but must be an array or single string/number value.')
  return (value) => others.every((other) => other !== value)
}

function othersOf(list: readonly unknown[]): readonly unknown[] {
  if (!list.every(isTextOrNumber))
    throw new PolicyFault('Inside anything but list, start|null|boolean is not supported.')
  if (new Set(list.map((other) => typeof other)).size !== 1)
    throw new PolicyFault(
      'Inside anything but list, either all values are number or string, mixed type is not supported',
    )
  return list
}

const isTextOrNumber = (value: unknown) => typeof value === 'string' || typeof value === 'number'
