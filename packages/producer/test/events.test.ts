import { createProducer, type ProducerEvents } from '@waybill/producer'
import type { Logger } from '@waybill/sqs'
import { delayAnswer, dropAnswer, fail, failEntries } from '@waybill/testing'
import { describe, expect, test } from 'vitest'
import { account } from './support/account.ts'
import { upTo } from './support/calls.ts'
import { news, notes } from './support/contracts.ts'
import { producing } from './support/producing.ts'
import { outcomes } from './support/rejection.ts'

type Batch = ProducerEvents['batch']

describe('a batch', () => {
  test('is told of once it is answered: why it left, how much was in it, and how long its call took', async () => {
    const batches: Batch[] = []
    await using at = await producing(notes, { on: { batch: (batch) => void batches.push(batch) } })
    const { aws, clock, producer } = at
    aws.faults.on('send', delayAnswer('30ms'))
    const sending = producer.send('note', { n: 1 }, { id: 'x' })
    await clock.advance('29ms')
    expect(batches).toEqual([])
    await clock.until(sending)
    const bytes = '{"n":1}waybill-typeStringnotewaybill-versionNumber1waybill-idStringx'.length
    expect(batches).toEqual([{ reason: 'idle', count: 1, bytes, ms: 30, refused: 0, error: undefined }])
  })

  test('leaves for one of five reasons', async () => {
    const batches: Batch[] = []
    await using at = await producing(notes, { on: { batch: (batch) => void batches.push(batch) } })
    const { clock, producer } = at
    const send = (text?: string) => producer.send('note', { n: 1, text })
    const sends = [send()]
    await clock.advance('1ms')
    sends.push(send())
    await clock.advance('5ms')
    sends.push(...upTo(10).map(() => send()))
    sends.push(...upTo(2).map(() => send('x'.repeat(600_000))))
    await producer.flush()
    await Promise.all(sends)
    expect(batches.map(({ reason, count }) => [reason, count])).toEqual([
      ['idle', 1],
      ['linger', 1],
      ['count', 10],
      ['bytes', 1],
      ['flush', 1],
    ])
  })

  test('counts what was not accepted this time, and says why the first of it was not', async () => {
    const batches: Batch[] = []
    await using at = await producing(notes, { on: { batch: (batch) => void batches.push(batch) } })
    const { aws, clock, producer } = at
    aws.faults.on(
      'send',
      failEntries('throttled', (_entry, index) => index > 0),
      { times: 1 },
    )
    aws.faults.on('send', dropAnswer(), { times: 1 })
    await clock.until(Promise.all(upTo(3).map((n) => producer.send('note', { n }))))
    expect(batches).toMatchObject([
      { count: 3, refused: 2, error: { name: 'SqsError', code: 'throttled' } },
      { count: 2, refused: 2, error: { name: 'SqsError', code: 'network' } },
      { count: 2, refused: 0, error: undefined },
    ])
  })

  test('is told of when its queue or topic is not found', async () => {
    await using aws = await account([])
    const batches: Batch[] = []
    await using producer = createProducer(aws, news, { on: { batch: (batch) => void batches.push(batch) } })
    expect(await outcomes([producer.send('note', { n: 1 })])).toEqual(['refused'])
    expect(batches).toMatchObject([{ count: 1, refused: 1, error: { code: 'topic-not-found' } }])
  })
})

describe('a listener', () => {
  test('hears of batches until what on() gives is disposed of', async () => {
    await using aws = await account([notes])
    await using producer = createProducer(aws, notes)
    let heard = 0
    {
      using _ = producer.on('batch', ({ count }) => (heard += count))
      await producer.send('note', { n: 1 })
    }
    await producer.send('note', { n: 2 })
    expect(heard).toBe(1)
  })

  test('that throws is logged, and breaks neither the send nor the listener after it', async () => {
    const lines: unknown[] = []
    const logger: Logger = {
      debug() {},
      info() {},
      warn() {},
      error: (...line: readonly unknown[]) => void lines.push(line),
      child: () => logger,
    }
    await using aws = await account([notes], { logger })
    const failure = new Error('a bug')
    const throwing = () => {
      throw failure
    }
    await using producer = createProducer(aws, notes, { on: { batch: throwing } })
    let heard = 0
    producer.on('batch', ({ count }) => (heard += count))
    await producer.send('note', { n: 1 })
    expect(heard).toBe(1)
    expect(lines).toEqual([[{ err: failure, event: 'batch' }, 'a listener threw']])
  })

  test('may send, flush and close', async () => {
    await using aws = await account([notes])
    aws.faults.on('send', fail('throttled'), { times: 1 })
    await using producer = createProducer(aws, notes)
    const sends: Promise<unknown>[] = []
    using _ = producer.on('batch', ({ refused }) => {
      if (refused === 0) return
      sends.push(producer.send('note', { n: 2 }), producer.flush(), producer.close())
    })
    await producer.send('note', { n: 1 })
    await Promise.all(sends)
    expect(aws.contents(notes).visible).toHaveLength(2)
  })
})
