import { PolicyFault } from './policy-fault.ts'

/** The operator `wildcard`: `*` stands for any text; `\*` and `\\` for the characters themselves. */
export function wildcard(pattern: string): (text: string) => boolean {
  const [start = '', ...rest] = literals(pattern)
  const end = rest.pop()
  if (end === undefined) return (text) => text === start
  return (text) => {
    if (!text.startsWith(start) || !text.endsWith(end)) return false
    let from = start.length
    for (const literal of rest) {
      const at = text.indexOf(literal, from)
      if (at === -1) return false
      from = at + literal.length
    }
    return from + end.length <= text.length
  }
}

/** What is before, between and after the asterisks. */
function literals(pattern: string): readonly string[] {
  const done: string[] = []
  let literal = ''
  for (const { 0: token, index } of pattern.matchAll(/\\[\\*]|[^]/g)) {
    // SNS counts from the quotation mark
    if (token === '\\') throw new PolicyFault(`Invalid escape character at pos ${index + 1}`)
    if (token === '*' && pattern[index + 1] === '*')
      throw new PolicyFault(`Consecutive wildcard characters at pos ${index + 1}`)
    if (token === '*') {
      done.push(literal)
      literal = ''
    } else literal += token.slice(-1)
  }
  return [...done, literal]
}
