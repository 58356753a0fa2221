import { createProducer } from '@waybill/producer'
import { defineQueue } from '@waybill/schema'
import { describe, expect, test } from 'vitest'
import { account } from './support/account.ts'
import { numbersByGroup, upTo } from './support/calls.ts'
import { Note, Step, steps } from './support/contracts.ts'

describe('a FIFO queue', () => {
  test('gets the messages of each group in the order of the calls', async () => {
    await using aws = await account([steps])
    await using producer = createProducer(aws, steps)
    await Promise.all(upTo(12).map((n) => producer.send('step', { of: `order-${n % 3}`, n })))
    expect(numbersByGroup(aws, steps)).toEqual({
      'order-0': [0, 3, 6, 9],
      'order-1': [1, 4, 7, 10],
      'order-2': [2, 5, 8, 11],
    })
  })

  test('stores a message of one id once', async () => {
    await using aws = await account([steps])
    await using producer = createProducer(aws, steps)
    const first = await producer.send('step', { of: 'o', n: 1 }, { id: 'once' })
    expect(await producer.send('step', { of: 'o', n: 1 }, { id: 'once' })).toEqual(first)
    await producer.send('step', { of: 'o', n: 1 })
    expect(aws.contents(steps).visible).toHaveLength(2)
  })

  test('takes what deduplicate returns by type and group, and keeps the ids', async () => {
    const keyed = defineQueue('keyed', {
      messages: [Step, Note],
      fifo: true,
      group: (m) => (m.type === 'step' ? m.payload.of : 'a'),
      deduplicate: (m) => `key ${m.payload.n}`,
    })
    await using aws = await account([keyed])
    await using producer = createProducer(aws, keyed)
    await producer.send('step', { of: 'a', n: 1 }, { id: 'first' })
    await producer.send('step', { of: 'a', n: 1 }, { id: 'the-same-again' })
    await producer.send('step', { of: 'b', n: 1 }, { id: 'other-group' })
    await producer.send('note', { n: 1 }, { id: 'other-type' })
    await producer.send('step', { of: 'a', n: 2 }, { id: 'other-key' })
    const ids = aws.contents(keyed).visible.map(({ id }) => id)
    expect(ids).toEqual(['first', 'other-group', 'other-type', 'other-key'])
  })
})
