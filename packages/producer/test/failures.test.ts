import { createProducer } from '@waybill/producer'
import { delayAnswer, dropAnswer, fail, failEntries, hang, omitEntries, type Simulation } from '@waybill/testing'
import { describe, expect, test } from 'vitest'
import { account } from './support/account.ts'
import { calls, numberIn, numbersIn, numbersSent } from './support/calls.ts'
import { notes } from './support/contracts.ts'
import { producing } from './support/producing.ts'
import { outcomes, rejection } from './support/rejection.ts'

/** Entries with one of these numbers. */
const withNumber =
  (...wanted: readonly number[]) =>
  ({ MessageBody }: Readonly<Record<string, unknown>>) =>
    wanted.includes(numberIn(MessageBody))

/** From each call to the next, in milliseconds. */
function pausesOf(aws: Simulation): number[] {
  const times = calls(aws).map(({ at }) => at)
  return times.slice(1).map((at, index) => at - (times[index] ?? 0))
}

describe('a call that fails in part', () => {
  test.each([
    ['refused', failEntries('unavailable', withNumber(2, 4))],
    ['throttled', failEntries('throttled', withNumber(2, 4))],
    ['left out of the answer', omitEntries(withNumber(2, 4))],
  ])('is tried again for those alone that are %s, and each send gets its own answer', async (how, fault) => {
    await using aws = await account([notes])
    aws.faults.on('send', fault, { times: 1 })
    await using producer = createProducer(aws, notes)
    const sent = await Promise.all([1, 2, 3, 4].map((n) => producer.send('note', { n })))
    expect(numbersSent(aws)).toEqual([
      [1, 2, 3, 4],
      [2, 4],
    ])
    const { visible } = aws.contents(notes)
    const stored = visible.map(({ messageId, body }) => [messageId, numberIn(body)])
    expect(stored).toEqual(expect.arrayContaining(sent.map(({ messageId }, index) => [messageId, index + 1])))
    // An entry that the answer left out was stored all the same.
    expect(stored).toHaveLength(how === 'left out of the answer' ? 6 : 4)
  })

  test('rejects only the send that is refused for good', async () => {
    await using aws = await account([notes])
    aws.faults.on('send', failEntries('access-denied', withNumber(2)))
    await using producer = createProducer(aws, notes)
    const sends = [1, 2, 3].map((n) => producer.send('note', { n }, { id: `note-${n}` }))
    const second = rejection(sends[1])
    expect(await outcomes(sends)).toEqual(['sent', 'refused', 'sent'])
    expect(await second).toMatchObject({
      message:
        "note (id note-2) failed: queue 'notes': SendMessageBatch was refused for this message: AccessDenied: Access to the resource is denied. Allow sqs:SendMessage to the credentials of this process.",
      type: 'note',
      id: 'note-2',
      unknown: false,
      cause: { code: 'access-denied' },
    })
    expect(calls(aws)).toHaveLength(1)
  })
})

describe('a call that fails as a whole', () => {
  test('is tried again; with its answer lost, a standard queue may have the message twice', async () => {
    await using aws = await account([notes])
    aws.faults.on('send', dropAnswer(), { times: 1 })
    await using producer = createProducer(aws, notes)
    const { id } = await producer.send('note', { n: 1 })
    expect(aws.contents(notes).visible.map((message) => message.id)).toEqual([id, id])
  })

  test('is cut after 10 s without an answer, and tried again', async () => {
    await using at = await producing(notes)
    const { aws, clock, producer } = at
    aws.faults.on('send', hang(), { times: 1 })
    await clock.until(producer.send('note', { n: 1 }))
    const [first, second] = calls(aws)
    expect([first?.at, first?.outcome, second?.outcome]).toEqual([0, 'failed', 'answered'])
    expect(second?.at).toBeGreaterThanOrEqual(10_000)
    expect(second?.at).toBeLessThanOrEqual(10_050)
    expect(numbersIn(aws, notes)).toEqual([1])
  })

  test('has its 10 s together with the look-up of its queue', async () => {
    await using at = await producing(notes)
    const { aws, clock, producer } = at
    aws.faults.on('admin', delayAnswer('8s'), { times: 1 })
    aws.faults.on('send', hang(), { times: 1 })
    await clock.until(producer.send('note', { n: 1 }))
    const [first, second] = calls(aws)
    expect(first?.at).toBe(8_000)
    expect(second?.at).toBeGreaterThanOrEqual(10_000)
    expect(second?.at).toBeLessThanOrEqual(10_050)
  })

  test.each([
    ['2 s', 'network', 2_000],
    ['10 s when AWS throttles', 'throttled', 10_000],
  ] as const)('is tried again after %s at the latest', async (_when, failure, longest) => {
    await using at = await producing(notes, { timeout: '10m' })
    const { aws, clock, producer } = at
    aws.faults.on('send', fail(failure), { times: 20 })
    await clock.until(producer.send('note', { n: 1 }))
    const pauses = pausesOf(aws)
    expect(pauses).toHaveLength(20)
    expect(Math.max(...pauses)).toBeLessThanOrEqual(longest)
    expect(Math.max(...pauses)).toBeGreaterThan(longest / 2)
  })

  test('is tried again after a longer pause when AWS throttles', async () => {
    await using at = await producing(notes)
    const { aws, clock, producer } = at
    aws.faults.on('send', fail('throttled'), { times: 3 })
    await clock.until(producer.send('note', { n: 1 }))
    const pauses = pausesOf(aws)
    // Full jitter: anything up to 500 ms, doubled each time.
    for (const [index, pause] of pauses.entries()) expect(pause).toBeLessThanOrEqual(500 * 2 ** index)
    expect(Math.max(...pauses)).toBeGreaterThan(200)
    expect(pauses).toHaveLength(3)
  })

  test('by an error that is no failure of AWS rejects, and says that nobody knows', async () => {
    await using aws = await account([notes])
    aws.faults.on('send', fail(new TypeError('a bug')))
    await using producer = createProducer(aws, notes)
    expect(await rejection(producer.send('note', { n: 1 }, { id: 'x' }))).toMatchObject({
      code: 'refused',
      unknown: true,
      message:
        "note (id x) failed: queue 'notes': SendMessageBatch failed: TypeError: a bug. It may have been accepted all the same: an answer is missing.",
    })
  })
})

describe('a message that can not be sent', () => {
  test.each([
    ['the producer says', { timeout: '20s' }, {}, 20_000],
    ['the send says', {}, { timeout: '10s' }, 10_000],
    ['neither says: 30 s', {}, {}, 30_000],
  ] as const)('is given up by the timeout that %s', async (_who, options, sendOptions, end) => {
    await using at = await producing(notes, options)
    const { aws, clock, producer } = at
    aws.faults.on('send', fail('throttled'))
    expect(await clock.until(rejection(producer.send('note', { n: 1 }, { id: 'x', ...sendOptions })))).toMatchObject({
      code: 'timeout',
      unknown: false,
      message:
        "note (id x) ran out of time on its way to queue 'notes': queue 'notes': SendMessageBatch was refused: RequestThrottled: Request is throttled.",
    })
    // After a last try in its last second.
    expect(clock.now()).toBeLessThanOrEqual(end)
    expect(clock.now()).toBeGreaterThanOrEqual(end - 1_000)
    expect(clock.timers).toBe(0)
  })

  test('may have been accepted when its last call is not answered in time', async () => {
    await using at = await producing(notes, { timeout: '2s' })
    const { aws, clock, producer } = at
    aws.faults.on('send', hang())
    expect(await clock.until(rejection(producer.send('note', { n: 1 }, { id: 'x' })))).toMatchObject({
      code: 'timeout',
      unknown: true,
      message:
        "note (id x) ran out of time on its way to queue 'notes': no call was answered. It may have been accepted all the same: an answer is missing.",
    })
    expect(clock.now()).toBe(2_000)
  })

  test('may have been accepted when any answer was lost, whatever the last one said', async () => {
    await using aws = await account([notes])
    aws.faults.on('send', dropAnswer(), { times: 1 })
    aws.faults.on('send', fail('access-denied'))
    await using producer = createProducer(aws, notes)
    expect(await rejection(producer.send('note', { n: 1 }))).toMatchObject({ code: 'refused', unknown: true })
    expect(numbersIn(aws, notes)).toEqual([1])
  })
})

describe('a signal that aborts', () => {
  test('before the send rejects it, untried', async () => {
    await using aws = await account([notes])
    await using producer = createProducer(aws, notes)
    const signal = AbortSignal.abort('enough')
    expect(await rejection(producer.send('note', { n: 1 }, { id: 'x', signal }))).toMatchObject({
      code: 'aborted',
      cause: 'enough',
      unknown: false,
      message: "note (id x) was given up on its way to queue 'notes': its signal was aborted.",
    })
    expect(calls(aws)).toEqual([])
  })

  test('while the message waits for company takes it out of its batch', async () => {
    await using aws = await account([notes])
    await using producer = createProducer(aws, notes)
    const controller = new AbortController()
    const all = outcomes([
      producer.send('note', { n: 1 }, { signal: controller.signal }),
      producer.send('note', { n: 2 }),
    ])
    controller.abort()
    expect(await all).toEqual(['aborted', 'sent'])
    expect(numbersSent(aws)).toEqual([[2]])
  })

  test('in flight rejects the send as unknown, and leaves its neighbours alone', async () => {
    await using at = await producing(notes)
    const { aws, clock, producer } = at
    aws.faults.on('send', delayAnswer('1s'))
    const controller = new AbortController()
    const aborted = rejection(producer.send('note', { n: 1 }, { signal: controller.signal }))
    const neighbour = outcomes([producer.send('note', { n: 2 })])
    await clock.advance('5ms')
    controller.abort()
    expect(await aborted).toMatchObject({ code: 'aborted', unknown: true })
    expect(await clock.until(neighbour)).toEqual(['sent'])
    expect(calls(aws)).toHaveLength(1)
  })

  test('while the message backs off rejects it, and it is not tried again', async () => {
    await using at = await producing(notes)
    const { aws, clock, producer } = at
    aws.faults.on('send', fail('throttled'))
    const controller = new AbortController()
    const aborted = rejection(producer.send('note', { n: 1 }, { signal: controller.signal }))
    await clock.advance('0ms')
    controller.abort()
    expect(await aborted).toMatchObject({ code: 'aborted', unknown: false })
    await clock.advance('1m')
    expect(calls(aws)).toHaveLength(1)
  })
})
