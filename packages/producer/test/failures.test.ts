import { createProducer, type SendError, type Sent } from '@waybill/producer'
import { describe, expect, test } from 'vitest'
import { account } from './support/account.ts'
import { notes } from './support/contracts.ts'
import { accepted, faulty, refused, sqsError } from './support/faults.ts'
import { rejection } from './support/rejection.ts'
import { virtual } from './support/virtual.ts'

/** What became of sends, without their errors becoming unhandled. */
const outcomes = (sends: readonly Promise<Sent>[]) =>
  Promise.all(
    sends.map((send) =>
      send.then(
        () => 'sent',
        (error: SendError) => error.code,
      ),
    ),
  )

describe('a call that fails in part', () => {
  test('is tried again for those alone that failed, and each send gets its own answer', async () => {
    const at = virtual((entries, call) =>
      entries.map((entry, index) => (call === 0 && index % 2 === 1 ? refused('now') : accepted(`of ${entry.body}`))),
    )
    const producer = createProducer(at.connection, notes)
    const sends = [1, 2, 3, 4].map((n) => producer.send('note', { n }))
    await at.pass('1s')
    expect(at.bodies()).toEqual([
      ['{"n":1}', '{"n":2}', '{"n":3}', '{"n":4}'],
      ['{"n":2}', '{"n":4}'],
    ])
    const messageIds = (await Promise.all(sends)).map(({ messageId }) => messageId)
    expect(messageIds).toEqual([1, 2, 3, 4].map((n) => `of {"n":${n}}`))
  })

  test('rejects only the send that is refused for good', async () => {
    const at = virtual((entries) => entries.map(({ body }) => (body.includes('2') ? refused('never') : accepted())))
    const producer = createProducer(at.connection, notes)
    const sends = [1, 2, 3].map((n) => producer.send('note', { n }, { id: `note-${n}` }))
    const all = outcomes(sends)
    const second = rejection(sends[1] ?? Promise.resolve())
    await at.pass('1s')
    expect(await all).toEqual(['sent', 'refused', 'sent'])
    expect(await second).toMatchObject({
      message: 'note (id note-2) failed: AWS says never.',
      type: 'note',
      id: 'note-2',
      unknown: false,
      cause: { code: 'service' },
    })
    expect(at.calls).toHaveLength(1)
  })

  test('with entries that the answer does not name is tried again for those', async () => {
    const at = virtual((entries, call) => entries.slice(0, call === 0 ? 1 : undefined).map(() => accepted()))
    const producer = createProducer(at.connection, notes)
    const all = outcomes([1, 2, 3].map((n) => producer.send('note', { n })))
    await at.pass('1s')
    expect(await all).toEqual(['sent', 'sent', 'sent'])
    expect(at.bodies()).toEqual([
      ['{"n":1}', '{"n":2}', '{"n":3}'],
      ['{"n":2}', '{"n":3}'],
    ])
  })
})

describe('a call that fails as a whole', () => {
  test('is tried again; with its answer lost, a standard queue may have the message twice', async () => {
    await using at = account()
    await at.create(notes)
    const lossy = faulty(at.aws, async (_entries, call, real) => {
      const results = await real()
      if (call === 0) throw sqsError('now', true)
      return results
    })
    await using producer = createProducer(lossy, notes)
    const { id } = await producer.send('note', { n: 1 })
    const received = await at.received(notes)
    expect(received.map(({ attributes }) => attributes['waybill-id']?.value)).toEqual([id, id])
  })

  test('is tried again after a longer pause when AWS throttles', async () => {
    const at = virtual((entries, call) => {
      if (call < 3) throw sqsError('later')
      return entries.map(() => accepted())
    })
    const producer = createProducer(at.connection, notes, { linger: '0ms' })
    const all = outcomes([producer.send('note', { n: 1 })])
    await at.pass('10s')
    expect(await all).toEqual(['sent'])
    const pauses = at.calls.slice(1).map((call, index) => call.at - (at.calls[index]?.at ?? 0))
    // Full jitter: anything up to 500 ms, doubled each time.
    for (const [index, pause] of pauses.entries()) expect(pause).toBeLessThanOrEqual(500 * 2 ** index)
    expect(pauses).toHaveLength(3)
  })

  test('by an error that is no failure of AWS rejects, and says that nobody knows', async () => {
    const at = virtual(() => Promise.reject(new TypeError('a bug')))
    const producer = createProducer(at.connection, notes)
    const thrown = rejection(producer.send('note', { n: 1 }, { id: 'x' }))
    await at.pass('1s')
    expect(await thrown).toMatchObject({
      code: 'refused',
      unknown: true,
      message: 'note (id x) failed: a bug. It may have been accepted all the same: an answer is missing.',
    })
  })
})

describe('a message that can not be sent', () => {
  test.each([
    ['the producer says', { timeout: '20s' }, {}, 20_000],
    ['the send says', {}, { timeout: '10s' }, 10_000],
    ['neither says: 30 s', {}, {}, 30_000],
  ] as const)('is given up by the timeout that %s', async (_who, producing, sending, end) => {
    const at = virtual(() => Promise.reject(sqsError('now')))
    const producer = createProducer(at.connection, notes, producing)
    let settledAt = 0
    const thrown = rejection(producer.send('note', { n: 1 }, { id: 'x', ...sending })).finally(
      () => (settledAt = at.clock.now()),
    )
    await at.pass('1m')
    expect(await thrown).toMatchObject({
      code: 'timeout',
      unknown: false,
      message: "note (id x) ran out of time on its way to queue 'notes': AWS says now.",
    })
    // After a last try in its last second.
    expect(settledAt).toBeLessThanOrEqual(end)
    expect(settledAt).toBeGreaterThanOrEqual(end - 1_000)
    expect(at.clock.timers).toBe(0)
  })

  test('may have been accepted when its last call is not answered in time', async () => {
    const at = virtual(() => new Promise(() => {}))
    const producer = createProducer(at.connection, notes, { timeout: '2s' })
    const thrown = rejection(producer.send('note', { n: 1 }, { id: 'x' }))
    await at.pass('2s')
    expect(await thrown).toMatchObject({
      code: 'timeout',
      unknown: true,
      message:
        "note (id x) ran out of time on its way to queue 'notes': no call was answered. It may have been accepted all the same: an answer is missing.",
    })
  })
})

describe('a signal that aborts', () => {
  test('before the send rejects it, untried', async () => {
    const at = virtual()
    const producer = createProducer(at.connection, notes)
    const thrown = await rejection(producer.send('note', { n: 1 }, { id: 'x', signal: AbortSignal.abort('enough') }))
    expect(thrown).toMatchObject({
      code: 'aborted',
      cause: 'enough',
      unknown: false,
      message: "note (id x) was given up on its way to queue 'notes': its signal was aborted.",
    })
    expect(at.calls).toEqual([])
  })

  test('while the message waits for company takes it out of its batch', async () => {
    const at = virtual()
    const producer = createProducer(at.connection, notes)
    const controller = new AbortController()
    const all = outcomes([
      producer.send('note', { n: 1 }, { signal: controller.signal }),
      producer.send('note', { n: 2 }),
    ])
    controller.abort()
    await at.pass('5ms')
    expect(await all).toEqual(['aborted', 'sent'])
    expect(at.bodies()).toEqual([['{"n":2}']])
  })

  test('in flight rejects the send as unknown, and leaves its neighbours alone', async () => {
    const answer = Promise.withResolvers<void>()
    const at = virtual(async (entries) => {
      await answer.promise
      return entries.map(() => accepted())
    })
    const producer = createProducer(at.connection, notes)
    const controller = new AbortController()
    const aborted = rejection(producer.send('note', { n: 1 }, { signal: controller.signal }))
    const neighbour = outcomes([producer.send('note', { n: 2 })])
    await at.pass('5ms')
    controller.abort()
    expect(await aborted).toMatchObject({ code: 'aborted', unknown: true })
    answer.resolve()
    expect(await neighbour).toEqual(['sent'])
    expect(at.calls).toHaveLength(1)
  })
})

test('close waits for the call that is under way', async () => {
  const answer = Promise.withResolvers<void>()
  const at = virtual(async (entries) => {
    await answer.promise
    return entries.map(() => accepted())
  })
  const producer = createProducer(at.connection, notes, { linger: '0ms' })
  const steps: string[] = []
  void producer.send('note', { n: 1 }).then(() => steps.push('sent'))
  void producer.close().then(() => steps.push('closed'))
  await at.pass('1s')
  expect(steps).toEqual([])
  answer.resolve()
  await at.pass('0ms')
  expect(steps).toEqual(['sent', 'closed'])
})
