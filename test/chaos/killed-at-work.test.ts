import { expect } from 'vitest'
import { describeEndpointsInTurn } from '../support/backends.ts'
import { queueOf } from './support/contracts.ts'
import { doneIn } from './support/ledger.ts'
import { byGroup, deadLettersOf, depthOf, fill, messagesOf, untilEmpty } from './support/queues.ts'
import { withWorkers } from './support/with-workers.ts'

const WORKER = { fifo: true, visibilityTimeout: '10s', concurrency: 50 } as const
/** The most that a consumer holds of a FIFO queue: ten for each slot, and what is parked. */
const HELD = 10 * WORKER.concurrency + 1_000

const messages = messagesOf(200, 50, (group, n) => ({
  takes: 5,
  and: (group + n) % 10 === 0 ? 'fails twice' : 'succeeds',
}))

// three workers and a server at a time: twelve and three on two cores may be too slow for leases of 10 s
describeEndpointsInTurn('a worker process that is killed at work', (suite) => {
  const test = withWorkers(suite)

  test('leaves to others what it held: all is handled, each group in order, and nothing else is received twice', async ({
    aws,
    ledger,
    start,
  }) => {
    const queue = queueOf(WORKER.fifo, WORKER.visibilityTimeout)
    await fill(aws, queue, messages)
    const workers = [start(WORKER), start(WORKER), start(WORKER)]
    const victim = await ledger.until((entries) => {
      const done = doneIn(entries)
      return done.length > messages.size / 2 && workers.find(({ pid }) => pid === done.at(-1)?.worker)
    })
    await victim.kill()
    await ledger.until((entries) => new Set(doneIn(entries).map(({ message }) => message)).size === messages.size)
    await untilEmpty(aws, queue)
    const others = workers.filter((worker) => worker !== victim)
    for (const other of others) other.signal('SIGTERM')
    expect(await Promise.all(others.map(({ exited }) => exited))).toEqual([0, 0])

    const entries = ledger.read()
    const done = doneIn(entries)
    // A set keeps the order of first successes.
    expect(byGroup(new Set(done.map(({ message }) => message)))).toEqual(byGroup(messages.keys()))
    expect(await depthOf(aws, deadLettersOf(queue))).toEqual({ visible: 0, inFlight: 0 })
    expect(entries.filter(({ what }) => what === 'lease-lost')).toEqual([])

    const kill = entries.findIndex(({ what }) => what === 'killed')
    const before = new Map(doneIn(entries.slice(0, kill)).map(({ message, worker }) => [message, worker]))
    const after = new Map(doneIn(entries.slice(kill)).map(({ message, worker }) => [message, worker]))
    expect(before.size + after.size, 'no two workers handle the same but for the kill').toBe(done.length)
    const again = Array.from(after.keys(), (message) => before.get(message)).filter((worker) => worker !== undefined)
    expect(again.filter((worker) => worker !== victim.pid)).toEqual([])

    const receivesIn = (some: typeof done) => [
      ...new Map(some.map((entry) => [entry.message, entry.receives])).values(),
    ]
    const beyond = receivesIn(done).reduce((sum, count) => sum + count - 1, 0)
    const each = (1 + beyond / messages.size).toFixed(3)
    process.stdout.write(
      `${messages.size} messages: ${each} receives each, ${beyond} for the kill; ${again.length} handled again\n`,
    )
    expect(Math.max(...receivesIn(doneIn(entries.slice(0, kill))))).toBe(1)
    expect(Math.max(...receivesIn(done))).toBeLessThanOrEqual(2)
    expect(beyond).toBeLessThanOrEqual(HELD)
  })
})
