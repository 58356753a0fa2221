import { apply, createConsumer, createProducer, plan } from 'waybill'
import { delayAnswer, simulate, VirtualClock } from 'waybill/testing'
import { expect, test } from 'vitest'
import { loose, steps } from './contracts.ts'

const FAST = 10_000
const SLOW = { of: 'slow', n: 0 }
const fast = Array.from({ length: FAST }, (_, n) => ({ of: `group ${n % 100}`, n }))

/** Has ten slots work on these messages, each of which takes 1 to 20 ms but for the slow one, which takes a minute. */
async function work(queue: typeof loose, messages: readonly (typeof SLOW)[]) {
  const clock = new VirtualClock()
  await using aws = simulate({ clock })
  await apply(await plan(aws, [queue]))
  await using producer = createProducer(aws, queue)
  await clock.until(Promise.all(messages.map((step) => producer.send('step', step))))
  aws.faults.on('receive', delayAnswer('15ms'))

  const done: { readonly of: string; readonly n: number; readonly at: number }[] = []
  const all = Promise.withResolvers<void>()
  await using consumer = createConsumer(aws, queue, {
    concurrency: 10,
    handlers: {
      async step({ of, n }) {
        const ms = of === SLOW.of ? 60_000 : 1 + clock.random() * 19
        await new Promise<void>((resolve) => void clock.after(ms, resolve))
        done.push({ of, n, at: clock.now() })
        if (done.length === messages.length) all.resolve()
      },
    },
  })
  using _ = clock.startAtEnd()
  const began = clock.now()
  await consumer.start()
  await clock.until(all.promise)
  await clock.until(consumer.stop())

  const times = done.filter(({ of }) => of !== SLOW.of).map(({ at }) => at - began)
  return {
    handled: done.map(({ of, n }) => `${of}, ${n}`),
    took: Math.max(...times),
    longestGap: Math.max(...times.map((at, index) => at - (times[index - 1] ?? 0))),
    extensions: aws.requests.filter(({ kind }) => kind === 'changeVisibility').length,
    left: aws.contents(queue),
  }
}

test.each([loose, steps])(
  'a handler of a minute takes its slot from 10,000 others of $name, and nothing else',
  async (queue) => {
    const alone = await work(queue, fast)
    const { extensions, handled, left, longestGap, took } = await work(queue, [SLOW, ...fast])
    expect(took / alone.took).toBeLessThan((10 / 9) * 1.02)
    expect(longestGap).toBeLessThan(50)
    expect({ handled: handled.length, different: new Set(handled).size }).toEqual({
      handled: FAST + 1,
      different: FAST + 1,
    })
    // of 30 s of visibility timeout, half has gone each time
    expect(extensions).toBe(4)
    expect(left).toEqual({ visible: [], inFlight: [], delayed: [] })
  },
  120_000,
)
