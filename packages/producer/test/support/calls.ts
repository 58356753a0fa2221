import type { AnyQueue } from '@waybill/schema'
import type { Simulation } from '@waybill/testing'

/** The calls that sent or published something, and the `n` of each payload in them. */
export function calls({ requests }: Simulation) {
  return requests
    .filter(({ kind }) => kind === 'send' || kind === 'publish')
    .map(({ at, outcome, entries }) => ({
      at,
      outcome,
      numbers: entries.map(({ MessageBody, Message }) => numberIn(MessageBody ?? Message)),
    }))
}

/** The `n` of each payload, by call. */
export const numbersSent = (aws: Simulation) => calls(aws).map(({ numbers }) => numbers)

/** The `n` of each payload in a queue, in the order in which they came. */
export const numbersIn = (aws: Simulation, queue: AnyQueue) =>
  aws.contents(queue).visible.map(({ body }) => numberIn(body))

/** The same by message group. */
export function numbersByGroup(aws: Simulation, queue: AnyQueue) {
  const groups: Record<string, number[]> = {}
  for (const { group = '', body } of aws.contents(queue).visible) (groups[group] ??= []).push(numberIn(body))
  return groups
}

export const numberIn = (body: unknown) => Number(/"n":(\d+)/.exec(String(body))?.[1])

export const upTo = (count: number) => Array.from({ length: count }, (_, n) => n)
