// What the conformance cases leave open, and AWS documents.
import { VirtualClock } from '@waybill/testing'
import { expect, test } from 'vitest'
import { newMessage } from '../src/simulator/queue/message.ts'
import { MessageStore } from '../src/simulator/queue/message-store.ts'
import { RecentAnswers } from '../src/simulator/recent-answers.ts'
import { collectGarbage } from './support/collect-garbage.ts'

test('an answer that is still known stays so when older ones are let go', async () => {
  const clock = new VirtualClock()
  const answers = new RecentAnswers<string>(clock)
  answers.remember('old', 'a')
  await clock.advance('4m')
  answers.remember('young', 'b')
  await clock.advance('1m')
  answers.remember('new', 'c')
  expect(['old', 'young', 'new'].map((id) => answers.find(id))).toEqual([undefined, 'b', 'c'])
})

test('messages, and their groups, are let go when they are deleted, long before they would expire', async () => {
  const options = { fifo: true, expiresAt: () => 1e9, reorder: 0, random: () => 0 }
  const store = new MessageStore(options)
  let sent = 0
  const makes = { clock: new VirtualClock(), id: () => `${sent++}` }
  const content = { attributes: {}, body: 'a', deduplicationId: undefined, trace: undefined }
  const refs = Array.from({ length: 1_000 }, (_, n) => {
    const message = store.add(newMessage(makes, { ...content, group: `${n}` }))
    store.take(1, () => {
      store.remove(message)
      return true
    })
    return [new WeakRef(message), new WeakRef(message.line)] as const
  })
  await makes.clock.advance('0ms')
  collectGarbage()
  expect(store.nextChange).toBe(1e9)
  expect(refs.filter(([message, line]) => message.deref() || line.deref()).length).toBeLessThan(200)
})

test('what was answered is let go once it is not known any more', async () => {
  const clock = new VirtualClock()
  const answers = new RecentAnswers<object>(clock)
  const refs = Array.from({ length: 100 }, (_, id) => {
    const answer = {}
    answers.remember(`${id}`, answer)
    return new WeakRef(answer)
  })
  await clock.advance('5m')
  answers.remember('new', {})
  collectGarbage()
  expect(refs.filter((ref) => ref.deref())).toEqual([])
})
