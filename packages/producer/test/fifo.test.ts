import { createProducer } from '@waybill/producer'
import { defineQueue } from '@waybill/schema'
import { describe, expect, test } from 'vitest'
import { account, texts } from './support/account.ts'
import { Note, Step, stepIn, steps } from './support/contracts.ts'

describe('a FIFO queue', () => {
  test('gets the messages of each group in the order of the calls', async () => {
    await using at = account()
    await at.create(steps)
    await using producer = createProducer(at.aws, steps)
    const numbers = Array.from({ length: 12 }, (_, n) => n)
    await Promise.all(numbers.map((n) => producer.send('step', { of: `order-${n % 3}`, n })))
    const received = await at.received(steps)
    for (const third of [0, 1, 2]) {
      const inGroup = received.filter(({ group }) => group === `order-${third}`)
      expect(inGroup.map(({ body }) => stepIn(body).n)).toEqual(numbers.filter((n) => n % 3 === third))
    }
  })

  test('stores a message of one id once', async () => {
    await using at = account()
    await at.create(steps)
    await using producer = createProducer(at.aws, steps)
    const first = await producer.send('step', { of: 'o', n: 1 }, { id: 'once' })
    expect(await producer.send('step', { of: 'o', n: 1 }, { id: 'once' })).toEqual(first)
    await producer.send('step', { of: 'o', n: 1 })
    expect(await at.received(steps)).toHaveLength(2)
  })

  test('takes what deduplicate returns by type and group, and keeps the ids', async () => {
    const keyed = defineQueue('keyed', {
      messages: [Step, Note],
      fifo: true,
      group: (m) => (m.type === 'step' ? m.payload.of : 'a'),
      deduplicate: (m) => `key ${m.payload.n}`,
    })
    await using at = account()
    await at.create(keyed)
    await using producer = createProducer(at.aws, keyed)
    await producer.send('step', { of: 'a', n: 1 }, { id: 'first' })
    await producer.send('step', { of: 'a', n: 1 }, { id: 'the-same-again' })
    await producer.send('step', { of: 'b', n: 1 }, { id: 'other-group' })
    await producer.send('note', { n: 1 }, { id: 'other-type' })
    await producer.send('step', { of: 'a', n: 2 }, { id: 'other-key' })
    const ids = (await at.received(keyed)).map((message) => texts(message)['waybill-id'])
    expect(ids).toHaveLength(4)
    expect(new Set(ids)).toEqual(new Set(['first', 'other-group', 'other-type', 'other-key']))
  })
})
