import { checkConsumers } from './check-consumers.ts'
import type { Consumer } from './consumer.ts'
import type { StopReport } from './drain.ts'
import { onSignals } from './signals.ts'

/**
 * Runs the consumers of one process until all have stopped: SIGTERM or SIGINT stops them side by side, a second signal, at
 * least half a second later, cuts their open polls. When one can't start, the others are stopped. Resolves with what was left,
 * of all together. Never ends the process.
 *
 * @throws {SqsError} what the consumer that could not start was refused with.
 * @throws {OptionsError} when that is no list of consumers.
 * @example
 * await runConsumers([receipts, stock, recommendations])
 */
export async function runConsumers(consumers: readonly Consumer[]): Promise<StopReport> {
  checkConsumers(consumers, 'runConsumers')
  using _signals = onSignals((count) => {
    for (const consumer of consumers) void consumer.stop({ cutPolls: count > 1 })
  })
  try {
    await Promise.all(consumers.map((consumer) => consumer.start()))
  } catch (error) {
    await Promise.all(consumers.map((consumer) => consumer.stop()))
    throw error
  }
  const reports = await Promise.all(consumers.map((consumer) => consumer.stopped))
  return reports.reduce((all, { released, abandoned }) => ({
    released: all.released + released,
    abandoned: all.abandoned + abandoned,
  }))
}
