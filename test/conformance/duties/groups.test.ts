// Waybill retries a failed message of a group in place: it keeps the leases of those behind it, and gives the whole lane
// back, in one call and in order, when it can't wait here any longer.
import { expect } from 'vitest'
import { type Connection, type Consumer, createConsumer } from 'waybill'
import { Inbox } from '../../support/inbox.ts'
import { sendSteps, steps } from '../support/contracts.ts'
import { duty, simulatedDuty } from '../support/duty.ts'

type Started = readonly [name: string, attempt: number, receives: number]

/** Handles steps and tells of each start; `b` fails as often as it is told to. */
async function consuming(
  aws: Connection,
  backoff: '1s' | '1m',
  failures: number,
  started: (start: Started) => void,
): Promise<Consumer> {
  const consumer = createConsumer(aws, steps, {
    waitTime: '1s',
    backoff: { first: backoff, max: backoff },
    handlers: {
      step({ name }, { attempt, receives }) {
        started([name, attempt, receives])
        if (name === 'b' && attempt <= failures) throw new Error('not now')
      },
    },
  })
  await consumer.start()
  return consumer
}

duty(
  132,
  'one of a group fails: what was before it is deleted, what is behind it waits, and it is tried again first',
  async ({ asked, aws, provision }) => {
    await provision(steps)
    await sendSteps(aws, 'g', 'a', 'b', 'c')
    const inbox = new Inbox<Started>()
    let deletedAtRetry = 0
    await using _consumer = await consuming(aws, '1s', 1, (start) => {
      if (start[1] === 2) deletedAtRetry = asked.delete.flat().length
      inbox.add(start)
    })
    expect(await inbox.first(4)).toEqual([
      ['a', 1, 1],
      ['b', 1, 1],
      ['b', 2, 1],
      ['c', 1, 1],
    ])
    expect(deletedAtRetry).toBe(1)
  },
)

duty(
  132,
  'a stop gives back the one that failed and those behind it in one call, and they come again in order',
  async ({ asked, aws, provision }) => {
    await provision(steps)
    await sendSteps(aws, 'g', 'a', 'b', 'c')
    const inbox = new Inbox<Started>()
    const stopped = await consuming(aws, '1m', 1, (start) => inbox.add(start))
    await inbox.first(2)
    const { released } = await stopped.stop()
    // what the open poll brings back is given back again
    const [given = []] = asked.changeVisibility
    expect(given.map(({ visibilityTimeout }) => visibilityTimeout)).toEqual(Array.from({ length: released }, () => 0))
    await using _next = await consuming(aws, '1m', 1, (start) => inbox.add(start))
    const names = (await inbox.first(4)).map(([name]) => name)
    expect(names).toEqual(['a', 'b', 'b', 'c'])
  },
)

simulatedDuty(
  132,
  'a lane that is given back before its retry is due goes in one call, for what is left of the back-off',
  async ({ aws, clock, provision }) => {
    await provision(steps)
    const started: string[] = []
    await using consumer = createConsumer(aws, steps, {
      backoff: { first: '1m', max: '1m' },
      handlers: {
        step({ name, of }, { receives }) {
          started.push(`${of} ${name} ${receives}`)
          if (name === 'b' && receives === 1) throw new Error('not now')
        },
      },
    })
    using _ = clock.startAtEnd()
    const names = ['b', ...Array.from({ length: 9 }, (_each, n) => `c${n}`)]
    // together more than a thousand messages that wait, since a receive brings nine or ten of a group
    const groups = ['first', ...Array.from({ length: 125 }, (_each, n) => `g${n}`)]
    for (const of of groups) await clock.until(sendSteps(aws, of, ...names))
    await consumer.start()
    await clock.advance('12s')
    const [given] = aws.requests.filter(({ kind }) => kind === 'changeVisibility')
    const seconds = given?.entries.map(({ VisibilityTimeout }) => Number(VisibilityTimeout)) ?? []
    expect(seconds).toHaveLength(10)
    expect(new Set(seconds).size).toBe(1)
    expect(seconds[0]).toBeGreaterThan(20)
    await clock.advance('3m')
    const first = started.filter((start) => start.startsWith('first'))
    expect(first).toEqual(['first b 1', ...names.map((name) => `first ${name} 2`)])
  },
)
