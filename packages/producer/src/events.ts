import type { CloseReason } from '@waybill/core'

/** What a producer tells of its calls; for metrics and logs. */
export interface ProducerEvents {
  /** A SendMessageBatch or PublishBatch has been answered, or has failed. */
  readonly batch: {
    /**
     * Why it left when it did. `count`, `bytes`: it was full. `linger`: its oldest message had waited so long. `idle`: its
     * oldest message came after a pause of `linger`, so that no company was to be expected. `flush`: by `flush` or `close`.
     */
    readonly reason: CloseReason
    /** Messages in it. */
    readonly count: number
    /** What SQS and SNS count: bodies and attributes. */
    readonly bytes: number
    /** From the call to its answer, in milliseconds. */
    readonly ms: number
    /** How many of them were not accepted this time: they are tried again, or their `send` rejects. */
    readonly refused: number
    /** Why the first of those was not. */
    readonly error: Error | undefined
  }
}

export const EVENT_NAMES = ['batch'] as const satisfies readonly (keyof ProducerEvents)[]
