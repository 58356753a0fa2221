import { createProducer } from '@waybill/producer'
import { defineQueue } from '@waybill/schema'
import { describe, expect, test } from 'vitest'
import { account } from './support/account.ts'
import { Note, notes, stepIn, steps } from './support/contracts.ts'
import { accepted, faulty } from './support/faults.ts'
import { virtual } from './support/virtual.ts'

const upTo = (count: number) => Array.from({ length: count }, (_, n) => n)

describe('messages sent together', () => {
  test('go ten to a call: 1,000 sends are 100 calls, and all arrive', async () => {
    await using at = account()
    await at.create(notes)
    let calls = 0
    const counted = faulty(at.aws, (_entries, _call, real) => (calls++, real()))
    await using producer = createProducer(counted, notes)
    const sent = await Promise.all(upTo(1_000).map((n) => producer.send('note', { n })))
    expect(calls).toBe(100)
    const received = await at.received(notes)
    expect(new Set(received.map(({ messageId }) => messageId))).toEqual(new Set(sent.map(({ messageId }) => messageId)))
    expect(new Set(received.map(({ body }) => body))).toEqual(new Set(upTo(1_000).map((n) => `{"n":${n}}`)))
  })

  test('go in calls of at most 1 MiB', async () => {
    const at = virtual()
    const producer = createProducer(at.connection, notes)
    const sends = upTo(5).map((n) => producer.send('note', { n, text: 'x'.repeat(500_000) }))
    await at.pass('5ms')
    await Promise.all(sends)
    expect(at.calls.map(({ entries }) => entries.length)).toEqual([2, 2, 1])
  })

  test('go in at most maxInFlight calls at once', async () => {
    const answers: (() => void)[] = []
    const at = virtual(async (entries) => {
      await new Promise<void>((answer) => answers.push(answer))
      return entries.map(() => accepted())
    })
    const producer = createProducer(at.connection, notes, { maxInFlight: 2 })
    const sends = upTo(30).map((n) => producer.send('note', { n }))
    await at.pass('1s')
    expect(answers).toHaveLength(2)
    answers[0]?.()
    await at.pass('0ms')
    expect(answers).toHaveLength(3)
    for (const answer of answers) answer()
    await Promise.all(sends)
  })

  test('of one FIFO group go one after another, and share calls with other groups', async () => {
    const at = virtual(async (entries) => {
      await new Promise<void>((resolve) => at.clock.after(10, resolve))
      return entries.map(() => accepted())
    })
    const producer = createProducer(at.connection, steps)
    const sends = upTo(6).map((n) => producer.send('step', { of: n % 2 === 0 ? 'even' : 'odd', n }))
    await at.pass('1s')
    await Promise.all(sends)
    const numbers = at.bodies().map((bodies) => bodies.map((body) => stepIn(body).n))
    expect(numbers).toEqual([
      [0, 1],
      [2, 3],
      [4, 5],
    ])
  })
})

describe('a lone message', () => {
  test('waits for company as long as linger says', async () => {
    const at = virtual()
    const producer = createProducer(at.connection, notes, { linger: '40ms' })
    const send = producer.send('note', { n: 1 })
    await at.pass('39ms')
    expect(at.calls).toEqual([])
    await at.pass('1ms')
    expect(at.calls).toMatchObject([{ at: 40 }])
    await send
  })

  test('waits 5 ms by default, and not at all with a linger of 0', async () => {
    const at = virtual()
    const sends = [
      createProducer(at.connection, notes).send('note', { n: 5 }),
      createProducer(at.connection, notes, { linger: '0ms' }).send('note', { n: 0 }),
    ]
    await at.pass('1s')
    await Promise.all(sends)
    expect(at.calls.map(({ at: time, entries }) => [time, entries[0]?.body])).toEqual([
      [0, '{"n":0}'],
      [5, '{"n":5}'],
    ])
  })

  test('leaves at once on flush, which resolves when it has been accepted', async () => {
    const at = virtual()
    const producer = createProducer(at.connection, notes, { linger: '10s' })
    const done: string[] = []
    void producer.send('note', { n: 1 }).then(() => done.push('sent'))
    void producer.flush().then(() => done.push('flushed'))
    await at.pass('0ms')
    expect(done).toEqual(['sent', 'flushed'])
    expect(at.calls).toMatchObject([{ at: 0 }])
  })
})

test('messages of one fair-queue key share a call: on a standard queue there is no order to keep', async () => {
  const at = virtual()
  const tenants = defineQueue('tenants', { messages: [Note], group: () => 'acme' })
  const producer = createProducer(at.connection, tenants)
  const sends = upTo(3).map((n) => producer.send('note', { n }))
  await at.pass('5ms')
  await Promise.all(sends)
  expect(at.calls.map(({ entries }) => entries.map(({ group }) => group))).toEqual([['acme', 'acme', 'acme']])
})

test('with a full buffer a send waits for room, in its turn', async () => {
  const room = Promise.withResolvers<void>()
  const at = virtual(async (entries) => {
    await room.promise
    return entries.map(() => accepted())
  })
  const producer = createProducer(at.connection, notes, { linger: '0ms', buffer: { messages: 2 } })
  const sends = upTo(4).map((n) => producer.send('note', { n }))
  await at.pass('1s')
  expect(at.bodies()).toEqual([['{"n":0}'], ['{"n":1}']])
  room.resolve()
  await at.pass('1s')
  await Promise.all(sends)
  expect(at.bodies().slice(2).flat()).toEqual(['{"n":2}', '{"n":3}'])
})

test('nothing is left behind: no timer runs once all has settled', async () => {
  const at = virtual()
  const producer = createProducer(at.connection, notes)
  const send = producer.send('note', { n: 1 })
  await at.pass('5ms')
  await send
  expect(at.clock.timers).toBe(0)
})
