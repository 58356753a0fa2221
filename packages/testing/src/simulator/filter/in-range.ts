import { isArray } from '../json.ts'
import { PolicyFault } from './policy-fault.ts'

type Compare = (value: number, bound: number) => boolean

const COMPARISONS: ReadonlyMap<string, Compare> = new Map<string, Compare>([
  ['=', (value, bound) => value === bound],
  ['<', (value, bound) => value < bound],
  ['<=', (value, bound) => value <= bound],
  ['>', (value, bound) => value > bound],
  ['>=', (value, bound) => value >= bound],
])

/** The operator `numeric`: `['=', 5]`, `['<', 5]`, or with both ends, the bottom first: `['>', 0, '<=', 5]`. */
export function inRange(operand: unknown): (value: number) => boolean {
  if (!isArray(operand)) throw new PolicyFault('Value of numeric must be an array.')
  const [operator, bound, ...upper] = operand
  if (typeof operator !== 'string') throw new PolicyFault(`Invalid member in numeric match: ${token(operator)}`)
  const compare = COMPARISONS.get(operator)
  if (!compare) throw new PolicyFault(`Unrecognized numeric range operator: ${operator}`)
  if (typeof bound !== 'number')
    throw new PolicyFault(`Value of ${operator === '=' ? 'equals' : operator} must be numeric`)
  if (upper.length === 0) return (value) => compare(value, bound)
  if (!operator.startsWith('>')) throw new PolicyFault('Too many elements in numeric expression')
  const below = upTo(upper, bound)
  return (value) => compare(value, bound) && below(value)
}

function upTo([operator, top, ...more]: readonly unknown[], bottom: number): (value: number) => boolean {
  if (typeof operator !== 'string') throw new PolicyFault(`Bad value in numeric range: ${token(operator)}`)
  const compare = operator.startsWith('<') ? COMPARISONS.get(operator) : undefined
  if (!compare) throw new PolicyFault(`Bad numeric range operator: ${operator}`)
  if (typeof top !== 'number') throw new PolicyFault(`Value of ${operator} must be numeric`)
  if (more.length > 0) throw new PolicyFault('Too many terms in numeric range expression')
  if (bottom >= top) throw new PolicyFault('Bottom must be less than top')
  return (value) => compare(value, top)
}

/** A member as SNS's parser sees it: after the last one comes the bracket. */
const token = (member: unknown) => (member === undefined ? ']' : JSON.stringify(member))
