import { sleep } from '@waybill/core'
import { createConsumer } from '@waybill/consumer'
import { defineMessage, defineQueue } from '@waybill/schema'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { slow } from './support/faults.ts'
import { virtualSqs } from './support/virtual-sqs.ts'

const Job = defineMessage('job', z.object({ group: z.string(), n: z.int() }))
const steps = defineQueue('steps', {
  messages: [Job],
  fifo: true,
  group: (m) => m.payload.group,
  deadLetter: { attempts: 9 },
})

/** Ten messages in each group, and each receive brings one. With a concurrency of ten, a hundred messages may be held. */
async function groupsOfTen(...groups: string[]) {
  const at = await virtualSqs(steps)
  for (const group of groups) for (let n = 0; n < 10; n++) at.put(Job, { group, n }, { group })
  at.faults.receive = (make, queue, request, call) => make(queue, { ...request, max: 10 }, call)
  const held = () => at.left().filter(({ hidden }) => hidden)
  return { ...at, heldGroups: () => [...new Set(held().map(({ group }) => group))] }
}

const running = ['r0', 'r1', 'r2', 'r3', 'r4']

test('parked groups take no place from those that run, and those behind them burn no receive', async () => {
  const groups = Array.from({ length: 60 }, (_, n) => `f${n}`)
  const at = await groupsOfTen(...groups, ...running)
  let down = true
  const handled = new Set<string>()
  const consumer = createConsumer(at.aws, steps, {
    concurrency: 10,
    backoff: { first: '10m' },
    handlers: {
      job({ group, n }) {
        if (down && group.startsWith('f')) throw new Error('down')
        handled.add(`${group} ${n}`)
      },
    },
  })
  await consumer.start()
  await at.clock.advance('10s')
  expect(handled.size).toBe(50)
  expect(at.heldGroups()).toEqual(groups)
  down = false
  await at.clock.advance('11m')
  expect(handled.size).toBe(650)
  expect(at.changes.filter(({ visibilityTimeout }) => visibilityTimeout !== 30)).toEqual([])
})

test('a group that is parked gives its slot to another at once', async () => {
  const at = await virtualSqs(steps)
  for (const group of ['a', 'b']) at.put(Job, { group, n: 0 }, { group })
  const handled: string[] = []
  const consumer = createConsumer(at.aws, steps, {
    concurrency: 1,
    retryIn: () => '1h',
    handlers: {
      job({ group }) {
        if (group === 'a') throw new Error('down')
        handled.push(group)
      },
    },
  })
  await consumer.start()
  await at.clock.advance('1s')
  expect(handled).toEqual(['b'])
})

test('a group that goes on after its back-off takes a place again', async () => {
  const at = await virtualSqs(steps)
  at.put(Job, { group: 'a', n: 0 }, { group: 'a' })
  const consumer = createConsumer(at.aws, steps, {
    concurrency: 2,
    retryIn: () => '1s',
    handlers: {
      async job({ group }, { attempt }) {
        if (group !== 'a') return sleep(at.clock, 3_600_000)
        if (attempt < 6) throw new Error('not yet')
      },
    },
  })
  await consumer.start()
  await at.clock.advance('10s')
  expect(at.left()).toEqual([])
  for (let n = 0; n < 8; n++) at.put(Job, { group: `b${n}`, n }, { group: `b${n}` })
  await at.clock.advance('10s')
  expect(consumer.health()).toMatchObject({ running: 2, held: 2 })
})

test('a slot is free when its handler has failed, however long giving the message back takes', async () => {
  const note = defineMessage('note', z.object({ n: z.int() }))
  const notes = defineQueue('notes', { messages: [note] })
  const at = await virtualSqs(notes)
  for (let n = 0; n < 2; n++) at.put(note, { n })
  at.faults.changeVisibility = () => new Promise(() => {})
  const started: number[] = []
  const consumer = createConsumer(at.aws, notes, {
    concurrency: 1,
    handlers: {
      note({ n }) {
        started.push(n)
        throw new Error('down')
      },
    },
  })
  await consumer.start()
  await at.clock.advance('1s')
  expect(started).toEqual([0, 1])
})

test('a slot that is free alone waits for others by what handlers take on average, not by what the last one took', async () => {
  const note = defineMessage('note', z.object({ n: z.int() }))
  const notes = defineQueue('notes', { messages: [note] })
  const at = await virtualSqs(notes)
  for (let n = 0; n < 2; n++) at.put(note, { n })
  const polls: number[] = []
  at.faults.receive = (make, ...args) => (polls.push(at.clock.now()), make(...args))
  const consumer = createConsumer(at.aws, notes, {
    concurrency: 2,
    handlers: { note: ({ n }) => sleep(at.clock, n === 0 ? 400 : 3_600_000) },
  })
  await consumer.start()
  await at.clock.advance('1s')
  // the first of a tenth of weight: 40 ms, and a tenth of those
  expect(polls).toEqual([0, 404])
})

test('a batch of more than ten fills, although one handler runs at a time', async () => {
  const note = defineMessage('note', z.object({ n: z.int() }))
  const notes = defineQueue('notes', { messages: [note] })
  const at = await virtualSqs(notes)
  for (let n = 0; n < 50; n++) at.put(note, { n })
  const sizes: number[] = []
  const consumer = createConsumer(at.aws, notes, {
    concurrency: 1,
    handlers: { note: { batch: { size: 25, wait: '10s' }, handleBatch: (items) => void sizes.push(items.length) } },
  })
  await consumer.start()
  await at.clock.advance('5s')
  expect(sizes).toEqual([25, 25])
})

test('a lane that is given back makes room for as many messages as it held', async () => {
  const at = await virtualSqs(steps)
  for (let n = 0; n < 10; n++) at.put(Job, { group: 'newer', n }, { group: 'newer', version: 9 })
  at.put(Job, { group: 'a', n: 0 }, { group: 'a' })
  at.faults.receive = (make, queue, request, call) => make(queue, { ...request, max: 10 }, call)
  const handled: string[] = []
  const consumer = createConsumer(at.aws, steps, {
    concurrency: 1,
    handlers: { job: ({ group }) => void handled.push(group) },
  })
  await consumer.start()
  await at.clock.advance('1s')
  expect(handled).toEqual(['a'])
})

test('no more is received than may be held of groups that run', async () => {
  const at = await groupsOfTen(...running, 'r5', 'r6', 'r7', 'r8', 'r9', 'one-more')
  const consumer = createConsumer(at.aws, steps, {
    concurrency: 10,
    handlers: { job: () => sleep(at.clock, 60_000) },
  })
  await consumer.start()
  await at.clock.advance('4s')
  expect(at.heldGroups()).toHaveLength(10)
})

test('when more than a thousand messages are parked, the oldest group goes back, in one call with one value', async () => {
  const at = await groupsOfTen(...Array.from({ length: 101 }, (_, n) => `f${n}`))
  const consumer = createConsumer(at.aws, steps, {
    concurrency: 10,
    backoff: { first: '10m' },
    handlers: {
      job() {
        throw new Error('down')
      },
    },
  })
  await consumer.start()
  await at.clock.advance('13s')
  expect(at.changes.map(({ handle }) => handle)).toEqual(Array.from({ length: 10 }, (_, n) => `m${n}/1`))
  expect(new Set(at.changes.map(({ visibilityTimeout }) => visibilityTimeout)).size).toBe(1)
  // What is left of the back-off of its head.
  expect(at.changes[0]?.visibilityTimeout).toBeGreaterThan(285)
})

test('what is handled makes room when it is deleted, however slow that is', async () => {
  const note = defineMessage('note', z.object({ n: z.int() }))
  const notes = defineQueue('notes', { messages: [note] })
  const at = await virtualSqs(notes)
  for (let n = 0; n < 25; n++) at.put(note, { n })
  at.faults.delete = slow(at.clock, 3_000)
  const consumer = createConsumer(at.aws, notes, { concurrency: 1, handlers: { note: () => {} } })
  await consumer.start()
  await at.clock.advance('30s')
  expect(at.left()).toEqual([])
})

test('messages that come again while their handlers outlive their leases wait without a slot: others are handled', async () => {
  const note = defineMessage('note', z.object({ n: z.int() }))
  const notes = defineQueue('notes', { messages: [note] })
  const at = await virtualSqs(notes)
  for (let n = 0; n < 5; n++) at.put(note, { n })
  const handled: number[] = []
  const consumer = createConsumer(at.aws, notes, {
    concurrency: 10,
    handlers: { note: async ({ n }) => (n < 5 ? sleep(at.clock, 1_800_000) : void handled.push(n)) },
  })
  await consumer.start()
  at.faults.changeVisibility = async (_make, _queue, entries) =>
    entries.map(() => ({ ok: false, error: new Error('unreachable'), verdict: 'later', unknown: false }))
  await at.clock.advance('1m')
  at.faults.changeVisibility = undefined
  await at.clock.advance('1m')
  for (let n = 5; n < 10; n++) at.put(note, { n })
  await at.clock.advance('5s')
  expect(handled).toEqual([5, 6, 7, 8, 9])
})

test('more polls are open at once the more handlers may run: one for each ten', async () => {
  const note = defineMessage('note', z.object({ n: z.int() }))
  const notes = defineQueue('notes', { messages: [note] })
  const at = await virtualSqs(notes)
  for (let n = 0; n < 1_000; n++) at.put(note, { n })
  let open = 0
  let most = 0
  at.faults.receive = async (make, ...args) => {
    most = Math.max(most, ++open)
    await sleep(at.clock, 100)
    open--
    return make(...args)
  }
  const consumer = createConsumer(at.aws, notes, { concurrency: 35, handlers: { note: () => {} } })
  await consumer.start()
  await at.clock.advance('5s')
  expect(most).toBe(4)
})

test('messages of one fair-queue key are handled side by side: on a standard queue it orders nothing', async () => {
  const note = defineMessage('note', z.object({ n: z.int() }))
  const tenants = defineQueue('tenants', { messages: [note], group: () => 'acme' })
  const at = await virtualSqs(tenants)
  for (let n = 0; n < 3; n++) at.put(note, { n }, { group: 'acme' })
  let running = 0
  const consumer = createConsumer(at.aws, tenants, {
    handlers: { note: () => (running++, new Promise<void>(() => {})) },
  })
  await consumer.start()
  await at.clock.advance('1s')
  expect(running).toBe(3)
})

test('a group that comes again and again while its handlers outlive their leases is never handled twice at once', async () => {
  const at = await virtualSqs(steps)
  at.put(Job, { group: 'a', n: 1 }, { group: 'a' })
  let running = 0
  let most = 0
  let runs = 0
  const consumer = createConsumer(at.aws, steps, {
    handlers: {
      async job() {
        runs++
        most = Math.max(most, ++running)
        await sleep(at.clock, 45_000)
        running--
        throw new Error('down')
      },
    },
  })
  at.faults.changeVisibility = async (_make, _queue, entries) =>
    entries.map(() => ({ ok: false, error: new Error('unreachable'), verdict: 'later', unknown: false }))
  await consumer.start()
  await at.clock.advance('5m')
  expect(runs).toBeGreaterThan(2)
  expect(most).toBe(1)
})
