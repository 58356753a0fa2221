import { setImmediate } from 'node:timers/promises'
import { createProducer } from '@waybill/producer'
import { defineQueue } from '@waybill/schema'
import { delayAnswer, simulate, systemClock } from '@waybill/testing'
import { describe, expect, test } from 'vitest'
import { account, createQueue } from './support/account.ts'
import { calls, numbersIn, numbersSent, upTo } from './support/calls.ts'
import { Note, notes, steps } from './support/contracts.ts'
import { producing } from './support/producing.ts'

describe('messages sent together', () => {
  test('go ten to a call: 1,000 sends are 100 calls, and all arrive', async () => {
    await using aws = await account([notes])
    await using producer = createProducer(aws, notes)
    const sent = await Promise.all(upTo(1_000).map((n) => producer.send('note', { n })))
    expect(calls(aws)).toHaveLength(100)
    expect(numbersIn(aws, notes)).toEqual(upTo(1_000))
    expect(sent.map(({ messageId }) => messageId)).toEqual(
      aws.contents(notes).visible.map(({ messageId }) => messageId),
    )
  })

  test('go in calls of at most 1 MiB', async () => {
    await using aws = await account([notes])
    await using producer = createProducer(aws, notes)
    await Promise.all(upTo(5).map((n) => producer.send('note', { n, text: 'x'.repeat(500_000) })))
    expect(numbersSent(aws)).toEqual([[0, 1], [2, 3], [4]])
  })

  test.each([
    ['maxInFlight calls at once', { maxInFlight: 4 }, [0, 0, 0, 0, 30, 30, 30, 30, 60, 60]],
    ['8 by default', {}, [0, 0, 0, 0, 0, 0, 0, 0, 30, 30]],
  ])('go in at most %s', async (_how, options, times) => {
    await using at = await producing(notes, options)
    const { aws, clock, producer } = at
    aws.faults.on('send', delayAnswer('30ms'))
    await clock.until(Promise.all(upTo(100).map((n) => producer.send('note', { n }))))
    expect(calls(aws).map(({ at }) => at)).toEqual(times)
  })

  test('of one FIFO group go one after another, and share calls with other groups', async () => {
    await using at = await producing(steps)
    const { aws, clock, producer } = at
    aws.faults.on('send', delayAnswer('10ms'))
    const sends = upTo(6).map((n) => producer.send('step', { of: n % 2 === 0 ? 'even' : 'odd', n }))
    await clock.until(Promise.all(sends))
    expect(calls(aws)).toMatchObject([
      { at: 0, numbers: [0, 1] },
      { at: 10, numbers: [2, 3] },
      { at: 20, numbers: [4, 5] },
    ])
  })

  test('of one fair-queue key share a call: on a standard queue there is no order to keep', async () => {
    const tenants = defineQueue('tenants', { messages: [Note], group: () => 'acme' })
    await using aws = await account([tenants])
    await using producer = createProducer(aws, tenants)
    await Promise.all(upTo(3).map((n) => producer.send('note', { n })))
    expect(numbersSent(aws)).toEqual([[0, 1, 2]])
    expect(aws.contents(tenants).visible.map(({ group }) => group)).toEqual(['acme', 'acme', 'acme'])
  })
})

describe('a message that comes after a pause', () => {
  test('leaves with its turn of the event loop, and what that turn sends with it', async () => {
    await using at = await producing(notes)
    const { aws, clock, producer } = at
    const sends = [producer.send('note', { n: 1 })]
    await Promise.resolve()
    sends.push(producer.send('note', { n: 2 }))
    expect(calls(aws)).toEqual([])
    await clock.advance('0ms')
    expect(calls(aws)).toMatchObject([{ at: 0, numbers: [1, 2] }])
    await Promise.all(sends)
  })

  test('waits for no timer on a real clock', async () => {
    await using aws = simulate({ clock: systemClock })
    await createQueue(aws, notes)
    await using producer = createProducer(aws, notes)
    const sent = producer.send('note', { n: 1 })
    await setImmediate()
    expect(numbersSent(aws)).toEqual([[1]])
    await sent
  })

  test('of linger is alone again; one that comes sooner waits for company as long as linger says', async () => {
    await using at = await producing(notes, { linger: '40ms' })
    const { aws, clock, producer } = at
    const sends: Promise<unknown>[] = []
    for (const [n, pause] of [0, 39, 39, 40, 1].entries()) {
      await clock.advance(`${pause}ms`)
      sends.push(producer.send('note', { n }))
    }
    await clock.until(Promise.all(sends))
    expect(calls(aws)).toMatchObject([
      { at: 0, numbers: [0] },
      { at: 79, numbers: [1, 2] },
      { at: 118, numbers: [3] },
      { at: 159, numbers: [4] },
    ])
  })

  test('is not one that follows a full batch', async () => {
    await using at = await producing(notes, { linger: '40ms' })
    const { aws, clock, producer } = at
    const sends = [producer.send('note', { n: 0 })]
    await clock.advance('39ms')
    sends.push(...upTo(10).map((n) => producer.send('note', { n })))
    await clock.advance('6ms')
    sends.push(producer.send('note', { n: 0 }))
    await clock.until(Promise.all(sends))
    expect(calls(aws).map(({ at: time }) => time)).toEqual([0, 39, 85])
  })

  test('of 5 ms is alone, by default', async () => {
    await using at = await producing(notes)
    const { aws, clock, producer } = at
    const sends: Promise<unknown>[] = []
    for (const [n, pause] of [0, 4, 6].entries()) {
      await clock.advance(`${pause}ms`)
      sends.push(producer.send('note', { n }))
    }
    await clock.until(Promise.all(sends))
    expect(calls(aws)).toMatchObject([
      { at: 0, numbers: [0] },
      { at: 9, numbers: [1] },
      { at: 10, numbers: [2] },
    ])
  })
})

test('with a linger of 0 every message leaves with its turn, together with the others of that turn', async () => {
  await using at = await producing(notes, { linger: '0ms' })
  const { aws, clock, producer } = at
  const sends: Promise<unknown>[] = []
  for (const turn of upTo(3)) {
    for (const n of [1, 2, 3]) sends.push(producer.send('note', { n: 10 * turn + n }))
    await clock.advance('0ms')
  }
  expect(calls(aws)).toMatchObject([
    { at: 0, numbers: [1, 2, 3] },
    { at: 0, numbers: [11, 12, 13] },
    { at: 0, numbers: [21, 22, 23] },
  ])
  await Promise.all(sends)
})

test('on flush what waits for company leaves at once, and flush resolves when it has been accepted', async () => {
  await using at = await producing(notes, { linger: '10s' })
  const { aws, clock, producer } = at
  aws.faults.on('send', delayAnswer('30ms'))
  const done: (readonly [string, number])[] = []
  const log = (what: string) => void done.push([what, clock.now()])
  void producer.send('note', { n: 1 }).then(() => log('first sent'))
  await clock.advance('1ms')
  void producer.send('note', { n: 2 }).then(() => log('second sent'))
  await clock.until(producer.flush().then(() => log('flushed')))
  expect(calls(aws)).toMatchObject([
    { at: 0, numbers: [1] },
    { at: 1, numbers: [2] },
  ])
  expect(done).toEqual([
    ['first sent', 30],
    ['second sent', 31],
    ['flushed', 31],
  ])
})

test('nothing is left behind: no timer runs once all has settled', async () => {
  await using at = await producing(notes)
  const { clock, producer } = at
  await clock.until(producer.send('note', { n: 1 }))
  expect(clock.timers).toBe(0)
})
