import { expect } from 'vitest'
import { describeEachEndpoint } from '../support/backends.ts'
import { queueOf } from './support/contracts.ts'
import { doneIn } from './support/ledger.ts'
import { byGroup, depthOf, fill, idOf, messagesOf, takeAll } from './support/queues.ts'
import { withWorkers } from './support/with-workers.ts'

/** The consumer's default. */
const STOP_TIMEOUT = 25_000

describeEachEndpoint('a worker process that gets SIGTERM under load', (suite) => {
  const test = withWorkers(suite)

  test.for([
    { kind: 'standard', groups: 2_000, each: 1 },
    { kind: 'FIFO', groups: 200, each: 10 },
  ])(
    'ends by itself, leaves nothing of what it has handled, and gives back the rest at once ($kind)',
    async ({ each, groups, kind }, { annotate, aws, ledger, start }) => {
      const worker = { fifo: kind === 'FIFO', visibilityTimeout: '10m', concurrency: 100 } as const
      const queue = queueOf(worker.fifo, worker.visibilityTimeout)
      const messages = messagesOf(groups, each, (group, n) => ({ takes: 50 + ((group + n) % 251), and: 'succeeds' }))
      await fill(aws, queue, messages)
      const { exited, signal } = start(worker)
      await ledger.until((entries) => doneIn(entries).length >= 500)
      const asked = performance.now()
      signal('SIGTERM')
      expect(await exited).toBe(0)
      const took = performance.now() - asked
      expect(took).toBeLessThan(STOP_TIMEOUT)

      const handled = new Set(doneIn(ledger.read()).map(({ message }) => message))
      await annotate(`${handled.size} of ${messages.size} handled, stopped after ${Math.round(took)} ms`)
      expect(await depthOf(aws, queue)).toEqual({ visible: messages.size - handled.size, inFlight: 0 })
      const rest = (await takeAll(aws, queue)).map(idOf)
      expect(byGroup(rest)).toEqual(byGroup(Array.from(messages.keys()).filter((id) => !handled.has(id))))
    },
  )
})
