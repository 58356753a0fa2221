import { expect } from 'vitest'
import { describeEachEndpoint } from '../support/backends.ts'
import { Inbox } from '../support/inbox.ts'
import { queueOf, type Work } from './support/contracts.ts'
import { doneIn } from './support/ledger.ts'
import { startProxy } from './support/proxy.ts'
import { fill, untilEmpty } from './support/queues.ts'
import { withWorkers } from './support/with-workers.ts'

const heads: readonly [string, Work][] = [
  ['a:0', { of: 'a', takes: 0, and: 'heeds its signal' }],
  ['b:0', { of: 'b', takes: 0, and: 'ignores its signal' }],
]
const follower: [string, Work] = ['a:1', { of: 'a', takes: 0, and: 'succeeds' }]
const error = 'LeaseLostError'
const lost = (why: string) => `The message is not ours any more: ${why}. Another worker may be handling it.`

describeEachEndpoint('a worker process that is suspended for longer than the visibility timeout', (suite) => {
  const test = withWorkers(suite)

  test.concurrent.for([
    { kind: 'standard', sent: heads },
    { kind: 'FIFO', sent: [...heads, follower] },
  ])(
    'in its handlers: tells them that their leases are lost, and sends nothing but a late delete of what is handled all the same ($kind)',
    async ({ kind, sent }, { aws, backend, ledger, start }) => {
      // It is stopped long before its leases are to be extended: an extension on its way would go on with it.
      const settings = { fifo: kind === 'FIFO', visibilityTimeout: '10s', concurrency: heads.length } as const
      const queue = queueOf(settings.fifo, settings.visibilityTimeout)
      await fill(aws, queue, new Map(sent))
      await using proxy = await startProxy(backend.endpoint, () => 'pass')
      const { pid: worker, ...suspended } = start({ ...settings, endpoint: proxy.endpoint })
      await ledger.until((entries) => entries.length === heads.length)
      suspended.signal('SIGSTOP')
      const other = start(settings)
      await ledger.until((entries) => doneIn(entries).length === sent.length)
      const calls = proxy.calls.length
      suspended.signal('SIGCONT')
      await ledger.until((entries) => doneIn(entries).length === sent.length + 1)
      for (const { signal } of [suspended, other]) signal('SIGTERM')
      expect(await Promise.all([suspended.exited, other.exited])).toEqual([0, 0])
      await untilEmpty(aws, queue)

      const entries = ledger.read()
      const why = lost('its visibility timeout ended')
      expect(new Set(entries.filter((entry) => entry.worker === worker))).toEqual(
        new Set([
          { what: 'begun', worker, message: 'a:0' },
          { what: 'begun', worker, message: 'b:0' },
          { what: 'lease-lost', worker, message: 'a:0', error, why },
          { what: 'lease-lost', worker, message: 'b:0', error, why },
          { what: 'cut', worker, message: 'a:0', error },
          { what: 'done', worker, message: 'b:0', receives: 1 },
        ]),
      )
      const byOther = doneIn(entries).filter((entry) => entry.worker === other.pid)
      expect(new Set(byOther.map(({ message }) => message))).toEqual(new Set(sent.map(([id]) => id)))
      expect(proxy.calls.slice(calls).filter((action) => action !== 'ReceiveMessage')).toEqual(['DeleteMessageBatch'])
    },
  )

  test.concurrent('in a poll: does not begin with what lay in its socket meanwhile', async ({
    aws,
    backend,
    ledger,
    start,
  }) => {
    const settings = { fifo: false, visibilityTimeout: '5s', concurrency: 1 } as const
    const queue = queueOf(settings.fifo, settings.visibilityTimeout)
    await fill(aws, queue, new Map([['a:0', { of: 'a', takes: 0, and: 'succeeds' }]]))
    const polls = new Inbox<string>()
    await using proxy = await startProxy(backend.endpoint, (action) => {
      if (action === 'ReceiveMessage') polls.add(action)
      return 'pass'
    })
    // A poll that may wait is not given up until long after the visibility timeout.
    const suspended = start({ ...settings, endpoint: proxy.endpoint, waitTime: 20 })
    await polls.first(1)
    suspended.signal('SIGSTOP')
    const other = start(settings)
    await ledger.until((entries) => doneIn(entries).length === 1)
    suspended.signal('SIGCONT')
    await polls.first(2)
    const why = lost('its visibility timeout had ended before it was read')
    expect(ledger.read()).toEqual([
      { what: 'begun', worker: other.pid, message: 'a:0' },
      { what: 'done', worker: other.pid, message: 'a:0', receives: 2 },
      { what: 'lease-lost', worker: suspended.pid, message: 'a:0', error, why },
    ])
    await untilEmpty(aws, queue)
  })
})
