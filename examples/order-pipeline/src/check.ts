import { failuresMoved, malformedMoved, stockHasNoDeadLetters } from './checks/dead-letters.ts'
import type { Case, Evidence, Row } from './checks/evidence.ts'
import { published, receiptsOnce, recommendationsSettled, stockInOrder } from './checks/handling.ts'
import { nothingLeft, restStillThere, slowOneSlowedNobody } from './checks/queues.ts'
import { historyOf } from './history.ts'

/** Whether what happened is what had to happen. */
export function check(evidence: Evidence): Row[] {
  const { entries, stoppedEarly } = evidence
  const histories = {
    receipts: historyOf('receipts', entries),
    stock: historyOf('stock', entries),
    recommendations: historyOf('recommendations', entries),
  }
  const all: Case = { ...evidence, histories }
  return [
    published(all),
    receiptsOnce(all),
    stockInOrder(all),
    recommendationsSettled(all),
    malformedMoved(all),
    stockHasNoDeadLetters(all),
    failuresMoved(all),
    stoppedEarly ? restStillThere(all) : nothingLeft(all),
    ...(stoppedEarly ? [] : [slowOneSlowedNobody(all)]),
  ]
}
