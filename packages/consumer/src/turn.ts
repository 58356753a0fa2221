import { VISIBILITY_SECONDS } from '@waybill/sqs'
import type { HeldDelivery } from './held-delivery.ts'
import type { Lane } from './lane.ts'

/** A delivery's turn in its lane. On FIFO those that gather for one batch have their turns at the same time. */
export interface Turn {
  readonly lane: Lane
  readonly held: HeldDelivery
  /** How the turn before it ends, when that is at the same time. */
  readonly before: Promise<Next> | undefined
  /** To be called when it sits in a batch that is still open: the delivery behind it may join. */
  readonly onGathered: (() => void) | undefined
}

/**
 * What happens after a delivery's turn. `next`: it is deleted or about to be, its lane goes on. `release`: it and what is
 * behind it come again after `seconds`. `again`: it stays the head of its lane and is started again after `ms`; one that is
 * `unhandled` has not failed: it waits for the idempotency store, and is not to burn receives for that.
 */
export type Next =
  | { readonly kind: 'next' }
  | { readonly kind: 'release'; readonly seconds: number }
  | { readonly kind: 'again'; readonly ms: number; readonly unhandled?: boolean }

export const NEXT: Next = { kind: 'next' }
export const RELEASE_NOW: Next = { kind: 'release', seconds: 0 }

/** Back to SQS, to come again after so many milliseconds. */
export function releaseAfter(ms: number): Next {
  return { kind: 'release', seconds: Math.min(Math.ceil(ms / 1_000), VISIBILITY_SECONDS) }
}
