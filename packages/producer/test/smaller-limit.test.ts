import { createProducer } from '@waybill/producer'
import { type ApiCall, delayAnswer, fail, type Fault } from '@waybill/testing'
import { describe, expect, test } from 'vitest'
import { account } from './support/account.ts'
import { numbersIn, numbersSent, upTo } from './support/calls.ts'
import { news, notes, steps } from './support/contracts.ts'
import { producing } from './support/producing.ts'
import { outcomes, rejection } from './support/rejection.ts'

const bytesIn = ({ entries }: ApiCall) =>
  entries.reduce((bytes, { MessageBody, Message }) => bytes + String(MessageBody ?? Message).length, 0)

/** AWS with a MaximumMessageSize under the largest: it refuses a call that has more as a whole. */
const takingUpTo =
  (bytes: number): Fault =>
  (call, make, tools) =>
    bytesIn(call) <= bytes ? make() : tooLong(call, make, tools)

const tooLong = fail(Object.assign(new Error('Batch requests cannot be that long.'), { name: 'BatchRequestTooLong' }))

const text = 'x'.repeat(8_000)

describe('a queue or topic that takes less than the largest MaximumMessageSize', () => {
  test('gets a batch that is too large for it in halves, in order', async () => {
    await using aws = await account([notes])
    aws.faults.on('send', takingUpTo(32_768))
    await using producer = createProducer(aws, notes)
    await Promise.all(upTo(10).map((n) => producer.send('note', { n, text })))
    expect(numbersSent(aws)).toEqual([
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
      [0, 1, 2, 3, 4],
      [0, 1, 2],
      [3, 4],
      [5, 6, 7, 8, 9],
      [5, 6, 7],
      [8, 9],
    ])
    expect(numbersIn(aws, notes)).toEqual(upTo(10))
  })

  test('gets what is published in halves too', async () => {
    await using aws = await account([news])
    aws.faults.on('publish', takingUpTo(65_536))
    await using producer = createProducer(aws, news)
    await Promise.all(upTo(10).map((n) => producer.send('note', { n, text })))
    expect(numbersSent(aws).map(({ length }) => length)).toEqual([10, 5, 5])
  })

  test('refuses by itself the message that is too large alone', async () => {
    await using aws = await account([notes])
    aws.faults.on('send', takingUpTo(4_000))
    await using producer = createProducer(aws, notes)
    const sends = [1, 2, 3].map((n) => producer.send('note', { n, ...(n === 2 && { text }) }, { id: `note-${n}` }))
    const second = rejection(sends[1])
    expect(await outcomes(sends)).toEqual(['sent', 'refused', 'sent'])
    expect(await second).toMatchObject({ code: 'refused', id: 'note-2', unknown: false, cause: { code: 'too-large' } })
  })

  test('gets again only the half whose call failed', async () => {
    await using at = await producing(steps)
    const { aws, clock, producer } = at
    aws.faults.on('send', fail('network'), { times: 1, when: () => numbersSent(aws).length === 3 })
    aws.faults.on('send', takingUpTo(20_000))
    const of = (order: string) => order.repeat(8_000)
    const sends = ['a', 'b', 'c', 'd'].map((order, n) => producer.send('step', { of: of(order), n }))
    await clock.until(Promise.all(sends))
    expect(numbersSent(aws)).toEqual([
      [0, 1, 2, 3],
      [0, 1],
      [2, 3],
      [2, 3],
    ])
  })

  test('gets no part of a call later than the 10 s that a call has: what is left is tried again', async () => {
    await using at = await producing(notes)
    const { aws, clock, producer } = at
    aws.faults.on('send', takingUpTo(8_100), { when: ({ entries }) => entries.length > 1 })
    aws.faults.on('send', delayAnswer('8s'), { times: 2 })
    const sends = upTo(4).map((n) => producer.send('note', { n, text }))
    await clock.advance('11s')
    const ofTheFirst = [[0, 1, 2, 3], [0, 1], [0], [1]]
    const ofTheNext = [[1, 2, 3], [1, 2], [1], [2], [3]]
    expect(numbersSent(aws)).toEqual([...ofTheFirst, ...ofTheNext])
    await clock.until(Promise.all(sends))
    expect(new Set(numbersIn(aws, notes))).toEqual(new Set(upTo(4)))
  })
})
