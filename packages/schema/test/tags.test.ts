import { OptionsError } from '@waybill/core'
import { defineMessage } from '@waybill/schema'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { js } from './as-javascript.ts'

const messages = [defineMessage('note', z.string())]
const tagged = (tags: unknown) => [
  () => js.defineQueue('q', { messages, tags })['~definition'].tags,
  () => js.defineTopic('t', { messages, tags })['~definition'].tags,
]
const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`key-${index}`, '']))

describe('tags of a queue and of a topic', () => {
  test.each([
    [{ team: 'billing', 'cost centre': '' }],
    [many(50)],
    [{ ['k'.repeat(128)]: 'v'.repeat(256) }],
    [{ 'größe 1_.:/=+-@': '名前 2_.:/=+-@' }],
  ])('%#', (tags) => {
    for (const definition of tagged(tags)) expect(definition()).toEqual(tags)
  })

  test.each([
    ['billing', "tags: 'billing' is not an object of tags. Write { team: 'billing' }."],
    [['billing'], "tags: an array is not an object of tags. Write { team: 'billing' }."],
    [null, "tags: null is not an object of tags. Write { team: 'billing' }."],
    [many(51), 'tags: these are 51, and AWS takes at most 50. Leave some out.'],
    [{ 'aws:team': 'billing' }, "tags: the key 'aws:team' begins with 'aws:', which is AWS's own. Write another key."],
    [{ 'AWS:team': 'billing' }, "tags: the key 'AWS:team' begins with 'aws:', which is AWS's own. Write another key."],
    [{ '': 'x' }, "tags: the key '' has 0 characters, and AWS takes 1 to 128. Write another key."],
    [
      { ['k'.repeat(129)]: 'x' },
      `tags: the key '${'k'.repeat(60)}…' has 129 characters, and AWS takes 1 to 128. Write another key.`,
    ],
    [
      { 'team!': 'billing' },
      "tags: the key 'team!' has characters that AWS does not take. Write letters, digits, spaces, '_', '.', ':', '/', '=', '+', '-' or '@'.",
    ],
    [
      { team: 'a,b' },
      "tags: 'team' is 'a,b', which has characters that AWS does not take. Write letters, digits, spaces, '_', '.', ':', '/', '=', '+', '-' or '@'.",
    ],
    [{ team: 7 }, "tags: 'team' is 7, which is not a string. Write it in quotes."],
    [{ team: 'v'.repeat(257) }, "tags: 'team' has 257 characters, and AWS takes at most 256. Write fewer."],
  ])('are not %o', (tags, message) => {
    for (const definition of tagged(tags)) expect(definition).toThrow(new OptionsError(message))
  })
})
