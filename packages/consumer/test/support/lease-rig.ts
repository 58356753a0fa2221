import type { Refusal } from '@waybill/core'
import type { EntryResult, ReceivedMessage, VisibilityEntry } from '@waybill/sqs'
import { VirtualClock } from '@waybill/testing'
import { HeldDelivery } from '../../src/held-delivery.ts'
import { Lane } from '../../src/lane.ts'
import { LeaseManager } from '../../src/lease-manager.ts'

export const ok: EntryResult<void> = { ok: true, value: undefined }
export const refusal = (verdict: Refusal['verdict'], text: string = verdict): Refusal => ({
  ok: false,
  error: new Error(text),
  verdict,
  unknown: false,
})

type Answer = (entries: readonly VisibilityEntry[]) => Promise<readonly EntryResult<void>[]>

/** A lease manager on a virtual clock, whose calls the test answers. `visibilityTimeout` in seconds. */
export function leaseRig(
  answer: Answer = (entries) => Promise.resolve(entries.map(() => ok)),
  { visibilityTimeout = 30 } = {},
) {
  const clock = new VirtualClock()
  const calls: { readonly at: number; readonly entries: readonly VisibilityEntry[]; readonly timeout: number }[] = []
  const lost: { readonly at: number; readonly handle: string; readonly why: string }[] = []
  const leases = new LeaseManager({
    clock,
    visibilityTimeout,
    changeVisibility(entries, timeout) {
      calls.push({ at: clock.now(), entries, timeout })
      return answer(entries)
    },
    onBug(error) {
      throw error
    },
    onLost: (held, error) =>
      void lost.push({ at: clock.now(), handle: held.received.receiptHandle, why: error.message }),
  })
  let number = 0
  const lane = (size = 1, key = 'g'): Lane => {
    const deliveries = Array.from(
      { length: size },
      () => new HeldDelivery(received(`h${number++}`), clock.now(), clock.now() + visibilityTimeout * 1_000),
    )
    const held = new Lane(key, size > 1, deliveries)
    leases.hold(held)
    return held
  }
  return { clock, leases, lane, calls, lost }
}

export function received(receiptHandle: string, more: Partial<ReceivedMessage> = {}): ReceivedMessage {
  return {
    messageId: `m-${receiptHandle}`,
    receiptHandle,
    body: '{}',
    attributes: {},
    group: undefined,
    sequenceNumber: undefined,
    receives: 1,
    sentAt: 0,
    ...more,
  }
}
