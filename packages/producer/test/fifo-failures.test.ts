import { createProducer, type SendError } from '@waybill/producer'
import { describe, expect, test } from 'vitest'
import { account } from './support/account.ts'
import { stepIn, steps } from './support/contracts.ts'
import { accepted, type Fault, faulty, refused, sqsError } from './support/faults.ts'
import { rejection } from './support/rejection.ts'
import { virtual } from './support/virtual.ts'

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
    const at = virtual((entries) => entries.map(({ body }) => (stepIn(body).n === 1 ? refused('never') : accepted())))
    const producer = createProducer(at.connection, steps)
    const outcomes = sendFour(producer)
    await at.pass('1s')
    const cause = 'step (id a1) failed: AWS says never.'
    const behind = 'was not sent, or it would overtake an earlier message of its group'
    expect(await outcomes).toEqual([
      `refused: ${cause}`,
      `group-failed: step (id a2) ${behind}: ${cause}`,
      'sent',
      `group-failed: step (id a4) ${behind}: ${cause}`,
    ])
  })

  test('leaves its group open to what is sent afterwards', async () => {
    const at = virtual((entries, call) => entries.map(() => (call === 0 ? refused('never') : accepted())))
    const producer = createProducer(at.connection, steps, { linger: '0ms' })
    await expect(producer.send('step', { of: 'a', n: 1 })).rejects.toMatchObject({ code: 'refused' })
    await expect(producer.send('step', { of: 'a', n: 2 })).resolves.toBeDefined()
  })
})

describe('a FIFO message that is tried again', () => {
  const faults: readonly (readonly [string, Fault])[] = [
    ['refused alone', (entries, call) => entries.map(() => (call === 0 ? refused('now') : accepted()))],
    ['left out of the answer', (entries, call) => (call === 0 ? [] : entries.map(() => accepted()))],
    [
      'in a call that fails',
      (entries, call) => (call === 0 ? Promise.reject(sqsError('later')) : entries.map(() => accepted())),
    ],
  ]
  test.each(faults)('goes before its followers: %s', async (_how, fault) => {
    const at = virtual(fault)
    const producer = createProducer(at.connection, steps)
    const outcomes = sendFour(producer)
    await at.pass('10s')
    expect(await outcomes).toEqual(['sent', 'sent', 'sent', 'sent'])
    const ofA = at
      .bodies()
      .flat()
      .map(stepIn)
      .filter(({ of }) => of === 'a')
    expect(ofA.map(({ n }) => n)).toEqual([1, 1, 2, 4])
  })

  test('is stored once, and in its place, when only the answer was lost', async () => {
    await using at = account()
    await at.create(steps)
    const lossy = faulty(at.aws, async (_entries, call, real) => {
      const results = await real()
      if (call % 2 === 0) throw sqsError('now', true)
      return results
    })
    await using producer = createProducer(lossy, steps)
    expect(await sendFour(producer)).toEqual(['sent', 'sent', 'sent', 'sent'])
    const received = (await at.received(steps)).map(({ body }) => stepIn(body))
    expect(received.filter(({ of }) => of === 'a').map(({ n }) => n)).toEqual([1, 2, 4])
    expect(received).toHaveLength(4)
  })

  test('is not sent again 4 minutes after its first try when its outcome is unknown: it might be stored twice', async () => {
    const at = virtual(() => Promise.reject(sqsError('now', true)))
    const producer = createProducer(at.connection, steps, { timeout: '1h' })
    const thrown = rejection(producer.send('step', { of: 'a', n: 1 }))
    await at.pass('1h')
    expect(await thrown).toMatchObject({ code: 'timeout', unknown: true })
    const last = at.calls.at(-1)?.at ?? 0
    expect(last).toBeLessThanOrEqual(240_005)
    expect(last).toBeGreaterThan(230_000)
  })
})
