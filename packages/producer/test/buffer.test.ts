import { getEventListeners } from 'node:events'
import { type Producer, type Sending } from '@waybill/producer'
import { delayAnswer, fail, hang } from '@waybill/testing'
import { expect, test } from 'vitest'
import { all } from './support/all.ts'
import { calls, numbersIn, numbersSent, upTo } from './support/calls.ts'
import { type Note, notes } from './support/contracts.ts'
import { producing } from './support/producing.ts'
import { outcomes } from './support/rejection.ts'

/** Sends so many, numbered on from `from`. */
function sendSome(
  producer: Producer<typeof Note>,
  from: number,
  count: number,
  options: Sending<typeof Note>['options'] = {},
) {
  const messages = upTo(count).map((n) => ({ type: 'note', payload: { n: from + n }, options }) as const)
  const results = producer.sendMany(messages)
  return { progress: results.progress, done: all(results) }
}

test('a send never waits for room', async () => {
  await using at = await producing(notes, { buffer: { messages: 2, bytes: 10 } })
  const { aws, clock, producer } = at
  aws.faults.on('send', delayAnswer('1s'))
  const sends = upTo(25).map((n) => producer.send('note', { n }))
  await clock.advance('5ms')
  expect(numbersSent(aws).flat()).toEqual(upTo(25))
  await clock.until(Promise.all(sends))
})

test('sendMany takes no more while the buffer is full of messages', async () => {
  await using at = await producing(notes, { buffer: { messages: 3 } })
  const { aws, clock, producer } = at
  aws.faults.on('send', delayAnswer('1s'))
  const { signal } = new AbortController()
  const { progress, done } = sendSome(producer, 0, 8, { signal })
  await clock.advance('999ms')
  // One more than there is room for: that shows only when it has been taken.
  expect(progress).toEqual({ taken: 4, sent: 0, failed: 0 })
  expect(numbersSent(aws)).toEqual([[0, 1, 2]])
  await clock.advance('1s')
  expect(progress).toEqual({ taken: 7, sent: 3, failed: 0 })
  expect(numbersSent(aws)).toEqual([
    [0, 1, 2],
    [3, 4, 5],
  ])
  await clock.until(done)
  expect(numbersIn(aws, notes)).toEqual(upTo(8))
  expect(getEventListeners(signal, 'abort')).toEqual([])
})

test('sendMany takes no more while the buffer is full of bytes, and one too big for all of it goes alone', async () => {
  await using at = await producing(notes, { buffer: { bytes: 10_000 } })
  const { aws, clock, producer } = at
  aws.faults.on('send', delayAnswer('1s'))
  const sizes = [6_000, 6_000, 3_000, 20_000, 10]
  const results = producer.sendMany(
    sizes.map((size, n) => ({ type: 'note', payload: { n, text: 'x'.repeat(size) } }) as const),
  )
  await clock.until(all(results))
  expect(calls(aws)).toMatchObject([
    { at: 0, numbers: [0] },
    { at: 1_000, numbers: [1, 2] },
    { at: 2_000, numbers: [3] },
    { at: 3_000, numbers: [4] },
  ])
})

test('a send takes room from a sendMany', async () => {
  await using at = await producing(notes, { buffer: { messages: 3 } })
  const { aws, clock, producer } = at
  aws.faults.on('send', delayAnswer('1s'))
  const sends = upTo(3).map((n) => producer.send('note', { n }))
  const { progress, done } = sendSome(producer, 3, 2)
  await clock.advance('999ms')
  expect(progress.taken).toBe(1)
  await clock.until(Promise.all([...sends, done]))
  expect(numbersSent(aws)).toEqual([
    [0, 1, 2],
    [3, 4],
  ])
})

test('several sendManys get room in the order in which they ask for it', async () => {
  await using at = await producing(notes, { buffer: { messages: 2 } })
  const { aws, clock, producer } = at
  aws.faults.on('send', delayAnswer('1s'))
  const asked: number[] = []
  function* source(from: number): Generator<Sending<typeof Note>> {
    for (let n = from; n < from + 4; n++) {
      asked.push(n)
      yield { type: 'note', payload: { n } }
    }
  }
  await clock.until(Promise.all([0, 10, 20].map((from) => all(producer.sendMany(source(from))))))
  expect(asked.slice(0, 4)).toEqual([0, 10, 20, 1])
  expect(numbersSent(aws)).toHaveLength(6)
  expect(numbersSent(aws).flat()).toEqual(asked)
})

test.each([
  ['refused', fail('access-denied'), {}],
  ['given up by its timeout', fail('throttled'), { timeout: '2s' }],
  ['given up in a call', hang(), { timeout: '2s' }],
] as const)('a message that is %s gives its room back', async (_how, fault, options) => {
  await using at = await producing(notes, { buffer: { messages: 2 } })
  const { aws, clock, producer } = at
  const failing = aws.faults.on('send', fault)
  const first = sendSome(producer, 0, 5, options).done
  expect((await clock.until(first)).map(({ ok }) => ok)).toEqual(Array(5).fill(false))
  failing[Symbol.dispose]()
  const second = sendSome(producer, 5, 5).done
  expect((await clock.until(second)).map(({ ok }) => ok)).toEqual(Array(5).fill(true))
})

test('the time that a message waits for room is not counted on its timeout', async () => {
  await using at = await producing(notes, { buffer: { messages: 1 } })
  const { aws, clock, producer } = at
  aws.faults.on('send', delayAnswer('3s'))
  const { done } = sendSome(producer, 0, 3, { timeout: '4s' })
  expect(await clock.until(done)).toMatchObject([{ ok: true }, { ok: true }, { ok: true }])
  expect(clock.now()).toBe(9_000)
})

test('a signal that aborts gives up a message which waits for room, and lets in the one behind it', async () => {
  await using at = await producing(notes, { buffer: { bytes: 10_000 } })
  const { aws, clock, producer } = at
  aws.faults.on('send', delayAnswer('1s'))
  const text = 'x'.repeat(6_000)
  const sent = outcomes([producer.send('note', { n: 0, text })])
  const controller = new AbortController()
  const big = { type: 'note', payload: { n: 1, text }, options: { signal: controller.signal } } as const
  const waiting = all(producer.sendMany([big]))
  const next = all(producer.sendMany([{ type: 'note', payload: { n: 2 } }]))
  await clock.advance('500ms')
  controller.abort()
  expect(await waiting).toMatchObject([{ ok: false, error: { code: 'aborted', unknown: false } }])
  expect(await clock.until(next)).toMatchObject([{ ok: true }])
  expect(await sent).toEqual(['sent'])
  expect(calls(aws)).toMatchObject([
    { at: 0, numbers: [0] },
    { at: 500, numbers: [2] },
  ])
  expect(getEventListeners(controller.signal, 'abort')).toEqual([])
})
