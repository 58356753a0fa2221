// Whole lives of consumers: hours of them, each lived twice to see that its seed makes it the same.
import { expect, test } from 'vitest'
import { createConsumer } from 'waybill'
import { dropAnswer, fail } from 'waybill/testing'
import { jobs, steps } from './contracts.ts'
import { twice } from './life.ts'

const HOUR = 3_600_000

test('a handler of almost twelve hours keeps its message by extending its lease', async () => {
  const told = await twice(1, [jobs], async ({ aws, clock, sendJobs, sleep, tell }) => {
    await sendJobs(1)
    const consumer = createConsumer(aws, jobs, {
      concurrency: 1,
      on: { settled: ({ outcome }) => tell(outcome), 'lease-lost': () => tell('lost') },
      handlers: { job: (_job, { signal }) => sleep(11.9 * HOUR, signal) },
    })
    await consumer.start()
    await clock.advance('12h')
    await clock.until(consumer.stop())
    expect(aws.contents(jobs)).toMatchObject({ visible: [], inFlight: [] })
  })
  expect(told).toEqual(['done'])
})

test('a handler that outlives the twelve hours of SQS is told that its lease is lost', async () => {
  const told = await twice(2, [jobs], async ({ aws, clock, sendJobs, sleep, tell }) => {
    await sendJobs(1)
    const consumer = createConsumer(aws, jobs, {
      concurrency: 1,
      on: { 'lease-lost': () => tell('lost'), settled: ({ outcome }) => tell(outcome) },
      handlers: {
        async job(_job, { receives, signal }) {
          if (receives === 1) await sleep(13 * HOUR, signal)
          signal.throwIfAborted()
        },
      },
    })
    await consumer.start()
    await clock.advance('13h')
    await clock.until(consumer.stop())
    expect(aws.contents(jobs)).toMatchObject({ visible: [], inFlight: [] })
  })
  expect(told).toEqual(['lost', 'done'])
})

test('a lost lease aborts the handler, and the message is handled by whoever gets it next', async () => {
  const told = await twice(3, [jobs], async ({ aws, clock, sendJobs, sleep, tell }) => {
    await sendJobs(1)
    const consumer = createConsumer(aws, jobs, {
      on: { 'lease-lost': () => tell('lost'), settled: ({ outcome }) => tell(outcome) },
      handlers: {
        async job(_job, { receives, signal }) {
          if (receives === 1) await sleep(HOUR, signal)
          signal.throwIfAborted()
        },
      },
    })
    const outage = aws.faults.on('changeVisibility', fail('network'))
    await consumer.start()
    await clock.advance('130s')
    outage[Symbol.dispose]()
    await clock.advance('1m')
    await clock.until(consumer.stop())
    expect(aws.contents(jobs)).toMatchObject({ visible: [], inFlight: [] })
  })
  expect(told).toEqual(['lost', 'done'])
})

test('a delete whose answer was lost is sent again, and nothing runs twice', async () => {
  const told = await twice(4, [jobs], async ({ aws, clock, sendJobs, tell }) => {
    await sendJobs(20)
    aws.faults.on('delete', dropAnswer({ after: '2s' }), { times: 2 })
    const consumer = createConsumer(aws, jobs, { handlers: { job: ({ n }) => tell(n) } })
    await consumer.start()
    await clock.advance('5m')
    await clock.until(consumer.stop())
    expect(aws.requests.filter(({ kind }) => kind === 'delete')).toHaveLength(4)
    expect(aws.contents(jobs)).toMatchObject({ visible: [], inFlight: [] })
  })
  expect(told).toHaveLength(20)
  expect(new Set(told)).toEqual(new Set(Array.from({ length: 20 }, (_, n) => n)))
})

test('an hour of OverLimit is waited out with few polls, and work goes on by itself', async () => {
  const told = await twice(5, [jobs], async ({ aws, clock, sendJobs, tell }) => {
    const outage = aws.faults.on('receive', fail('over-limit'))
    const consumer = createConsumer(aws, jobs, { handlers: { job: ({ n }) => tell(n) } })
    await consumer.start()
    await sendJobs(1)
    await clock.advance('1h')
    outage[Symbol.dispose]()
    // every half minute on the average, once the back-off is at its longest
    expect(aws.requests.filter(({ kind }) => kind === 'receive').length).toBeLessThan(180)
    await clock.advance('1m')
    await clock.until(consumer.stop())
  })
  expect(told).toEqual([0])
})

test('a rolling restart of three consumers loses nothing, repeats nothing and keeps every group in order', async () => {
  const groups = ['a', 'b', 'c', 'd', 'e']
  const told = await twice(6, [steps], async ({ aws, clock, sendStep, sleep, tell }) => {
    const begin = async () => {
      const consumer = createConsumer(aws, steps, {
        concurrency: 3,
        handlers: {
          async step({ n, of }) {
            await sleep(200 + clock.random() * 2_000)
            tell(`${of}${n}`)
          },
        },
      })
      await consumer.start()
      return consumer
    }
    const consumers = [await begin(), await begin(), await begin()]
    for (let n = 10; n < 30; n++) {
      for (const of of groups) await sendStep(of, n)
      await clock.advance('1s')
      if (n % 5 !== 0) continue
      const oldest = consumers.shift()
      if (oldest) await clock.until(oldest.stop())
      consumers.push(await begin())
    }
    await clock.advance('5m')
    for (const consumer of consumers) await clock.until(consumer.stop())
    expect(aws.contents(steps)).toMatchObject({ visible: [], inFlight: [] })
    expect(aws.deadLetters(steps)).toEqual([])
  })
  for (const group of groups) {
    const own = told.filter((step) => String(step).startsWith(group))
    expect(own).toEqual(Array.from({ length: 20 }, (_, n) => `${group}${n + 10}`))
  }
})
