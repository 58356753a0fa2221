import type { Table } from '../table.ts'

/** From the command line. */
export interface Options {
  /** How long the slow handler takes, in milliseconds. */
  readonly slow: number
  /** How long a request and its answer are on their way, in milliseconds. */
  readonly rtt: number
}

export interface Scenario {
  /** What is measured, and what the columns mean. Printed above the tables. */
  about(options: Options): string
  run(options: Options): Promise<readonly Table[]>
}
