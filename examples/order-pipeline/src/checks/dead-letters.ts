import type { QueueName } from '../contracts.ts'
import { UNLISTED_CURRENCY } from '../orders.ts'
import type { DeadLetter } from '../queues.ts'
import type { Case, Row } from './evidence.ts'

export function malformedMoved({ deadLetters, entries, histories, left, stoppedEarly }: Case): Row {
  const sent = entries.filter((entry) => entry.kind === 'malformed')
  const found = deadLetters.filter(({ queue }) => queue === 'receipts')
  const known = found.every(({ sqsMessageId }) => sent.some((entry) => entry.sqsMessageId === sqsMessageId))
  const moved =
    sent.length > 0 && sent.every((entry) => found.some(({ sqsMessageId }) => sqsMessageId === entry.sqsMessageId))
  const reason = found.every((letter) => letter.reason?.startsWith('invalid: ') ?? false)
  return {
    check: 'receipts-dead-letter: the malformed message',
    holds:
      known &&
      reason &&
      found.length <= sent.length + histories.receipts.inFlight &&
      (moved || (stoppedEarly && left.receipts >= sent.length)),
    found: contents(found),
  }
}

export function stockHasNoDeadLetters({ deadLetters }: Case): Row {
  const found = deadLetters.filter(({ queue }) => queue === 'stock')
  return { check: 'stock-dead-letter: nothing', holds: found.length === 0, found: contents(found) }
}

export function failuresMoved({ deadLetters, histories: { recommendations }, stoppedEarly }: Case): Row {
  const found = deadLetters.filter(({ queue }) => queue === 'recommendations')
  const orders = ordersOf(found, 'recommendations')
  const expected = new Set(recommendations.published.filter(({ unlisted }) => unlisted).map(({ order }) => order))
  const reason = found.every((letter) => letter.reason?.includes(`no price list for ${UNLISTED_CURRENCY}`) ?? false)
  const exactly = orders.isSubsetOf(expected) && (stoppedEarly || orders.size === expected.size)
  return {
    check: `recommendations-dead-letter: ${stoppedEarly ? 'only' : `the ${expected.size}`} orders in ${UNLISTED_CURRENCY}`,
    holds: exactly && reason && found.length - orders.size <= recommendations.inFlight,
    found: contents(found),
  }
}

export function ordersOf(deadLetters: readonly DeadLetter[], name: QueueName): Set<string> {
  return new Set(deadLetters.filter(({ queue }) => queue === name).flatMap(({ order }) => order ?? []))
}

function contents(found: readonly DeadLetter[]): string {
  const reasons = new Set(found.map(({ reason }) => reason ?? 'no waybill-dead-letter attribute'))
  return [found.length, ...reasons].join(': ').replaceAll(/\s+/g, ' ')
}
