// AWS is down, or refuses everything, and nobody restarts the consumer.
import { expect, test } from 'vitest'
import { apply, createConsumer, createProducer, plan } from 'waybill'
import { type CallKind, fail, type Fault, hang, simulate, VirtualClock } from 'waybill/testing'
import { capturedLog } from '../../packages/consumer/test/support/captured-log.ts'
import { ordered, plain } from './contracts.ts'

const CALLS: readonly CallKind[] = ['send', 'receive', 'delete', 'changeVisibility', 'admin']
const COUNT = 200
const MINUTE = 60_000

/** 200 messages that take 2 s each; from the third second on, 20 minutes in which every call fails. */
async function outage(queue: typeof plain, fault: Fault, concurrency = 10) {
  const clock = new VirtualClock()
  const { lines, logger } = capturedLog()
  await using aws = simulate({ clock, logger })
  await apply(await plan(aws, [queue]))
  await using producer = createProducer(aws, queue)
  const send = (n: number) => producer.send('step', { of: `group ${n % 20}`, n })
  await clock.until(Promise.all(Array.from({ length: COUNT }, (_, n) => send(n))))

  const began: number[] = []
  const handled = new Set<number>()
  await using consumer = createConsumer(aws, queue, {
    concurrency,
    handlers: {
      async step({ n }) {
        began.push(clock.now())
        await new Promise<void>((resolve) => void clock.after(2_000, resolve))
        handled.add(n)
      },
    },
  })
  using _ = clock.startAtEnd()
  await consumer.start()
  await clock.advance('3s')

  const before = aws.requests.length
  for (const kind of CALLS) aws.faults.on(kind, fault)
  await clock.advance('20m')
  const during = aws.requests.slice(before)
  const loud = lines.filter(({ level }) => level === 'warn' || level === 'error').length
  aws.faults.clear()
  const end = clock.now()
  await clock.advance('5m')
  return {
    calls: (kind: CallKind) => during.filter((request) => request.kind === kind).length,
    loud,
    runs: began.length,
    handled: handled.size,
    /** When the first handler began after it. */
    resumed: (began.find((at) => at >= end) ?? Infinity) - end,
    left: aws.contents(queue),
    deadLetters: aws.deadLetters(queue),
  }
}

const SOON = [80, 150] as const
const LATER = [30, 60] as const

test.each([
  ['loses every connection', fail('network'), SOON],
  ['answers no call', hang(), LATER],
  ['is unavailable', fail('unavailable'), SOON],
  ['throttles', fail('throttled'), LATER],
  ['has too many messages in flight', fail('over-limit'), LATER],
  ['is throttled by KMS', fail('kms-throttled'), LATER],
  ['is denied its KMS key', fail('kms-denied'), LATER],
  ['denies access', fail('access-denied'), LATER],
  ['finds no queue', fail('queue-missing'), LATER],
])(
  'SQS %s for 20 minutes: few polls, few lines, and a minute after it all goes on without a restart',
  async (_what, fault, [atLeast, atMost]) => {
    for (const queue of [plain, ordered]) {
      const life = await outage(queue, fault)
      expect(life.calls('receive')).toBeGreaterThan(atLeast)
      expect(life.calls('receive')).toBeLessThan(atMost)
      expect(life.loud).toBeLessThan(45)
      expect(life.resumed).toBeLessThan(MINUTE)
      expect({ runs: life.runs, handled: life.handled }).toEqual({ runs: COUNT, handled: COUNT })
      expect(life.left).toEqual({ visible: [], inFlight: [], delayed: [] })
      expect(life.deadLetters).toEqual([])
    }
  },
)

test('a consumer of a hundred slots polls no more often during an outage than one of ten', async () => {
  const life = await outage(plain, fail('network'), 100)
  expect(life.calls('receive')).toBeLessThan(SOON[1])
})
