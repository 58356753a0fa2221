import type { Declared } from '@waybill/sqs'

/** Where a declared queue or topic is, or will be. */
export interface Place {
  /** Physical. */
  readonly name: string
  readonly arn: string
}

/** Where all of them are, or will be. */
export interface Places {
  queue(declared: Declared): Place
  topic(declared: Declared): Place
}
