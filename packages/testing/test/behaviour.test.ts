import { describe, expect, test } from 'vitest'
import { resolveOptions } from '../src/simulate-options.ts'
import { bodies, jobs } from './support/jobs.ts'

const SENT = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']

describe('reorder', () => {
  const received = async (options: { readonly seed: number; readonly reorder?: number }) => {
    await using aws = await jobs(options)
    await aws.send(...SENT)
    return bodies(await aws.receive())
  }

  test('a standard queue gives its messages in an order that follows from the seed', async () => {
    const order = await received({ seed: 1, reorder: 1 })
    expect(order).not.toEqual(SENT)
    expect(order.toSorted()).toEqual(SENT)
    expect(await received({ seed: 1, reorder: 1 })).toEqual(order)
    expect(await received({ seed: 2, reorder: 1 })).not.toEqual(order)
  })

  test('the less likely, the more messages are in their place', async () => {
    const inPlace = async (reorder: number) => {
      const orders = await Promise.all(Array.from({ length: 20 }, (_, seed) => received({ seed, reorder })))
      return orders.flat().filter((body, index) => body === SENT[index % SENT.length]).length
    }
    expect(await inPlace(0)).toBe(20 * SENT.length)
    const [rarely, always] = [await inPlace(0.1), await inPlace(1)]
    expect(rarely).toBeLessThan(20 * SENT.length)
    expect(always).toBeLessThan(rarely)
  })

  test('by default nothing is reordered, and a FIFO queue never is', async () => {
    expect(await received({ seed: 1 })).toEqual(SENT)
    await using aws = await jobs({ reorder: 1 })
    await aws.sendSteps(...SENT)
    expect(bodies(await aws.receiveSteps())).toEqual(SENT)
  })
})

describe('duplicate', () => {
  test('a standard queue gives a message and leaves it visible, as likely as it is said', async () => {
    await using aws = await jobs({ duplicate: 1 })
    await aws.send('a')
    expect(await aws.receive()).toMatchObject([{ body: 'a', receives: 1 }])
    expect(aws.counts()).toMatchObject({ visible: 1, inFlight: 0 })
    const again = await aws.receive()
    expect(again).toMatchObject([{ body: 'a', receives: 2 }])
    await aws.delete(again)
    expect(await aws.receive()).toEqual([])
  })

  test('which messages those are follows from the seed', async () => {
    const duplicated = async (seed: number) => {
      await using aws = await jobs({ duplicate: 0.5, seed })
      await aws.send(...SENT)
      await aws.receive()
      return aws.visible()
    }
    const first = await duplicated(1)
    expect(first.length).toBeGreaterThan(0)
    expect(first.length).toBeLessThan(SENT.length)
    expect(await duplicated(1)).toEqual(first)
    expect(await duplicated(2)).not.toEqual(first)
  })

  test('by default there are none, and on a FIFO queue never', async () => {
    await using usual = await jobs()
    await usual.send(...SENT)
    await usual.receive()
    expect(usual.counts()).toMatchObject({ visible: 0 })
    await using aws = await jobs({ duplicate: 1 })
    await aws.sendSteps(...SENT)
    await aws.receiveSteps()
    expect(await aws.receiveSteps()).toEqual([])
  })
})

describe('inFlightLimit', () => {
  test('so many messages can be in flight; a receive then finds the queue over its limit', async () => {
    await using aws = await jobs({ inFlightLimit: 3 })
    await aws.send(...SENT)
    const received = await aws.receive()
    expect(bodies(received)).toEqual(['a', 'b', 'c'])
    await expect(aws.receive()).rejects.toMatchObject({ code: 'over-limit', verdict: 'later' })
    await aws.delete(received.slice(0, 1))
    expect(bodies(await aws.receive())).toEqual(['d'])
  })

  test("is SQS's own by default", () => {
    expect(resolveOptions({}).inFlightLimit).toBe(120_000)
  })

  test('what is purged makes room', async () => {
    await using aws = await jobs({ inFlightLimit: 1 })
    await aws.send('a')
    await aws.receive()
    await aws.aws.api.sqs.purgeQueue({ QueueUrl: 'jobs' })
    await aws.send('b')
    expect(bodies(await aws.receive())).toEqual(['b'])
  })

  test('a long poll, or a FIFO queue, gives nothing instead', async () => {
    await using aws = await jobs({ inFlightLimit: 1 })
    await aws.send('a', 'b')
    await aws.sendSteps('a', 'b')
    expect([await aws.receive(), await aws.receiveSteps()]).toMatchObject([[{ body: 'a' }], [{ body: 'a' }]])
    expect([await aws.receive({ wait: 20 }), await aws.receiveSteps()]).toEqual([[], []])
  })
})

test('the seed of a simulation is that of its own clock', async () => {
  const jitter = async (seed?: number) => {
    await using aws = await jobs({ seed })
    return aws.clock.random()
  }
  expect(await jitter(5)).toBe(await jitter(5))
  expect(await jitter(5)).not.toBe(await jitter(6))
  expect(await jitter()).toBe(await jitter(1))
})
