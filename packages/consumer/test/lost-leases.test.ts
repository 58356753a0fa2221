import { createConsumer, deadLetter, retry } from '@waybill/consumer'
import { defineMessage, defineQueue } from '@waybill/schema'
import { readProvenance } from '@waybill/sqs'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { failing, refusing, slow, sqsError } from './support/faults.ts'
import { virtualSqs } from './support/virtual-sqs.ts'

const Job = defineMessage('job', z.object({ n: z.int() }))
const Note = defineMessage('note', z.object({ n: z.int() }))
const jobs = defineQueue('jobs', { messages: [Job], deadLetter: { attempts: 9 } })
const steps = defineQueue('steps', { messages: [Job], fifo: true, group: () => 'g', deadLetter: { attempts: 9 } })
const unreachable = refusing('network', 'later')

describe('a lease that is lost', () => {
  test('while its message waits for a slot frees its place: the message and others are handled later', async () => {
    const mixed = defineQueue('mixed', { messages: [Job, Note], deadLetter: { attempts: 9 } })
    const at = await virtualSqs(mixed)
    for (let n = 0; n < 4; n++) at.put(Job, { n })
    const gate = Promise.withResolvers<void>()
    const handled: string[] = []
    const consumer = createConsumer(at.aws, mixed, {
      concurrency: 4,
      handlers: {
        job: { concurrency: 1, handle: async ({ n }) => (await gate.promise, void handled.push(`job ${n}`)) },
        note: ({ n }) => void handled.push(`note ${n}`),
      },
    })
    await consumer.start()
    await at.clock.advance('1s')
    at.faults.changeVisibility = unreachable
    await at.clock.advance('40s')
    at.faults.changeVisibility = undefined
    gate.resolve()
    at.put(Note, { n: 0 })
    await at.clock.advance('2m')
    expect(handled.toSorted()).toEqual(['job 0', 'job 1', 'job 2', 'job 3', 'note 0'])
    expect(at.left()).toEqual([])
    expect(at.lines.filter(({ level }) => level === 'error')).toEqual([])
  })

  test('while its parked group waits for a slot frees the group', async () => {
    const at = await virtualSqs(steps)
    at.put(Job, { n: 1 }, { group: 'a' })
    at.put(Job, { n: 2 }, { group: 'b' })
    let down = true
    const consumer = createConsumer(at.aws, steps, {
      concurrency: 1,
      backoff: { first: '2s', max: '2s' },
      handlers: {
        async job({ n }) {
          if (n === 1 && down) throw new Error('down')
          if (n === 2) await new Promise<void>((resolve) => at.clock.after(50_000, resolve))
        },
      },
    })
    await consumer.start()
    await at.clock.advance('1s')
    at.faults.changeVisibility = unreachable
    await at.clock.advance('40s')
    at.faults.changeVisibility = undefined
    down = false
    await at.clock.advance('10m')
    expect(at.left()).toEqual([])
  })

  test('by a handler that succeeds all the same: its newer delivery is deleted, not run again', async () => {
    const at = await virtualSqs(jobs)
    at.put(Job, { n: 1 })
    const gate = Promise.withResolvers<void>()
    let runs = 0
    const told: string[] = []
    const consumer = createConsumer(at.aws, jobs, {
      handlers: { job: () => (runs++, gate.promise) },
      on: {
        settled: ({ outcome }) => void told.push(outcome),
        'lease-lost': () => void told.push('lost'),
        duplicate: () => void told.push('duplicate'),
      },
    })
    await consumer.start()
    await at.clock.advance('100ms')
    at.faults.changeVisibility = unreachable
    await at.clock.advance('31s')
    at.faults.changeVisibility = undefined
    await at.clock.advance('3s')
    gate.resolve()
    await at.clock.advance('1s')
    expect({ runs, left: at.left(), changes: at.changes }).toEqual({ runs: 1, left: [], changes: [] })
    expect(told).toEqual(['lost', 'duplicate'])
  })

  test('while its message is copied to the dead-letter queue starts no follower and makes no second copy', async () => {
    const at = await virtualSqs(steps)
    for (const n of [1, 2]) at.put(Job, { n }, { group: 'g' })
    const log: string[] = []
    const consumer = createConsumer(at.aws, steps, {
      handlers: {
        job({ n }, { receives }) {
          log.push(`${n} receive ${receives}`)
          return n === 1 ? deadLetter('no') : undefined
        },
      },
    })
    let tries = 0
    at.faults.send = async (make, ...args) => {
      await new Promise<void>((resolve) => at.clock.after(15_000, resolve))
      if (++tries < 3) throw sqsError('timeout', 'now', false)
      return make(...args)
    }
    at.faults.changeVisibility = unreachable
    await consumer.start()
    await at.clock.advance('50s')
    at.faults.changeVisibility = undefined
    await at.clock.advance('2m')
    // The third try of the first receive would have come through, but the message was no longer its own.
    expect(at.dead.map(({ attributes }) => readProvenance(attributes)?.receives)).toEqual([2])
    expect(log.indexOf('1 receive 2')).toBeLessThan(log.findIndex((line) => line.startsWith('2 ')))
    expect(at.left()).toEqual([])
  })

  test('while its copy is on its way: what was copied is deleted when it comes again, not copied again', async () => {
    const at = await virtualSqs(jobs)
    at.put(Job, { n: 1 })
    at.faults.send = slow(at.clock, 40_000)
    at.faults.changeVisibility = unreachable
    const consumer = createConsumer(at.aws, jobs, { handlers: { job: () => deadLetter('no') } })
    await consumer.start()
    await at.clock.advance('31s')
    at.faults.changeVisibility = undefined
    await at.clock.advance('2m')
    expect({ dead: at.dead.length, left: at.left() }).toEqual({ dead: 1, left: [] })
  })

  test('by the head of a group holds back its followers, although their own leases are good', async () => {
    const at = await virtualSqs(steps)
    for (const n of [1, 2]) at.put(Job, { n }, { group: 'g' })
    const gate = Promise.withResolvers<void>()
    const log: string[] = []
    const consumer = createConsumer(at.aws, steps, {
      handlers: {
        async job({ n }, { receives }) {
          log.push(`${n} receive ${receives}`)
          if (n === 1) await gate.promise
        },
      },
    })
    at.faults.changeVisibility = async (make, queue, entries, call) => {
      const results = await make(queue, entries, call)
      const [lost] = await refusing('handle-lost', 'lost')(make, queue, entries)
      return results.map((result, index) => (lost && entries[index]?.handle.startsWith('m0/') ? lost : result))
    }
    await consumer.start()
    await at.clock.advance('20s')
    gate.resolve()
    await at.clock.advance('1m')
    expect(log).toEqual(['1 receive 1', '2 receive 2'])
    expect(at.left()).toEqual([])
  })

  test('by a head that waits for its back-off lets the group go on: what comes next need not wait for that', async () => {
    const at = await virtualSqs(steps)
    at.put(Job, { n: 1 }, { group: 'g' })
    const runs: string[] = []
    const consumer = createConsumer(at.aws, steps, {
      handlers: {
        job({ n }, { receives }) {
          runs.push(`${n} receive ${receives}`)
          return n === 1 && receives === 1 ? retry({ delay: '2h' }) : undefined
        },
      },
    })
    await consumer.start()
    await at.clock.advance('1s')
    at.faults.changeVisibility = unreachable
    await at.clock.advance('30s')
    at.faults.changeVisibility = undefined
    at.put(Job, { n: 2 }, { group: 'g' })
    await at.clock.advance('30s')
    expect(runs).toEqual(['1 receive 1', '1 receive 2', '2 receive 1'])
    expect(at.left()).toEqual([])
  })

  test('by a head that waits for its back-off gives its followers back at once: the group need not wait for that', async () => {
    const at = await virtualSqs(steps)
    for (const n of [1, 2]) at.put(Job, { n }, { group: 'g' })
    const [lost] = await refusing('handle-lost', 'lost')(undefined, { name: '', url: '', fifo: true }, [1])
    at.faults.changeVisibility = async (make, queue, entries, call) => {
      const results = await make(queue, entries, call)
      return results.map((result, index) => (lost && entries[index]?.handle === 'm0/1' ? lost : result))
    }
    const consumer = createConsumer(at.aws, steps, { handlers: { job: () => retry({ delay: '2h' }) } })
    await consumer.start()
    await at.clock.advance('20s')
    expect(at.changes.filter(({ visibilityTimeout }) => visibilityTimeout !== 30)).toMatchObject([
      { handle: 'm1/1', visibilityTimeout: 0 },
    ])
  })

  test('by a follower of a head that fails has the head come again after its back-off', async () => {
    const at = await virtualSqs(steps)
    for (const n of [1, 2]) at.put(Job, { n }, { group: 'g' })
    const [lost] = await refusing('handle-lost', 'lost')(undefined, { name: '', url: '', fifo: true }, [1])
    at.faults.changeVisibility = async (make, queue, entries, call) => {
      const results = await make(queue, entries, call)
      return results.map((result, index) => (lost && entries[index]?.handle === 'm1/1' ? lost : result))
    }
    const consumer = createConsumer(at.aws, steps, {
      handlers: {
        async job() {
          await new Promise<void>((resolve) => at.clock.after(20_000, resolve))
          return retry({ delay: '2h' })
        },
      },
    })
    await consumer.start()
    await at.clock.advance('21s')
    expect(at.changes.at(-1)).toMatchObject({ handle: 'm0/1', visibilityTimeout: 7_200 })
    expect(bugsOf(at.lines)).toEqual([])
  })

  test('by a head whose handler goes on gives its followers back at once, for whoever has the head now', async () => {
    const at = await virtualSqs(steps)
    for (const n of [1, 2, 3]) at.put(Job, { n }, { group: 'g' })
    const gate = Promise.withResolvers<void>()
    const consumer = createConsumer(at.aws, steps, { handlers: { job: () => gate.promise } })
    const [lost] = await refusing('handle-lost', 'lost')(undefined, { name: '', url: '', fifo: true }, [1])
    at.faults.changeVisibility = async (make, queue, entries, call) => {
      const results = await make(queue, entries, call)
      return results.map((result, index) => (lost && entries[index]?.handle === 'm0/1' ? lost : result))
    }
    await consumer.start()
    await at.clock.advance('16s')
    expect(at.changes.filter(({ visibilityTimeout }) => visibilityTimeout === 0).map(({ handle }) => handle)).toEqual([
      'm1/1',
      'm2/1',
    ])
    gate.resolve()
    await at.clock.advance('1m')
    expect(at.left()).toEqual([])
  })

  test('by a follower of a head that is being moved leaves the move alone', async () => {
    const at = await virtualSqs(steps)
    const Bad = defineMessage('job', z.object({ text: z.string() }))
    at.put(Bad, { text: 'not a job' }, { group: 'g' })
    at.put(Job, { n: 2 }, { group: 'g' })
    const [lost] = await refusing('handle-lost', 'lost')(undefined, { name: '', url: '', fifo: true }, [1])
    at.faults.send = slow(at.clock, 20_000)
    at.faults.changeVisibility = async (make, queue, entries, call) => {
      const results = await make(queue, entries, call)
      return results.map((result, index) => (lost && entries[index]?.handle === 'm1/1' ? lost : result))
    }
    const runs: number[] = []
    const consumer = createConsumer(at.aws, steps, { handlers: { job: ({ n }) => void runs.push(n) } })
    await consumer.start()
    await at.clock.advance('2m')
    expect({ dead: at.dead.length, runs, left: at.left(), bugs: bugsOf(at.lines) }).toEqual({
      dead: 1,
      runs: [2],
      left: [],
      bugs: [],
    })
  })

  test('by a second receive of a group, while the first is handled, gives it back: it is deleted when it comes again', async () => {
    const at = await virtualSqs(steps)
    at.put(Job, { n: 1 }, { group: 'g' })
    const [lost] = await refusing('handle-lost', 'lost')(undefined, { name: '', url: '', fifo: true }, [1])
    at.faults.changeVisibility = async (make, queue, entries, call) => {
      // SQS gives the first message to somebody else, which is us again, and later refuses the second.
      const [first] = entries
      if (first?.handle === 'm0/1') at.clock.freeze('20s')
      const results = await make(queue, entries, call)
      return results.map((result, index) => (lost && entries[index]?.handle.endsWith('/1') ? lost : result))
    }
    const runs: string[] = []
    const consumer = createConsumer(at.aws, steps, {
      handlers: {
        async job({ n }, { receives }) {
          runs.push(`${n} receive ${receives}`)
          if (n === 1) await new Promise<void>((resolve) => at.clock.after(90_000, resolve))
        },
      },
    })
    await consumer.start()
    await at.clock.advance('1s')
    at.put(Job, { n: 2 }, { group: 'g' })
    await at.clock.advance('5m')
    expect({ runs, left: at.left(), bugs: bugsOf(at.lines) }).toEqual({
      runs: ['1 receive 1', '2 receive 2'],
      left: [],
      bugs: [],
    })
  })

  test('by a head whose extension and then delete SQS refuses holds back what has not begun of its group', async () => {
    const at = await virtualSqs(steps)
    for (const n of [1, 2, 3]) at.put(Job, { n }, { group: 'g' })
    const starts: string[] = []
    const consumer = createConsumer(at.aws, steps, {
      handlers: {
        async job({ n }, { receives }) {
          starts.push(`${n} receive ${receives}`)
          await new Promise<void>((resolve) => at.clock.after(n === 1 ? 13_000 : 12_000, resolve))
        },
      },
    })
    at.faults.delete = async (make, queue, handles, call) => {
      if (!handles.includes('m0/1')) return make(queue, handles, call)
      await new Promise<void>((resolve) => at.clock.after(5_000, resolve))
      return refusing('handle-lost', 'lost')(make, queue, handles)
    }
    const [lost] = await refusing('handle-lost', 'lost')(undefined, { name: '', url: '', fifo: true }, [1])
    at.faults.changeVisibility = async (make, queue, entries, call) => {
      const results = await make(queue, entries, call)
      return results.map((result, index) => (lost && entries[index]?.handle === 'm0/1' ? lost : result))
    }
    await consumer.start()
    await at.clock.advance('2m')
    expect(starts).toEqual(['1 receive 1', '2 receive 1', '3 receive 2'])
    expect(at.left()).toEqual([])
  })

  test('by a head whose delete SQS refuses lets a follower that runs end, and not start again here at once', async () => {
    const at = await virtualSqs(steps)
    for (const n of [1, 2]) at.put(Job, { n }, { group: 'g' })
    const starts: string[] = []
    const consumer = createConsumer(at.aws, steps, {
      backoff: { first: '5s', max: '5s' },
      handlers: {
        async job({ n }, { receives }) {
          starts.push(`${n} receive ${receives}`)
          await new Promise<void>((resolve) => at.clock.after(1_000, resolve))
          if (n === 2 && receives === 1) throw new Error('down')
        },
      },
    })
    at.faults.delete = (make, queue, handles) => {
      at.faults.delete = undefined
      return refusing('handle-lost', 'lost')(make, queue, handles)
    }
    await consumer.start()
    await at.clock.advance('2m')
    expect(starts).toEqual(['1 receive 1', '2 receive 1', '2 receive 2'])
    expect(at.left()).toEqual([])
  })

  test('by a head whose delete SQS refuses is told is told of, and nothing that has not begun of its group starts', async () => {
    const at = await virtualSqs(steps)
    for (const n of [1, 2, 3]) at.put(Job, { n }, { group: 'g' })
    const log: string[] = []
    const consumer = createConsumer(at.aws, steps, {
      handlers: {
        async job({ n }, { receives }) {
          log.push(`${n} receive ${receives}`)
          await new Promise<void>((resolve) => at.clock.after(1_000, resolve))
        },
      },
      on: { 'lease-lost': ({ error }) => void log.push(error.message) },
    })
    at.faults.delete = (...args) => {
      at.faults.delete = undefined
      const [make, queue, entries] = args
      return refusing('handle-lost', 'lost')(make, queue, entries)
    }
    await consumer.start()
    await at.clock.advance('1m')
    expect(log).toEqual([
      '1 receive 1',
      '2 receive 1',
      'The message is not ours any more: its delete was refused: SQS says handle-lost. Another worker may be handling it.',
      '3 receive 2',
    ])
    expect(at.left()).toEqual([])
  })

  test('before its answer was read, since the process was stopped, is told of and not handled', async () => {
    const at = await virtualSqs(defineQueue('short', { messages: [Job], visibilityTimeout: '5s' }))
    at.put(Job, { n: 1 })
    at.faults.receive = async (make, ...args) => {
      const messages = await make(...args)
      at.faults.receive = undefined
      at.clock.freeze('6s')
      return messages
    }
    const events: string[] = []
    const consumer = createConsumer(at.aws, defineQueue('short', { messages: [Job], visibilityTimeout: '5s' }), {
      handlers: { job: (_payload, { receives }) => void events.push(`handled receive ${receives}`) },
      on: { 'lease-lost': () => void events.push('lost') },
    })
    await consumer.start()
    await at.clock.advance('1s')
    expect(events).toEqual(['lost', 'handled receive 2'])
  })

  test('by an item of a batch that waits for its slot is left out of the batch', async () => {
    const at = await virtualSqs(jobs)
    for (const n of [1, 2]) at.put(Job, { n })
    const runs: { readonly at: number; readonly n: number; readonly lost: boolean }[] = []
    const sizes: number[] = []
    const consumer = createConsumer(at.aws, jobs, {
      concurrency: 1,
      handlers: {
        job: {
          batch: { size: 1 },
          async handleBatch(items) {
            sizes.push(items.length)
            for (const { context, payload } of items)
              runs.push({ at: at.clock.now(), n: payload.n, lost: context.signal.aborted })
            await new Promise<void>((resolve) => at.clock.after(60_000, resolve))
          },
        },
      },
    })
    at.faults.receive = (make, queue, request, call) => make(queue, { ...request, max: 10 }, call)
    await consumer.start()
    await at.clock.advance('1s')
    at.faults.changeVisibility = unreachable
    await at.clock.advance('2m')
    expect(runs.length).toBeGreaterThan(1)
    expect(runs.filter(({ lost }) => lost)).toEqual([])
    // a batch of which all is lost is none
    expect(new Set(sizes)).toEqual(new Set([1]))
  })
})

test('an invalid message whose lease is over at its turn is told of by whoever has it then', async () => {
  const at = await virtualSqs(steps)
  const Bad = defineMessage('job', z.object({ text: z.string() }))
  at.put(Job, { n: 1 }, { group: 'g' })
  at.put(Bad, { text: 'not a job' }, { group: 'g' })
  let invalid = 0
  const consumer = createConsumer(at.aws, steps, {
    handlers: {
      async job(_payload, { extend }) {
        await extend('10m')
        at.clock.freeze('40s')
      },
    },
    on: { invalid: () => void invalid++ },
  })
  await consumer.start()
  await at.clock.advance('1m')
  expect({ invalid, dead: at.dead.length, left: at.left() }).toEqual({ invalid: 1, dead: 1, left: [] })
})

describe('a lease that is not lost', () => {
  test('is not reported as lost when its message was deleted while an extension was under way', async () => {
    const at = await virtualSqs(jobs)
    at.put(Job, { n: 1 })
    const lost: string[] = []
    const consumer = createConsumer(at.aws, jobs, {
      handlers: { job: () => new Promise<void>((resolve) => at.clock.after(13_850, resolve)) },
      on: { 'lease-lost': ({ error }) => void lost.push(error.message) },
    })
    at.faults.delete = slow(at.clock, 400)
    await consumer.start()
    await at.clock.advance('20s')
    expect({ lost, left: at.left() }).toEqual({ lost: [], left: [] })
  })

  test('is not reported as lost either when its extension is refused after its delete', async () => {
    const at = await virtualSqs(jobs)
    at.put(Job, { n: 1 })
    const lost: string[] = []
    const consumer = createConsumer(at.aws, jobs, {
      handlers: { job: () => new Promise<void>((resolve) => at.clock.after(14_500, resolve)) },
      on: { 'lease-lost': ({ error }) => void lost.push(error.message) },
    })
    at.faults.changeVisibility = async (make, queue, entries) => {
      await new Promise<void>((resolve) => at.clock.after(3_000, resolve))
      return refusing('handle-lost', 'lost')(make, queue, entries)
    }
    await consumer.start()
    await at.clock.advance('20s')
    expect({ lost, left: at.left() }).toEqual({ lost: [], left: [] })
  })

  test('can be extended by its handler only: after its end another may own the message', async () => {
    const at = await virtualSqs(jobs)
    at.put(Job, { n: 1 })
    let late: (() => Promise<void>) | undefined
    const consumer = createConsumer(at.aws, jobs, {
      handlers: {
        job(_payload, context) {
          late ??= () => context.extend('1h')
          return context.attempt === 1 ? retry({ delay: '1s' }) : new Promise<void>(() => {})
        },
      },
    })
    await consumer.start()
    await at.clock.advance('2s')
    await expect(late?.()).rejects.toThrow('There is no lease to extend')
    expect(at.changes.map(({ visibilityTimeout }) => visibilityTimeout)).toEqual([1])
  })
})

test('an outcome made by hand with a delay that is none fails the attempt, and holds nothing up', async () => {
  const at = await virtualSqs(jobs)
  at.put(Job, { n: 1 })
  at.put(Job, { n: 2 })
  const errors: (string | undefined)[] = []
  const consumer = createConsumer(at.aws, jobs, {
    concurrency: 1,
    handlers: {
      job: (_payload, { attempt }) =>
        attempt === 1 ? { outcome: 'retry', delay: '1e3s', reason: undefined } : undefined,
    },
    on: { settled: ({ error }) => void errors.push(error?.message) },
  })
  await consumer.start()
  await at.clock.advance('1m')
  expect(at.left()).toEqual([])
  expect(errors.filter((text) => text?.includes("retry delay: '1e3s' is not a duration"))).toHaveLength(2)
})

test('failing faults are told of once in a while, not for each message', async () => {
  const at = await virtualSqs(jobs)
  at.put(Job, { n: 1 })
  const consumer = createConsumer(at.aws, jobs, { handlers: { job: () => {} } })
  at.faults.delete = failing('service', 'now')
  await consumer.start()
  await at.clock.advance('1h')
  const lines = at.lines.filter(({ message }) => message.startsWith('delete failed'))
  expect(lines.length).toBeGreaterThan(5)
  expect(lines.length).toBeLessThan(20)
})

const bugsOf = (lines: readonly { readonly message: string }[]) => lines.filter(({ message }) => /bug/i.test(message))

describe('a lease that ran out while the event loop was blocked', () => {
  test('keeps its message out of the batch that it gathered for', async () => {
    const at = await virtualSqs(jobs)
    for (let n = 0; n < 3; n++) at.put(Job, { n })
    const told: string[] = []
    const consumer = createConsumer(at.aws, jobs, {
      handlers: {
        job: {
          batch: { size: 10, wait: '5s' },
          handleBatch: (items) => void told.push(...items.map((item) => `receive ${item.context.receives}`)),
        },
      },
      on: { 'lease-lost': () => void told.push('lost') },
    })
    await consumer.start()
    await at.clock.advance('1s')
    at.clock.freeze('1h')
    await at.clock.advance('1m')
    expect(told).toEqual(['lost', 'lost', 'lost', 'receive 2', 'receive 2', 'receive 2'])
  })

  test.each([
    ['succeeds', false],
    ['fails', true],
  ])('is reported lost, once, although its handler %s before any timer rings', async (_how, fails) => {
    const at = await virtualSqs(jobs)
    at.put(Job, { n: 1 })
    const told: string[] = []
    const consumer = createConsumer(at.aws, jobs, {
      handlers: {
        async job() {
          await Promise.resolve()
          at.clock.freeze('40s')
          if (fails) throw new Error('no')
        },
      },
      on: {
        'lease-lost': ({ error }) => void told.push(error.message),
        settled: ({ outcome }) => void told.push(outcome),
      },
    })
    await consumer.start()
    await at.clock.advance('1s')
    await at.clock.until(consumer.stop({ cutPolls: true }))
    expect(told[0]).toBe(
      'The message is not ours any more: its visibility timeout ended. Another worker may be handling it.',
    )
    // nothing but a late delete: a visibility change would hit the next owner
    expect(at.changes).toEqual([])
    expect(told.filter((each) => each === 'retry')).toEqual([])
  })
})
