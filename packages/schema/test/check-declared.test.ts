import { OptionsError } from '@waybill/core'
import { checkDeclared, defineMessage, defineQueue, defineTopic } from '@waybill/schema'
import { expect, test } from 'vitest'
import { z } from 'zod'

const Note = defineMessage('note', z.string())
const notes = defineQueue('notes', { messages: [Note] })
const news = defineTopic('news', { messages: [Note] })

test('declared queues and topics are what is asked for', () => {
  for (const declared of [notes, news])
    expect(() => checkDeclared(declared, ['queue', 'topic'], 'createProducer')).not.toThrow()
})

test.each([
  [undefined, 'undefined', ' Modules that import each other get undefined.'],
  [null, 'null', ''],
  ['notes', "'notes'", ''],
  [{ kind: 'queue', name: 'notes' }, 'an object', ''],
  [[notes], 'an array', ''],
  [defineQueue, 'a function', ''],
  [Promise.resolve(notes), 'a Promise', ''],
  [Note, "message 'note'", ''],
  [z.string(), 'a schema', ''],
  [news.select('note'), "a subscription to topic 'news'", ''],
])('%o is no declared queue or topic', (value, quoted, more) => {
  const advice = `Give it what defineQueue() or defineTopic() returns.${more}`
  expect(() => checkDeclared(value, ['queue', 'topic'], 'createProducer')).toThrow(
    new OptionsError(`createProducer: ${quoted} is no declared queue or topic. ${advice}`),
  )
})

test('where only a queue will do, a topic is none', () => {
  expect(() => checkDeclared(news, ['queue'], 'createConsumer')).toThrow(
    new OptionsError("createConsumer: topic 'news' is no declared queue. Give it what defineQueue() returns."),
  )
})
