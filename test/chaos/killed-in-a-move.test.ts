import { readProvenance } from '@waybill/sqs'
import { expect } from 'vitest'
import { describeEachEndpoint } from '../support/backends.ts'
import { queueOf } from './support/contracts.ts'
import { startProxy } from './support/proxy.ts'
import { deadLettersOf, depthOf, fill, idOf, takeAll, untilEmpty } from './support/queues.ts'
import { withWorkers } from './support/with-workers.ts'

describeEachEndpoint(
  'a worker process that is killed between the copy to the dead-letter queue and the delete',
  (suite) => {
    const test = withWorkers(suite)

    test.concurrent.for([
      { kind: 'standard', copies: 2 },
      // The second copy has the deduplication id of the first.
      { kind: 'FIFO', copies: 1 },
    ])(
      'leaves the original to the next worker, which moves it again ($kind: $copies stored)',
      async ({ copies, kind }, { aws, backend, start }) => {
        const worker = { fifo: kind === 'FIFO', visibilityTimeout: '5s', concurrency: 1 } as const
        const queue = queueOf(worker.fifo, worker.visibilityTimeout)
        await fill(aws, queue, new Map([['a:0', { of: 'a', takes: 0, and: 'is hopeless' }]]))
        const copied = Promise.withResolvers<void>()
        await using proxy = await startProxy(backend.endpoint, (action) => {
          if (action !== 'DeleteMessageBatch') return 'pass'
          copied.resolve()
          return 'hang'
        })
        const victim = start({ ...worker, endpoint: proxy.endpoint })
        await copied.promise
        await victim.kill()
        expect(await depthOf(aws, deadLettersOf(queue))).toEqual({ visible: 1, inFlight: 0 })
        const { visible, inFlight } = await depthOf(aws, queue)
        expect(visible + inFlight).toBe(1)

        const next = start(worker)
        await untilEmpty(aws, queue)
        next.signal('SIGTERM')
        expect(await next.exited).toBe(0)
        const moved = await takeAll(aws, deadLettersOf(queue))
        const movers = moved.map(({ attributes }) => Number(readProvenance(attributes)?.worker.split(':')[1]))
        expect(moved.map(idOf)).toEqual(['a:0', 'a:0'].slice(0, copies))
        expect(movers).toEqual([victim.pid, next.pid].slice(0, copies))
        expect(new Set(moved.map(({ attributes }) => readProvenance(attributes)?.messageId)).size).toBe(1)
      },
    )
  },
)
