import { sleep } from '@waybill/core'
import { createConsumer, retry, type StopReport } from '@waybill/consumer'
import { describe, expect, test } from 'vitest'
import { Job, jobs, steps } from './support/contracts.ts'
import { answerLost, failing, refusing } from './support/faults.ts'
import { virtualSqs } from './support/virtual-sqs.ts'

describe('a release', () => {
  test('of unknown outcome is not repeated on a standard queue: the message may be another worker’s', async () => {
    const at = await virtualSqs(jobs)
    at.put(Job, { n: 1 })
    const consumer = createConsumer(at.aws, jobs, { waitTime: '1s', handlers: { job: () => retry({ delay: '1s' }) } })
    at.faults.changeVisibility = answerLost(at.clock, 5_000)
    await consumer.start()
    await at.clock.advance('10ms')
    const stopping = consumer.stop()
    await at.clock.advance('1m')
    await stopping
    expect(at.changes.map(({ handle }) => handle)).toEqual([...new Set(at.changes.map(({ handle }) => handle))])
  })

  test('of unknown outcome is not repeated either when SQS throttles the next try: it may have happened then', async () => {
    const at = await virtualSqs(jobs)
    at.put(Job, { n: 1 })
    let runs = 0
    let running = 0
    let most = 0
    const consumer = createConsumer(at.aws, jobs, {
      handlers: {
        async job() {
          if (++runs === 1) return retry({ delay: '1s' })
          most = Math.max(most, ++running)
          await sleep(at.clock, 20_000)
          running--
          return undefined
        },
      },
    })
    let calls = 0
    at.faults.changeVisibility = async (make, queue, entries, call) => {
      if (++calls === 1) return answerLost(at.clock, 500)(make, queue, entries, call)
      return calls < 4 ? refusing('throttled', 'later')(make, queue, entries) : make(queue, entries, call)
    }
    await consumer.start()
    await at.clock.advance('1m')
    expect({ most, left: at.left() }).toEqual({ most: 1, left: [] })
    // The first was asked for after a linger of 20 ms: from a second later the message may be visible.
    const own = at.changes.filter(({ handle }) => handle === 'm0/1')
    expect(own.filter((change) => change.at >= 1_020)).toEqual([])
  })

  test('that waits for company is not sent after its lease has ended, while the loop was blocked', async () => {
    const at = await virtualSqs(jobs)
    at.put(Job, { n: 1 })
    const consumer = createConsumer(at.aws, jobs, { handlers: { job: () => retry({ delay: '1s' }) } })
    await consumer.start()
    await at.clock.advance('0ms')
    at.clock.freeze('40s')
    await at.clock.advance('1s')
    expect(at.changes.filter(({ handle }) => handle === 'm0/1')).toEqual([])
  })

  test('of a lane, some of which are visible by now, is not repeated: another worker may have those', async () => {
    const at = await virtualSqs(steps)
    for (const n of [1, 2]) at.put(Job, { n }, { group: 'g' })
    const consumer = createConsumer(at.aws, steps, { waitTime: '1s', handlers: { job: () => retry() } })
    const [throttled] = await refusing('throttled', 'later')(undefined, { name: '', url: '', fifo: true }, [1])
    const calls: string[][] = []
    at.faults.changeVisibility = async (make, queue, entries, call) => {
      calls.push(entries.map(({ handle }) => handle))
      const [first, ...rest] = await make(queue, entries.slice(0, 1), call)
      return first && throttled ? [first, ...rest, ...entries.slice(1).map(() => throttled)] : []
    }
    await consumer.start()
    await at.clock.advance('10ms')
    const stopping = consumer.stop()
    await at.clock.advance('30s')
    await stopping
    expect(calls[0]).toEqual(['m0/1', 'm1/1'])
    expect(calls.flat()).toEqual([...new Set(calls.flat())])
  })

  test('of a lane is tried again until it is done, and counted then', async () => {
    const at = await virtualSqs(steps)
    for (const n of [1, 2, 3]) at.put(Job, { n }, { group: 'g' })
    const consumer = createConsumer(at.aws, steps, {
      handlers: {
        job() {
          throw new Error('down')
        },
      },
    })
    await consumer.start()
    await at.clock.advance('1s')
    let calls = 0
    at.faults.changeVisibility = (make, ...args) => (calls++ === 0 ? failing('service', 'now')() : make(...args))
    let report: StopReport | undefined
    const stopping = consumer.stop().then((stopped) => (report = stopped))
    await at.clock.advance('25s')
    await stopping
    expect(report).toEqual({ released: 3, abandoned: 0 })
    expect(at.left().every(({ hidden }) => !hidden)).toBe(true)
  })
})
