import { z } from 'zod'
import { startChild } from '../child.ts'
import { Comparison } from '../comparison.ts'
import { type Options, type Scenario, scaled } from './scenario.ts'

export const micro: Scenario = {
  about: (
    options,
  ) => `What a message or a request pays for single parts of Waybill, in one process that does nothing else: each for at least ${msOf(options)} ms a round, in turns.

  CPU   each time, collection of garbage included. Some nanoseconds of it are the loop's`,
  async run(options) {
    await using child = startChild('micro-process.ts', [String(options.rounds), String(msOf(options))])
    return { comparisons: z.array(Comparison).parse(await child.told) }
  },
}

function msOf(options: Options): number {
  return scaled(100, options)
}
