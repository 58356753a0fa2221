/** What every message says, whatever else is in it. */
export interface Body {
  /** The same in all: message-queue-toolkit finds a message's type in its body. */
  readonly type: 'order'
  readonly id: string
  /** Which it is, from 0: what comes twice is detected by it. */
  readonly n: number
  /** When it was made, in whole microseconds of {@link now}. */
  readonly at: number
  /** Milliseconds that its handler takes. */
  readonly ms: number
}

/** Of all processes of this machine, in whole microseconds: sixteen digits. */
export function now(): number {
  return Math.round((performance.timeOrigin + performance.now()) * 1_000)
}

/** For what was parsed without a schema. */
export function isBody(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && 'n' in value && typeof value.n === 'number' && 'ms' in value
}

/** On FIFO: a thousand groups, one message of each after the other. */
export function groupOf({ n }: Body): string {
  return `g-${n % 1_000}`
}
