import { createProducer, type SendError } from '@waybill/producer'
import { delayAnswer, dropAnswer, fail, failEntries, omitEntries } from '@waybill/testing'
import { describe, expect, test } from 'vitest'
import { account } from './support/account.ts'
import { calls, numberIn, numbersByGroup, numbersIn, numbersSent } from './support/calls.ts'
import { steps } from './support/contracts.ts'
import { producing } from './support/producing.ts'
import { outcomes, rejection } from './support/rejection.ts'

type Entry = Readonly<Record<string, unknown>>
const isFirst = ({ MessageBody }: Entry) => numberIn(MessageBody) === 1

/** Three steps of order a and one of order b, sent at once; resolves with what became of each. */
function sendFour(producer: ReturnType<typeof createProducer<typeof steps>>) {
  const sends = [
    producer.send('step', { of: 'a', n: 1 }, { id: 'a1' }),
    producer.send('step', { of: 'a', n: 2 }, { id: 'a2' }),
    producer.send('step', { of: 'b', n: 3 }, { id: 'b3' }),
    producer.send('step', { of: 'a', n: 4 }, { id: 'a4' }),
  ]
  const outcome = (error: SendError) => `${error.code}: ${error.message}`
  return Promise.all(sends.map((send) => send.then(() => 'sent', outcome)))
}

describe('a FIFO message that fails for good', () => {
  test('takes those of its group with it that were sent before it failed, and no other', async () => {
    await using aws = await account([steps])
    aws.faults.on('send', failEntries('access-denied', isFirst))
    await using producer = createProducer(aws, steps)
    const cause = expect.stringMatching(/^refused: step \(id a1\) failed: queue 'steps': .* AccessDenied/)
    const behind = (id: string) =>
      expect.stringMatching(
        new RegExp(
          `^group-failed: step \\(id ${id}\\) was not sent, or it would overtake an earlier message of its group: step \\(id a1\\) failed`,
        ),
      )
    expect(await sendFour(producer)).toEqual([cause, behind('a2'), 'sent', behind('a4')])
    expect(numbersIn(aws, steps)).toEqual([3])
  })

  test('leaves its group open to what is sent afterwards', async () => {
    await using aws = await account([steps])
    aws.faults.on('send', failEntries('access-denied'), { times: 1 })
    await using producer = createProducer(aws, steps)
    await expect(producer.send('step', { of: 'a', n: 1 })).rejects.toMatchObject({ code: 'refused' })
    await expect(producer.send('step', { of: 'a', n: 2 })).resolves.toBeDefined()
  })

  test('by its signal, in a call, holds back what is sent afterwards until that call has ended', async () => {
    await using at = await producing(steps)
    const { aws, clock, producer } = at
    aws.faults.on('send', delayAnswer('2s'), { times: 1 })
    const controller = new AbortController()
    const first = rejection(producer.send('step', { of: 'a', n: 1 }, { signal: controller.signal }))
    const second = rejection(producer.send('step', { of: 'a', n: 2 }))
    await clock.advance('1s')
    controller.abort()
    expect(await first).toMatchObject({ code: 'aborted', unknown: true })
    expect(await second).toMatchObject({ code: 'group-failed', unknown: false })
    await clock.until(producer.send('step', { of: 'a', n: 3 }))
    expect(calls(aws)).toMatchObject([
      { at: 0, numbers: [1] },
      { at: 2_000, numbers: [3] },
    ])
  })
})

describe('a FIFO message that is tried again', () => {
  test.each([
    ['refused alone', failEntries('throttled', isFirst), [[1, 3], [1], [2], [4]]],
    ['left out of the answer', omitEntries(isFirst), [[1, 3], [1], [2], [4]]],
    ['in a call that fails', fail('throttled'), [[1, 3], [1, 3], [2], [4]]],
    ['in a call whose answer is lost', dropAnswer(), [[1, 3], [1, 3], [2], [4]]],
  ])('goes before its followers, and is stored once: %s', async (_how, fault, sent) => {
    await using aws = await account([steps])
    aws.faults.on('send', fault, { times: 1 })
    await using producer = createProducer(aws, steps)
    expect(await sendFour(producer)).toEqual(['sent', 'sent', 'sent', 'sent'])
    expect(numbersSent(aws)).toEqual(sent)
    expect(numbersByGroup(aws, steps)).toEqual({ a: [1, 2, 4], b: [3] })
  })

  test('is stored once, and in its place, when the answer of every other call is lost', async () => {
    await using aws = await account([steps])
    aws.faults.on('send', dropAnswer(), { when: () => calls(aws).length % 2 === 1 })
    await using producer = createProducer(aws, steps)
    expect(await sendFour(producer)).toEqual(['sent', 'sent', 'sent', 'sent'])
    expect(numbersByGroup(aws, steps)).toEqual({ a: [1, 2, 4], b: [3] })
    expect(calls(aws).length).toBeGreaterThan(4)
  })

  test('is not sent again 4 minutes after its first try when its outcome is unknown: it might be stored twice', async () => {
    await using at = await producing(steps, { timeout: '1h' })
    const { aws, clock, producer } = at
    aws.faults.on('send', dropAnswer())
    const thrown = rejection(producer.send('step', { of: 'a', n: 1 }))
    expect(await clock.until(thrown)).toMatchObject({ code: 'timeout', unknown: true })
    const last = calls(aws).at(-1)?.at ?? 0
    expect(last).toBeLessThanOrEqual(240_000)
    expect(last).toBeGreaterThan(230_000)
    expect(numbersIn(aws, steps)).toEqual([1])
  })

  test('is sent again for as long as its timeout says when it was surely refused', async () => {
    await using at = await producing(steps, { timeout: '1h' })
    const { aws, clock, producer } = at
    const throttling = aws.faults.on('send', fail('throttled'))
    const sent = outcomes([producer.send('step', { of: 'a', n: 1 })])
    await clock.advance('50m')
    throttling[Symbol.dispose]()
    expect(await clock.until(sent)).toEqual(['sent'])
  })
})
