import type { Comparison } from '../comparison.ts'
import type { Table } from '../table.ts'

/** From the command line. */
export interface Options {
  /** How long the slow handler takes, in milliseconds. */
  readonly slow: number
  /** How long a request and its answer are on their way, in milliseconds. */
  readonly rtt: number
  /** How often every peer takes its turn. */
  readonly rounds: number
  /** Sizes are multiplied by that. */
  readonly scale: number
}

interface Report {
  readonly comparisons?: readonly Comparison[]
  /** What is no comparison of peers round by round. */
  readonly tables?: readonly Table[]
}

export interface Scenario {
  /** What is measured, and what is peculiar to its columns. Printed above the tables. */
  about(options: Options): string
  run(options: Options): Promise<Report>
  /** Whether it takes so long that it runs only when named. Default: false. */
  readonly onRequest?: boolean
}

/** A size at that scale, at least 20. */
export function scaled(size: number, { scale }: Options): number {
  return Math.max(20, Math.round(size * scale))
}
