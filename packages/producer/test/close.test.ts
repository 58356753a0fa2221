import { getEventListeners } from 'node:events'
import { createProducer, SendError } from '@waybill/producer'
import { delayAnswer, delayCall, fail, hang, simulate } from '@waybill/testing'
import { describe, expect, test } from 'vitest'
import { account } from './support/account.ts'
import { all } from './support/all.ts'
import { calls, numbersIn, numbersSent, upTo } from './support/calls.ts'
import { notes } from './support/contracts.ts'
import { producing } from './support/producing.ts'
import { outcomes, rejection } from './support/rejection.ts'

const some = (count: number) => upTo(count).map((n) => ({ type: 'note', payload: { n } }) as const)

describe('close', () => {
  test('sends what waits for company, and resolves when the calls have been answered', async () => {
    await using at = await producing(notes, { linger: '10s' })
    const { aws, clock, producer } = at
    aws.faults.on('send', delayAnswer('30ms'))
    const sends = [producer.send('note', { n: 1 })]
    await clock.advance('1ms')
    sends.push(producer.send('note', { n: 2 }))
    expect(await clock.until(producer.close())).toEqual([])
    expect(clock.now()).toBe(31)
    expect(await outcomes(sends)).toEqual(['sent', 'sent'])
    expect(numbersSent(aws)).toEqual([[1], [2]])
  })

  test('waits for what backs off, until its own timeout', async () => {
    await using at = await producing(notes, { timeout: '1m' })
    const { aws, clock, producer } = at
    aws.faults.on('send', fail('throttled'))
    const send = outcomes([producer.send('note', { n: 1 })])
    expect(await clock.until(producer.close())).toEqual([])
    expect(await send).toEqual(['timeout'])
    expect(clock.now()).toBeGreaterThanOrEqual(59_000)
  })

  test('takes nothing more, however often it is called', async () => {
    await using aws = simulate()
    const producer = createProducer(aws, notes)
    expect(await Promise.all([producer.close(), producer.close()])).toEqual([[], []])
    await expect(producer.send('note', { n: 1 }, { id: 'late' })).rejects.toThrow(
      new SendError('closed', 'note', 'late', "was not sent: the producer of queue 'notes' is closed."),
    )
    const results = producer.sendMany([{ type: 'note', payload: { n: 1 } }])
    expect(await all(results)).toMatchObject([{ ok: false, error: { code: 'closed' } }])
  })

  test('is what await using does; the connection stays open', async () => {
    await using aws = await account([notes])
    const sends: Promise<unknown>[] = []
    {
      await using producer = createProducer(aws, notes)
      sends.push(producer.send('note', { n: 1 }))
    }
    expect(numbersIn(aws, notes)).toEqual([1])
    await Promise.all(sends)
    await using next = createProducer(aws, notes)
    await expect(next.send('note', { n: 2 })).resolves.toBeDefined()
  })
})

describe('close with a timeout', () => {
  test('ends then: what is unsent rejects, and is given back in the order in which it was sent', async () => {
    await using at = await producing(notes, { maxInFlight: 1 })
    const { aws, clock, producer } = at
    aws.faults.on('send', hang())
    const sends = upTo(12).map((n) => producer.send('note', { n }, { id: `note-${n}` }))
    const errors = Promise.all(sends.map((send) => rejection(send)))
    await clock.advance('1s')
    const unsent = await clock.until(producer.close({ timeout: '5s' }))
    expect(clock.now()).toBe(6_000)
    expect(unsent).toEqual(
      upTo(12).map((n) => ({ type: 'note', payload: { n }, options: { id: `note-${n}` }, unknown: n < 10 })),
    )
    const why = (n: number) =>
      n < 10
        ? "was given up on its way to queue 'notes': the producer was closed. It may have been accepted all the same: an answer is missing."
        : "was not sent: the producer of queue 'notes' is closed."
    expect(await errors).toMatchObject(
      upTo(12).map((n) => ({
        code: 'closed',
        unknown: n < 10,
        message: `note (id note-${n}) ${why(n)}`,
      })),
    )
  })

  test('cuts its calls, makes none any more, and leaves neither a timer nor a listener', async () => {
    await using at = await producing(notes, { maxInFlight: 1 })
    const { aws, clock, producer } = at
    aws.faults.on('send', hang(), { times: 1 })
    const { signal } = new AbortController()
    const sends = outcomes(upTo(12).map((n) => producer.send('note', { n }, { signal })))
    await clock.until(producer.close({ timeout: '5s' }))
    await clock.advance('0ms')
    expect(calls(aws)).toMatchObject([{ outcome: 'failed', numbers: upTo(10) }])
    expect(await sends).toEqual(Array(12).fill('closed'))
    expect([clock.timers, getEventListeners(signal, 'abort')]).toEqual([0, []])
  })

  test('makes no call for what it finds only afterwards', async () => {
    await using at = await producing(notes)
    const { aws, clock, producer } = at
    aws.faults.on('admin', delayCall('3s'))
    const send = outcomes([producer.send('note', { n: 1 })])
    expect(await clock.until(producer.close({ timeout: '1s' }))).toHaveLength(1)
    await clock.advance('1m')
    expect(await send).toEqual(['closed'])
    expect(calls(aws)).toEqual([])
  })

  test('gives up what backs off, which is unknown only if an answer was lost', async () => {
    await using at = await producing(notes)
    const { aws, clock, producer } = at
    aws.faults.on('send', fail('throttled'), { when: ({ entries }) => entries.length === 1 })
    aws.faults.on('send', fail('network'))
    const sends = [rejection(producer.send('note', { n: 1 }))]
    await clock.advance('10ms')
    sends.push(...[2, 3].map((n) => rejection(producer.send('note', { n }))))
    await clock.advance('10ms')
    const unsent = await clock.until(producer.close({ timeout: '1ms' }))
    expect(unsent.map(({ payload, unknown }) => [payload.n, unknown])).toEqual([
      [1, false],
      [2, true],
      [3, true],
    ])
    expect((await Promise.all(sends)).map(({ unknown }) => unknown)).toEqual([false, true, true])
    expect(clock.timers).toBe(0)
  })

  test('of 0 ms gives up whatever is not answered in its turn', async () => {
    await using at = await producing(notes)
    const { aws, clock, producer } = at
    aws.faults.on('send', delayAnswer('1ms'), { times: 1 })
    const sends = outcomes([...upTo(10).map((n) => producer.send('note', { n })), producer.send('note', { n: 10 })])
    const unsent = await clock.until(producer.close({ timeout: '0ms' }))
    expect(unsent.map(({ payload }) => payload.n)).toEqual(upTo(10))
    expect(await sends).toEqual([...Array<string>(10).fill('closed'), 'sent'])
    expect(clock.now()).toBe(0)
  })

  test('resolves as soon as all is settled, with nothing', async () => {
    await using at = await producing(notes)
    const { aws, clock, producer } = at
    aws.faults.on('send', delayAnswer('2s'))
    const send = outcomes([producer.send('note', { n: 1 })])
    expect(await clock.until(producer.close({ timeout: '1h' }))).toEqual([])
    expect(await send).toEqual(['sent'])
    expect([clock.now(), clock.timers]).toEqual([2_000, 0])
  })

  test('and another close agree: both end with the first that ends, and with the same messages', async () => {
    await using at = await producing(notes)
    const { aws, clock, producer } = at
    aws.faults.on('send', hang())
    const send = outcomes([producer.send('note', { n: 1 })])
    await clock.advance('0ms')
    const closes = [producer.close(), producer.close({ timeout: '2s' }), producer.close({ timeout: '1s' })]
    const [first, ...others] = await clock.until(Promise.all(closes))
    expect(clock.now()).toBe(1_000)
    expect(first).toMatchObject([{ payload: { n: 1 }, unknown: true }])
    expect(others).toEqual([first, first])
    expect(await producer.close()).toEqual(first)
    expect(await send).toEqual(['closed'])
    expect(clock.timers).toBe(0)
  })

  test('gives back what sendMany has taken, also what waits for room; sendMany takes nothing more', async () => {
    await using at = await producing(notes, { buffer: { messages: 2 } })
    const { aws, clock, producer } = at
    aws.faults.on('send', hang())
    const done = all(producer.sendMany(some(5)))
    await clock.advance('1s')
    const unsent = await clock.until(producer.close({ timeout: '1s' }))
    expect(unsent.map(({ payload, unknown }) => [payload.n, unknown])).toEqual([
      [0, true],
      [1, true],
      [2, false],
    ])
    const refused = (unknown: boolean) => ({ ok: false, error: { code: 'closed', unknown } })
    expect(await clock.until(done)).toMatchObject([true, true, false].map(refused))
  })

  test('sends what waits for room when there is time, and refuses what sendMany takes after it', async () => {
    await using at = await producing(notes, { buffer: { messages: 2 } })
    const { aws, clock, producer } = at
    aws.faults.on('send', delayAnswer('1s'))
    const done = all(producer.sendMany(some(5)))
    await clock.advance('500ms')
    expect(await clock.until(producer.close({ timeout: '10s' }))).toEqual([])
    expect((await clock.until(done)).map(({ ok, error }) => ok || (error as SendError).code)).toEqual([
      true,
      true,
      true,
      'closed',
    ])
    expect(numbersIn(aws, notes)).toEqual([0, 1, 2])
  })

  test('ends what waits for room too, while the queue is still looked for; a second close gives back the same', async () => {
    await using at = await producing(notes, { buffer: { messages: 2 } })
    const { aws, clock, producer } = at
    aws.faults.on('admin', delayCall('8s'))
    let told = false
    void all(producer.sendMany(some(5))).then(() => (told = true))
    await clock.advance('500ms')
    await clock.until(producer.close({ timeout: '1s' }))
    await clock.advance('10ms')
    expect(told).toBe(true)
    const unsent = await clock.until(producer.close({ timeout: '1s' }))
    expect(unsent.map(({ payload }) => payload.n)).toEqual([0, 1, 2])
  })
})
