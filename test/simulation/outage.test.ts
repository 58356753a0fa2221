// What handlers need is down, a database for instance. Default options throughout.
import { beforeAll, describe, expect, test } from 'vitest'
import { apply, createConsumer, createProducer, plan } from 'waybill'
import { simulate, VirtualClock } from 'waybill/testing'
import { capturedLog } from '../../packages/consumer/test/support/captured-log.ts'
import { ordered, plain } from './contracts.ts'

const MINUTES = 20
const MINUTE = 60_000

/** A backlog of 100 messages in 20 groups, and one more every 5 s: all come while every handler throws. */
async function outage(queue: typeof plain) {
  const clock = new VirtualClock()
  const { lines, logger } = capturedLog()
  await using aws = simulate({ clock, logger })
  await apply(await plan(aws, [queue]))
  await using producer = createProducer(aws, queue)
  let [sent, failed, down] = [0, 0, true]
  const send = () => clock.until(producer.send('step', { of: `group ${sent % 20}`, n: sent++ }))
  const handled: { readonly n: number; readonly at: number }[] = []
  await using consumer = createConsumer(aws, queue, {
    on: { settled: ({ outcome }) => void (failed += outcome === 'retry' ? 1 : 0) },
    handlers: {
      step({ n }) {
        if (down) throw new Error('the database is down')
        handled.push({ n, at: clock.now() })
      },
    },
  })
  using _ = clock.startAtEnd()
  await consumer.start()
  for (let n = 0; n < 100; n++) await send()
  while (clock.now() < MINUTES * MINUTE) {
    await send()
    await clock.advance('5s')
  }
  const before = {
    failed,
    polls: aws.requests.filter(({ kind }) => kind === 'receive').length,
    lines: lines.filter(({ level }) => level === 'warn' || level === 'error').length,
  }
  const end = clock.now()
  down = false
  await clock.advance('1h')
  return {
    before,
    sent,
    handled: handled.map(({ n }) => n),
    after: handled.map(({ at }) => at - end),
    deadLetters: aws.deadLetters(queue),
    left: aws.contents(queue),
  }
}

describe.each([plain, ordered])('when what the handlers of a queue ($name) need is down for 20 minutes', (queue) => {
  let life: Awaited<ReturnType<typeof outage>>
  beforeAll(async () => void (life = await outage(queue)))

  test('nothing is given up, and each message is handled once', () => {
    expect(life.handled.toSorted((a, b) => a - b)).toEqual(Array.from({ length: life.sent }, (_, n) => n))
    expect(life.deadLetters).toEqual([])
    expect(life.left).toEqual({ visible: [], inFlight: [], delayed: [] })
  })

  test('all is handled within the longest back-off from its end, half of it within ten minutes', () => {
    const after = life.after.toSorted((a, b) => a - b)
    expect(after.at(-1)).toBeLessThan(15 * MINUTE + 1_000)
    expect(after[life.sent / 2]).toBeLessThan(10 * MINUTE)
  })

  test('there are no more polls than attempts, but for those of a consumer that waits', () => {
    expect(life.before.failed).toBeLessThan(9 * life.sent)
    expect(life.before.polls).toBeLessThan(life.before.failed + 4 * MINUTES)
  })

  test('a handful of lines is logged', () => {
    expect(life.before.lines).toBeLessThan(30)
  })
})
