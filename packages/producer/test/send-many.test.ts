import { createProducer, type SendResult } from '@waybill/producer'
import type { Entry } from '@waybill/schema'
import { describe, expect, test } from 'vitest'
import { account } from './support/account.ts'
import { type Note, noteIn, notes, stepIn, steps } from './support/contracts.ts'
import { accepted, refused } from './support/faults.ts'
import { virtual } from './support/virtual.ts'

type NoteEntry = Entry<typeof Note>
const note = (n: number): NoteEntry => ({ type: 'note', payload: { n } })
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n)
const numbers = (results: readonly SendResult<NoteEntry>[]) => results.map(({ message, ok }) => [message.payload.n, ok])

/** Everything that an iterable yields. */
async function all<Value>(values: AsyncIterable<Value>, into: Value[] = []): Promise<Value[]> {
  for await (const value of values) into.push(value)
  return into
}

describe('sendMany', () => {
  test('sends all that an iterable gives, ten to a call, and yields the outcomes in order', async () => {
    await using at = account()
    await at.create(notes)
    await using producer = createProducer(at.aws, notes)
    const results = await all(producer.sendMany(upTo(25).map(note), { attributes: { tenant: 'acme' } }))
    expect(numbers(results)).toEqual(upTo(25).map((n) => [n, true]))
    const received = await at.received(notes)
    expect(new Set(received.map(({ body }) => noteIn(body).n))).toEqual(new Set(upTo(25)))
    expect(received.every(({ attributes }) => attributes['tenant']?.value === 'acme')).toBe(true)
    const sent = results.map((result) => (result.ok ? result.messageId : undefined))
    expect(new Set(sent)).toEqual(new Set(received.map(({ messageId }) => messageId)))
  })

  test('keeps the order of a FIFO group', async () => {
    await using at = account()
    await at.create(steps)
    await using producer = createProducer(at.aws, steps)
    await all(producer.sendMany(upTo(5).map((n) => ({ type: 'step', payload: { of: 'a', n } }) as const)))
    expect((await at.received(steps)).map(({ body }) => stepIn(body).n)).toEqual(upTo(5))
  })

  test('goes on after one that fails, and says why it did', async () => {
    const at = virtual((entries) => entries.map(({ body }) => (noteIn(body).n === 1 ? refused('never') : accepted())))
    const producer = createProducer(at.connection, notes, { linger: '0ms' })
    const odd: NoteEntry = { type: 'note', payload: { n: 0.5 } }
    const results = await all(producer.sendMany([note(0), note(1), odd, note(3)]))
    expect(numbers(results)).toEqual([
      [0, true],
      [1, false],
      [0.5, false],
      [3, true],
    ])
    expect(results[1]).toMatchObject({ id: expect.any(String), error: { name: 'SendError', code: 'refused' } })
    expect(results[2]).toMatchObject({ id: undefined, error: { name: 'ContractError', code: 'invalid-payload' } })
  })

  test('asks the iterable for no more than its window lets under way', async () => {
    const answer = Promise.withResolvers<void>()
    const at = virtual(async (entries) => {
      await answer.promise
      return entries.map(() => accepted())
    })
    const producer = createProducer(at.connection, notes)
    let given = 0
    async function* endless(): AsyncGenerator<NoteEntry> {
      while (given < 100) yield note(given++)
    }
    const results: SendResult<NoteEntry>[] = []
    const done = all(producer.sendMany(endless(), { window: 7 }), results)
    await at.pass('1s')
    expect(given).toBe(7)
    expect(results).toEqual([])
    answer.resolve()
    await at.pass('1s')
    await done
    expect(numbers(results)).toEqual(upTo(100).map((n) => [n, true]))
  })

  test('yields what has settled when a slow iterable gives its next', async () => {
    const at = virtual()
    const producer = createProducer(at.connection, notes)
    async function* slow(): AsyncGenerator<NoteEntry> {
      for (const n of upTo(3)) {
        await new Promise<void>((resolve) => at.clock.after(1_000, resolve))
        yield note(n)
      }
    }
    const results: SendResult<NoteEntry>[] = []
    const done = all(producer.sendMany(slow()), results)
    await at.pass('2s')
    expect(numbers(results)).toEqual([[0, true]])
    await at.pass('2s')
    await done
    expect(numbers(results)).toEqual(upTo(3).map((n) => [n, true]))
  })

  test('tells the outcome of what it was given before it throws what the iterable throws', async () => {
    const at = virtual()
    const producer = createProducer(at.connection, notes, { linger: '0ms' })
    function* broken(): Generator<NoteEntry> {
      yield note(0)
      yield note(1)
      throw new RangeError('no more')
    }
    const results: SendResult<NoteEntry>[] = []
    await expect(all(producer.sendMany(broken()), results)).rejects.toThrow(new RangeError('no more'))
    expect(numbers(results)).toEqual([
      [0, true],
      [1, true],
    ])
  })

  test('takes nothing more when its loop is left, and what it took is sent', async () => {
    const at = virtual()
    const producer = createProducer(at.connection, notes, { linger: '0ms' })
    const taken: number[] = []
    let closed = false
    function* source(): Generator<NoteEntry> {
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
    expect(
      at
        .bodies()
        .flat()
        .map((body) => noteIn(body).n),
    ).toEqual(taken)
  })

  test('ends when its signal aborts, with the outcomes of what it took', async () => {
    const at = virtual(() => new Promise(() => {}))
    const producer = createProducer(at.connection, notes)
    const controller = new AbortController()
    function* endless(): Generator<NoteEntry> {
      for (let n = 0; ; n++) {
        if (n === 3) controller.abort()
        yield note(n)
      }
    }
    const results = await all(producer.sendMany(endless(), { signal: controller.signal }))
    expect(numbers(results)).toEqual(upTo(4).map((n) => [n, false]))
    expect(results).toMatchObject(upTo(4).map(() => ({ error: { code: 'aborted' } })))
  })

  test('sends nothing before it is iterated', async () => {
    const at = virtual()
    const producer = createProducer(at.connection, notes)
    producer.sendMany([note(1)])
    await at.pass('1s')
    expect(at.calls).toEqual([])
  })
})
