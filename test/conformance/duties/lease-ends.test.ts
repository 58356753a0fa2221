import { sleep } from '@waybill/core'
import { expect } from 'vitest'
import { createConsumer, createProducer, defineQueue } from 'waybill'
import { expireHandles, fail } from 'waybill/testing'
import { Job, sendSteps, steps } from '../support/contracts.ts'
import { simulatedDuty } from '../support/duty.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

simulatedDuty(
  134,
  'a FIFO handler that outlives its lease is told of as lost, not as done, and its late delete is refused',
  async ({ aws, clock, provision }) => {
    await provision(steps)
    const told: unknown[] = []
    const consumerNamed = (name: string, ms: number) =>
      createConsumer(aws, steps, {
        concurrency: 1,
        on: {
          settled: ({ outcome }) => told.push(`${name}: ${outcome}`),
          'lease-lost': ({ error }) => told.push(`${name}: ${error.message}`),
          fault: ({ call, error }) => call === 'delete' && told.push(`${name}: ${error.message}`),
        },
        handlers: { step: () => sleep(clock, ms) },
      })
    await using late = consumerNamed('late', 40_000)
    await using next = consumerNamed('next', MINUTE)
    using _ = clock.startAtEnd()
    await clock.until(sendSteps(aws, 'g', 'a'))
    await late.start()
    const outage = aws.faults.on('changeVisibility', fail('network'))
    await clock.advance('31s')
    outage[Symbol.dispose]()
    await next.start()
    await clock.advance('2m')
    expect(told).toEqual([
      expect.stringMatching(/^late: .*its visibility timeout ended. Another worker may be handling it/),
      expect.stringMatching(/^late: .*The receipt handle has expired/),
      'next: done',
    ])
    expect(aws.contents(steps)).toMatchObject({ visible: [], inFlight: [] })
  },
)

simulatedDuty(
  134,
  'a FIFO delete that is refused as expired is told of as a lost lease',
  async ({ aws, clock, provision }) => {
    await provision(steps)
    const lost: string[] = []
    await using consumer = createConsumer(aws, steps, {
      on: { 'lease-lost': ({ error }) => lost.push(error.message) },
      handlers: { step: () => {} },
    })
    using _ = clock.startAtEnd()
    aws.faults.on('delete', expireHandles(), { times: 1 })
    await consumer.start()
    await clock.until(sendSteps(aws, 'g', 'a'))
    await clock.advance('1m')
    expect(lost).toEqual([
      expect.stringMatching(/its delete was refused: .*expired.* Another worker may be handling it/),
    ])
  },
)

simulatedDuty(
  135,
  'an extension asks for no more than is left of twelve hours, and then there is none',
  async ({ aws, clock, provision }) => {
    const long = defineQueue('long', { messages: [Job], visibilityTimeout: '50m' })
    await provision(long)
    const told: string[] = []
    await using producer = createProducer(aws, long)
    await using consumer = createConsumer(aws, long, {
      concurrency: 1,
      on: { fault: ({ error }) => told.push(error.message), 'lease-lost': ({ error }) => told.push(error.message) },
      handlers: { job: (_job, { signal }) => sleep(clock, 13 * HOUR, signal) },
    })
    using _ = clock.startAtEnd()
    await consumer.start()
    await clock.until(producer.send('job', { n: 0 }))
    const received = clock.now()
    await clock.advance('719m')
    const seconds = aws.requests
      .filter(({ kind }) => kind === 'changeVisibility')
      .map(({ at, entries: [entry] }) => ({
        asked: Number(entry?.['VisibilityTimeout']),
        from: (at - received) / 1_000,
      }))
    expect(seconds.slice(0, -1).every(({ asked }) => asked === 3_000)).toBe(true)
    const { asked = 0, from = 0 } = seconds.at(-1) ?? {}
    expect(asked).toBeLessThan(3_000)
    expect(from + asked).toBeGreaterThan(43_180)
    expect(from + asked).toBeLessThan(43_200)
    expect(told).toEqual([])
    await clock.advance('1m')
    expect(told).toEqual([expect.stringContaining('its visibility timeout ended')])
  },
)
