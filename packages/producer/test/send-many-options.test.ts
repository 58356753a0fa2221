import { createProducer, type Sending } from '@waybill/producer'
import { delayAnswer } from '@waybill/testing'
import { describe, expect, test } from 'vitest'
import { account } from './support/account.ts'
import { all } from './support/all.ts'
import { type Note, notes } from './support/contracts.ts'
import { producing } from './support/producing.ts'

type NoteSending = Sending<typeof Note>
const note = (n: number, options?: NoteSending['options']): NoteSending => ({ type: 'note', payload: { n }, options })

describe('the options of a sendMany', () => {
  test('hold for all its messages, and those of a message for it alone', async () => {
    await using aws = await account([notes])
    await using producer = createProducer(aws, notes)
    const messages = [
      note(0),
      note(1, { id: 'one', attributes: { tenant: 'other' } }),
      note(2, { delay: '5s', attributes: undefined }),
    ]
    const results = await all(producer.sendMany(messages, { attributes: { tenant: 'acme' } }))
    expect(results[1]).toMatchObject({ ok: true, id: 'one' })
    const { visible, delayed } = aws.contents(notes)
    expect(visible).toMatchObject([{ attributes: { tenant: 'acme' } }, { id: 'one', attributes: { tenant: 'other' } }])
    expect(delayed).toMatchObject([{ body: '{"n":2}', attributes: { tenant: 'acme' } }])
  })

  test('a timeout or a signal of a message gives up that one', async () => {
    await using at = await producing(notes)
    const { aws, clock, producer } = at
    aws.faults.on('send', delayAnswer('3s'))
    const controller = new AbortController()
    const messages = [note(0), note(1, { timeout: '1s' }), note(2, { signal: controller.signal })]
    const done = all(producer.sendMany(messages, { timeout: '5s' }))
    await clock.advance('2s')
    controller.abort()
    const results = await clock.until(done)
    expect(results).toMatchObject([
      { ok: true },
      { ok: false, error: { code: 'timeout', unknown: true } },
      { ok: false, error: { code: 'aborted', unknown: true } },
    ])
  })

  test.each([
    [7, 'send: 7 is not an object of options. Write { id: … }.'],
    [{ dely: '1s' }, "'dely' is not an option of send. Did you mean delay?"],
    [{ delay: '1500ms' }, "delay: '1500ms' is not whole seconds from '0s' to '15m' (the most that SQS delays)."],
  ])('%j of one message is its outcome, and no other', async (options, message) => {
    await using aws = await account([notes])
    await using producer = createProducer(aws, notes)
    const results = await all(producer.sendMany([note(0, options as NoteSending['options']), note(1)]))
    expect(results).toMatchObject([{ ok: false, error: { name: 'OptionsError', message } }, { ok: true }])
  })
})
