import { OptionsError } from '@waybill/core'
import { defineMessage, defineQueue, defineTopic } from '@waybill/schema'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { checkConnection, connect } from '../src/index.ts'
import { silent } from './support/silent.ts'

const Note = defineMessage('note', z.string())

test('what connect() returns is a connection', () => {
  expect(() => checkConnection(connect({ logger: silent }), 'plan')).not.toThrow()
})

test.each([
  [undefined, 'undefined'],
  [null, 'null'],
  ['eu-central-1', "'eu-central-1'"],
  [connect, 'a function'],
  [{ region: 'eu-central-1' }, 'an object'],
  [Promise.resolve(), 'a Promise'],
  [[], 'an array'],
  [defineQueue('notes', { messages: [Note] }), "queue 'notes'"],
  [defineTopic('news', { messages: [Note] }), "topic 'news'"],
])('%o is none', (value, quoted) => {
  expect(() => checkConnection(value, 'plan')).toThrow(
    new OptionsError(
      `plan: ${quoted} is no connection. Write plan(connection, …), with what connect() or a test backend returns.`,
    ),
  )
})
