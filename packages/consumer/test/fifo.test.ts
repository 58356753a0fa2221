import { deadLetter, retry } from '@waybill/consumer'
import { defineMessage, defineQueue } from '@waybill/schema'
import { readProvenance } from '@waybill/sqs'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { consume, faulty, rig, seen } from './support/rig.ts'

const Step = defineMessage('step', z.object({ order: z.string(), n: z.int() }))
const steps = defineQueue('steps', {
  messages: [Step],
  fifo: true,
  group: (message) => message.payload.order,
  deadLetter: { attempts: 3 },
})

type Payload = { readonly order: string; readonly n: number }
const put = async (at: Awaited<ReturnType<typeof rig>>, order: string, ...numbers: number[]) => {
  for (const n of numbers) await at.put(Step, { order, n }, { group: order })
}

/** Each message is received in one lane with its group, as AWS does; fauxqs gives one message of a group at a time. */
function inLanes(at: Awaited<ReturnType<typeof rig>>, count: number) {
  return faulty(at.aws, (real) => {
    let lane: Promise<readonly Awaited<ReturnType<typeof real.receive>>[number][]> | undefined
    return {
      async receive(queue, request, call) {
        if (lane) return real.receive(queue, request, call)
        lane = collect()
        return lane

        async function collect() {
          const held = []
          while (held.length < count) {
            const [next] = await real.receive(queue, { ...request, max: 1 }, call)
            if (!next) continue
            held.push(next)
            // Taken out for good, and handed over as if it were still there: only the lane's own order is at stake.
            await real.delete(queue, [next.receiptHandle], call)
          }
          return held
        }
      },
      changeVisibility: (_queue, entries) => Promise.resolve(entries.map(() => ({ ok: true, value: undefined }))),
    }
  })
}

describe.concurrent('a FIFO queue', () => {
  test('has each group handled in order, groups side by side', async () => {
    await using at = await rig(steps)
    const orders = ['a', 'b', 'c', 'd']
    for (const n of [1, 2, 3, 4, 5]) for (const order of orders) await put(at, order, n)
    const handled = new Map<string, number[]>()
    let running = 0
    let together = 0
    const consumer = consume(at.aws, steps, {
      concurrency: 10,
      handlers: {
        async step({ order, n }) {
          together = Math.max(together, ++running)
          await new Promise((resolve) => setImmediate(resolve))
          handled.set(order, [...(handled.get(order) ?? []), n])
          running--
        },
      },
    })
    const settled = seen(consumer, 'settled', 20)
    await consumer.start()
    await settled
    await consumer.stop()
    expect(Object.fromEntries(handled)).toEqual({
      a: [1, 2, 3, 4, 5],
      b: [1, 2, 3, 4, 5],
      c: [1, 2, 3, 4, 5],
      d: [1, 2, 3, 4, 5],
    })
    expect(together).toBeGreaterThan(1)
    expect(await at.left()).toBe(0)
  })

  test('has a failed message tried again in place: its followers wait, other groups go on', async () => {
    await using at = await rig(steps)
    await put(at, 'a', 1, 2, 3)
    const handled: string[] = []
    const consumer = consume(inLanes(at, 3), steps, {
      handlers: {
        step({ order, n }, { attempt, receives }) {
          handled.push(`${order}${n} attempt ${attempt} receive ${receives}`)
          return n === 1 && attempt < 3 ? retry({ delay: '0s' }) : undefined
        },
      },
    })
    const settled = seen(consumer, 'settled', 5)
    await consumer.start()
    await settled
    await consumer.stop()
    expect(handled).toEqual([
      'a1 attempt 1 receive 1',
      'a1 attempt 2 receive 1',
      'a1 attempt 3 receive 1',
      'a2 attempt 1 receive 1',
      'a3 attempt 1 receive 1',
    ])
  })

  test('has an exhausted message moved, with its group, and its followers handled', async () => {
    await using at = await rig(steps)
    await put(at, 'a', 1, 2)
    const handled: number[] = []
    const consumer = consume(at.aws, steps, {
      handlers: {
        step({ n }) {
          if (n === 1) throw new Error('broken')
          handled.push(n)
        },
      },
    })
    const settled = seen(consumer, 'settled', 4)
    await consumer.start()
    await settled
    await consumer.stop()
    const [copy, ...more] = await at.dead()
    expect({ handled, more, left: await at.left() }).toEqual({ handled: [2], more: [], left: 0 })
    expect(copy).toMatchObject({ group: 'a', body: '{"order":"a","n":1}' })
    expect(readProvenance(copy?.attributes ?? {})).toMatchObject({ group: 'a', attempts: 3, receives: 1 })
  })

  test('has an invalid message judged at its turn', async () => {
    await using at = await rig(steps)
    await put(at, 'a', 1)
    await at.putRaw(
      '{"order":"a","n":"two"}',
      { 'waybill-type': { type: 'String', value: 'step' }, 'waybill-version': { type: 'Number', value: '1' } },
      { group: 'a' },
    )
    await put(at, 'a', 3)
    const order: string[] = []
    const consumer = consume(inLanes(at, 3), steps, {
      handlers: { step: ({ n }) => void order.push(`handled ${n}`) },
      on: { invalid: ({ error }) => void order.push(error.message.split('\n')[1] ?? '') },
    })
    const settled = seen(consumer, 'settled', 2)
    await consumer.start()
    await settled
    await consumer.stop()
    expect(order).toEqual(['handled 1', expect.stringContaining('payload.n'), 'handled 3'])
    expect(await at.dead()).toHaveLength(1)
  })

  test('leaves a group whose head is of a newer version to a newer deployment, others go on', async () => {
    await using at = await rig(steps)
    await at.put(Step, { order: 'a', n: 1 }, { group: 'a', version: 2 })
    await put(at, 'a', 2)
    await put(at, 'b', 1)
    const handled: Payload[] = []
    const consumer = consume(at.aws, steps, { handlers: { step: (payload) => void handled.push(payload) } })
    const settled = seen(consumer, 'settled')
    await consumer.start()
    await settled
    await consumer.stop()
    expect(handled).toEqual([{ order: 'b', n: 1 }])
    expect({ left: await at.left(), dead: await at.dead() }).toEqual({ left: 2, dead: [] })
    expect(at.lines.filter((line) => line.message.startsWith('not known here yet'))).toHaveLength(1)
  })

  test('gives a lane back in one call with one value when it stops while the head waits for its back-off', async () => {
    await using at = await rig(steps)
    await put(at, 'a', 1, 2, 3)
    const calls: number[][] = []
    const lanes = inLanes(at, 3)
    const watched = faulty(lanes, () => ({
      changeVisibility: (_queue, entries) => {
        calls.push(entries.map((entry) => entry.visibilityTimeout))
        return Promise.resolve(entries.map(() => ({ ok: true, value: undefined })))
      },
    }))
    const consumer = consume(watched, steps, {
      backoff: { first: '10m', max: '10m' },
      handlers: {
        step: () => {
          throw new Error('down')
        },
      },
    })
    const settled = seen(consumer, 'settled')
    await consumer.start()
    await settled
    expect(await consumer.stop()).toEqual({ released: 3, abandoned: 0 })
    expect(calls).toEqual([[0, 0, 0]])
  })

  test.each([
    ['runs a head that was received often, as it may have waited for a deployment', 5, [1, 2], []],
    [
      'moves a head before it runs when SQS would move it next, and with it the followers that have never run',
      6,
      [2],
      ['received 6 times, attempts 3'],
    ],
  ])('%s', async (_what, receives, expected, reasons) => {
    await using at = await rig(steps)
    await put(at, 'a', 1, 2)
    const lanes = inLanes(at, 2)
    const worn = faulty(lanes, (real) => ({
      receive: async (queue, request, call) =>
        (await real.receive(queue, request, call)).map((message) => ({ ...message, receives })),
    }))
    const policy = async (url: string) => {
      const attributes = await at.aws.admin.queueAttributes(url)
      return { ...attributes, RedrivePolicy: attributes['RedrivePolicy']?.replace('1000', '6') ?? '' }
    }
    const handled: number[] = []
    const consumer = consume({ ...worn, admin: { ...worn.admin, queueAttributes: policy } }, steps, {
      handlers: { step: ({ n }) => void handled.push(n) },
    })
    const settled = seen(consumer, 'settled', 2)
    await consumer.start()
    expect((await settled).map(({ outcome }) => outcome)).toEqual([reasons.length > 0 ? 'dead-letter' : 'done', 'done'])
    await consumer.stop()
    expect(handled).toEqual(expected)
    expect((await at.dead()).map(({ attributes }) => readProvenance(attributes)?.reason)).toEqual(reasons)
  })

  test('deletes a group in order: a follower only after its predecessor is deleted', async () => {
    await using at = await rig(steps)
    await put(at, 'a', 1, 2)
    const deleted: string[] = []
    const bodies = new Map<string, string>()
    let failures = 2
    const lanes = inLanes(at, 2)
    const flaky = faulty(lanes, (real) => ({
      async receive(queue, request, call) {
        const messages = await real.receive(queue, request, call)
        for (const message of messages) bodies.set(message.receiptHandle, message.body)
        return messages
      },
      delete(_queue, handles) {
        if (failures-- > 0)
          return Promise.reject(Object.assign(new Error('reset'), { verdict: 'now', unknown: true } as const))
        deleted.push(...handles.map((handle) => bodies.get(handle) ?? ''))
        return Promise.resolve(handles.map(() => ({ ok: true, value: undefined })))
      },
    }))
    const consumer = consume(flaky, steps, { handlers: { step: () => {} } })
    const settled = seen(consumer, 'settled', 2)
    await consumer.start()
    await settled
    await consumer.stop()
    expect(deleted).toEqual(['{"order":"a","n":1}', '{"order":"a","n":2}'])
  })

  test('moves nothing on deadLetter() that is behind in the lane', async () => {
    await using at = await rig(steps)
    await put(at, 'a', 1, 2)
    const consumer = consume(inLanes(at, 2), steps, {
      handlers: { step: ({ n }) => (n === 1 ? deadLetter('no') : undefined) },
    })
    const settled = seen(consumer, 'settled', 2)
    await consumer.start()
    expect((await settled).map((event) => event.outcome)).toEqual(['dead-letter', 'done'])
    await consumer.stop()
    expect(await at.dead()).toHaveLength(1)
  })
})
