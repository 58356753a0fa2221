import { sleep } from '@waybill/core'
import { createProducer, type Sending, type SendResult } from '@waybill/producer'
import { delayAnswer, failEntries, hang } from '@waybill/testing'
import { describe, expect, test } from 'vitest'
import { account } from './support/account.ts'
import { all } from './support/all.ts'
import { calls, numberIn, numbersIn, upTo } from './support/calls.ts'
import { type Note, notes, steps } from './support/contracts.ts'
import { producing } from './support/producing.ts'

type NoteSending = Sending<typeof Note>
const note = (n: number): NoteSending => ({ type: 'note', payload: { n } })
const numbers = (results: readonly SendResult<NoteSending>[]) =>
  results.map(({ message, ok }) => [message.payload.n, ok])

describe('sendMany', () => {
  test('sends all that an iterable gives, ten to a call, and yields the outcomes in order', async () => {
    await using aws = await account([notes])
    await using producer = createProducer(aws, notes)
    const results = await all(producer.sendMany(upTo(25).map(note)))
    expect(numbers(results)).toEqual(upTo(25).map((n) => [n, true]))
    expect(calls(aws).map((call) => call.numbers.length)).toEqual([10, 10, 5])
    const { visible } = aws.contents(notes)
    expect(results.map((result) => result.ok && result.messageId)).toEqual(visible.map(({ messageId }) => messageId))
    expect(results.map(({ id }) => id)).toEqual(visible.map(({ id }) => id))
  })

  test('keeps the order of a FIFO group', async () => {
    await using aws = await account([steps])
    await using producer = createProducer(aws, steps)
    await all(producer.sendMany(upTo(5).map((n) => ({ type: 'step', payload: { of: 'a', n } }) as const)))
    expect(numbersIn(aws, steps)).toEqual(upTo(5))
  })

  test('lets none run out of time behind a slow one of its group: each has its timeout from its turn', async () => {
    await using aws = await account([steps])
    aws.faults.on('send', delayAnswer('1s'))
    await using producer = createProducer(aws, steps, { timeout: '5s' })
    const results = await all(
      producer.sendMany(upTo(50).map((n) => ({ type: 'step', payload: { of: 'a', n } }) as const)),
    )
    expect(results.filter(({ ok }) => !ok)).toEqual([])
    expect(numbersIn(aws, steps)).toEqual(upTo(50))
  })

  test('goes on after one that fails, and says why it did', async () => {
    await using aws = await account([notes])
    const isOne = ({ MessageBody }: { readonly MessageBody?: unknown }) => numberIn(MessageBody) === 1
    aws.faults.on('send', failEntries('access-denied', isOne))
    await using producer = createProducer(aws, notes)
    const results = await all(producer.sendMany([note(0), note(1), note(0.5), note(3)]))
    expect(numbers(results)).toEqual([
      [0, true],
      [1, false],
      [0.5, false],
      [3, true],
    ])
    expect(results[1]).toMatchObject({ id: expect.any(String), error: { name: 'SendError', code: 'refused' } })
    expect(results[2]).toMatchObject({ id: undefined, error: { name: 'ContractError', code: 'invalid-payload' } })
  })

  test('says what is no message, and goes on', async () => {
    await using aws = await account([notes])
    await using producer = createProducer(aws, notes)
    const odd: readonly unknown[] = [note(0), null, 'note', { payload: { n: 1 } }, note(2)]
    const results = await all(producer.sendMany(odd as readonly NoteSending[]))
    const problem = (given: string) => ({
      name: 'OptionsError',
      message: `sendMany: the iterable gave ${given}, no message. Give { type, payload }.`,
    })
    expect(results).toMatchObject([
      { ok: true },
      { ok: false, error: problem('null') },
      { ok: false, error: problem("'note'") },
      { ok: false, error: problem('an object') },
      { ok: true },
    ])
  })

  test('says where an option belongs that stands beside the payload', async () => {
    await using aws = await account([notes])
    await using producer = createProducer(aws, notes)
    const results = await all(producer.sendMany([{ ...note(0), id: 'mine' } as NoteSending]))
    expect(results).toMatchObject([
      {
        ok: false,
        error: {
          name: 'OptionsError',
          message: 'sendMany: id stands beside the payload. Give { type, payload, options: { id: … } }.',
        },
      },
    ])
  })

  test('asks the iterable for no more than its window lets under way', async () => {
    await using at = await producing(notes)
    const { aws, clock, producer } = at
    aws.faults.on('send', delayAnswer('1s'), { times: 1 })
    let given = 0
    async function* source(): AsyncGenerator<NoteSending> {
      while (given < 100) yield note(given++)
    }
    const results: SendResult<NoteSending>[] = []
    const done = all(producer.sendMany(source(), { window: 7 }), results)
    await clock.advance('999ms')
    expect(given).toBe(7)
    expect(results).toEqual([])
    await clock.until(done)
    expect(numbers(results)).toEqual(upTo(100).map((n) => [n, true]))
  })

  test('yields what has settled when a slow iterable gives its next', async () => {
    await using at = await producing(notes)
    const { clock, producer } = at
    async function* slow(): AsyncGenerator<NoteSending> {
      for (const n of upTo(3)) {
        await sleep(clock, 1_000)
        yield note(n)
      }
    }
    const results: SendResult<NoteSending>[] = []
    const done = all(producer.sendMany(slow()), results)
    await clock.advance('2s')
    expect(numbers(results)).toEqual([[0, true]])
    await clock.until(done)
    expect(numbers(results)).toEqual(upTo(3).map((n) => [n, true]))
  })

  test('tells the outcome of what it was given before it throws what the iterable throws', async () => {
    await using aws = await account([notes])
    await using producer = createProducer(aws, notes)
    function* broken(): Generator<NoteSending> {
      yield note(0)
      yield note(1)
      throw new RangeError('no more')
    }
    const results: SendResult<NoteSending>[] = []
    await expect(all(producer.sendMany(broken()), results)).rejects.toThrow(new RangeError('no more'))
    expect(numbers(results)).toEqual([
      [0, true],
      [1, true],
    ])
  })

  test('takes nothing more when its loop is left, and what it took is sent', async () => {
    await using aws = await account([notes])
    const producer = createProducer(aws, notes)
    const taken: number[] = []
    let closed = false
    function* source(): Generator<NoteSending> {
      try {
        for (const n of upTo(100)) {
          taken.push(n)
          yield note(n)
        }
      } finally {
        closed = true
      }
    }
    for await (const { message } of producer.sendMany(source(), { window: 3 })) if (message.payload.n === 1) break
    await producer.close()
    expect(closed).toBe(true)
    expect(taken.length).toBeLessThan(10)
    expect(numbersIn(aws, notes)).toEqual(taken)
  })

  test('ends when its signal aborts, with the outcomes of what it took', async () => {
    await using aws = await account([notes])
    await using producer = createProducer(aws, notes)
    const controller = new AbortController()
    function* source(): Generator<NoteSending> {
      for (const n of upTo(100)) {
        if (n === 3) controller.abort()
        yield note(n)
      }
    }
    const results = await all(producer.sendMany(source(), { signal: controller.signal }))
    expect(numbers(results)).toEqual(upTo(4).map((n) => [n, false]))
    expect(results).toMatchObject(upTo(4).map(() => ({ error: { code: 'aborted' } })))
  })

  test('takes nothing more once the producer was closed, whatever becomes of the one that it was waiting for', async () => {
    await using at = await producing(notes)
    const { aws, clock, producer } = at
    aws.faults.on('send', hang())
    async function* slow(): AsyncGenerator<NoteSending> {
      yield note(0)
      await sleep(clock, 1_000)
      yield note(0.5)
      yield note(2)
    }
    const done = all(producer.sendMany(slow()))
    await clock.advance('1ms')
    await clock.until(producer.close({ timeout: '0ms' }))
    expect(await clock.until(done)).toMatchObject([
      { error: { code: 'closed' } },
      { error: { code: 'invalid-payload' } },
    ])
  })

  test('iterated a second time goes on where it was left: it sends nothing twice', async () => {
    await using aws = await account([notes])
    await using producer = createProducer(aws, notes)
    const results = producer.sendMany(upTo(3).map(note))
    expect(await all(results)).toHaveLength(3)
    expect(await all(results)).toEqual([])
    expect(numbersIn(aws, notes)).toEqual(upTo(3))
  })

  test('sends nothing before it is iterated', async () => {
    await using at = await producing(notes)
    const { aws, clock, producer } = at
    const results = producer.sendMany([note(1)])
    await clock.advance('1s')
    expect(calls(aws)).toEqual([])
    expect(results.progress).toEqual({ taken: 0, sent: 0, failed: 0 })
  })
})

test('progress tells at any time how far a sendMany is', async () => {
  await using at = await producing(notes)
  const { aws, clock, producer } = at
  aws.faults.on('send', delayAnswer('1s'))
  const results = producer.sendMany([...upTo(12).map(note), note(0.5)], { window: 5 })
  const done = all(results)
  const told: unknown[] = []
  for (const _ of upTo(3)) {
    await clock.advance('1010ms')
    told.push({ ...results.progress })
  }
  await clock.until(done)
  expect(told).toEqual([
    { taken: 10, sent: 5, failed: 0 },
    { taken: 13, sent: 10, failed: 1 },
    { taken: 13, sent: 12, failed: 1 },
  ])
})

test('an iterable that throws when its loop is left is heard of', async () => {
  await using aws = await account([notes])
  await using producer = createProducer(aws, notes)
  const endless: Iterable<NoteSending> = {
    [Symbol.iterator]: () => ({
      next: () => ({ done: false, value: note(0) }),
      return: () => {
        throw new Error('cursor not closed')
      },
    }),
  }
  const leave = async () => {
    for await (const result of producer.sendMany(endless, { window: 2 })) if (result.ok) break
  }
  await expect(leave()).rejects.toThrow('cursor not closed')
})
