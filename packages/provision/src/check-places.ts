import { quote } from '@waybill/core'
import type { Declared } from '@waybill/sqs'
import type { Needed } from './needed.ts'
import type { Place, Places } from './places.ts'
import { ProvisionError } from './provision-error.ts'

/** Throws a {@link ProvisionError} when two declared queues, or topics, are one in AWS: each would undo what the other needs. */
export function checkPlaces({ queues, topics }: Needed, places: Places): void {
  checkApart('queues', queues, places.queue)
  checkApart('topics', topics, places.topic)
}

function checkApart(
  kind: string,
  needed: readonly { readonly declared: Declared }[],
  placeOf: (declared: Declared) => Place,
): void {
  const names = new Map<string, string>()
  for (const { declared } of needed) {
    const { arn } = placeOf(declared)
    const other = names.get(arn)
    if (other !== undefined)
      throw new ProvisionError(
        'conflict',
        `The ${kind} ${quote(other)} and ${quote(declared.name)} are both ${arn}. Correct connect({ locate }), or declare one name for both: deadLetter: { name: 'failed' } for a dead-letter queue.`,
      )
    names.set(arn, declared.name)
  }
}
