import { type QueueName, queueNames } from '../contracts.ts'
import { seconds } from '../view.ts'
import type { Case, Row } from './evidence.ts'

export function nothingLeft({ left }: Case): Row {
  return {
    check: 'nothing is left in any queue',
    holds: queueNames.every((name) => left[name] === 0),
    found: queueNames.map((name) => `${name} ${left[name]}`).join(', '),
  }
}

/** After an early stop: published = handled + dead + still in the queue. What a killed worker held may count twice. */
export function restStillThere({ deadLetters, entries, histories, left }: Case): Row {
  const sums = queueNames.map((name) => {
    const { first, inFlight, published: sent } = histories[name]
    const malformed = entries.filter((entry) => entry.kind === 'malformed' && entry.queue === name).length
    const dead = new Set(deadLetters.filter(({ queue }) => queue === name).map(({ sqsMessageId }) => sqsMessageId)).size
    const missing = sent.length + malformed - first.size - dead
    return { name, holds: left[name] >= missing && left[name] <= missing + inFlight }
  })
  return {
    check: 'stopped early: what was not handled is in its queue',
    holds: sums.every(({ holds }) => holds),
    found: queueNames.map((name) => `${name} ${left[name]}`).join(', '),
  }
}

/** A queue whose worker was killed is not compared: what it held had to wait out the visibility timeout. */
export function slowOneSlowedNobody({ entries, histories }: Case): Row {
  const start = entries.find(({ kind }) => kind === 'published')?.at ?? 0
  const lastOf = (name: QueueName) =>
    (entries.findLast((entry) => entry.kind === 'settled' && entry.queue === name)?.at ?? start) - start
  const publishing = (entries.findLast(({ kind }) => kind === 'publishing-finished')?.at ?? start) - start
  const slow = lastOf('recommendations')
  const quick = (['receipts', 'stock'] as const).map((name) => ({
    name,
    at: lastOf(name),
    waited: histories[name].killed.length > 0,
  }))
  const times = quick.map(({ at, name, waited }) => `${name} ${seconds(at)}${waited ? ' (killed, not compared)' : ''}`)
  return {
    check: 'the slow consumer slowed neither the producer nor the others',
    holds: [publishing, ...quick.filter(({ waited }) => !waited).map(({ at }) => at)].every((at) => at < 0.75 * slow),
    found: `finished: publishing ${seconds(publishing)}, ${times.join(', ')}; recommendations ${seconds(slow)}`,
  }
}
