import { OptionsError } from '@waybill/core'
import { defineMessage, type QueueEncryption } from '@waybill/schema'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { js } from './as-javascript.ts'

const messages = [defineMessage('note', z.string())]
const queue = (encryption: unknown): QueueEncryption | undefined =>
  js.defineQueue('q', { messages, encryption })['~definition'].encryption
const topic = (encryption: unknown) => js.defineTopic('t', { messages, encryption })['~definition'].encryption

describe('a KMS key', () => {
  test.each([
    'alias/orders',
    'alias/aws/sqs',
    '1234abcd-12ab-34cd-56ef-1234567890ab',
    'mrk-1234abcd12ab34cd56ef1234567890ab',
    'arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab',
    'arn:aws-cn:kms:cn-north-1:123456789012:alias/orders',
  ])('may be written as %s', (kmsKey) => {
    expect(queue({ kmsKey })).toEqual({ kmsKey, dataKeyReuse: 300 })
    expect(topic({ kmsKey })).toEqual({ kmsKey })
  })

  test.each([
    [
      'orders',
      "encryption.kmsKey: 'orders' is no KMS key. Write an alias, as in 'alias/orders', the key's id, or its ARN.",
    ],
    [
      'billing',
      "encryption.kmsKey: 'billing' is no KMS key. Write an alias, as in 'alias/billing', the key's id, or its ARN.",
    ],
    [
      'my alias/orders',
      "encryption.kmsKey: 'my alias/orders' is no KMS key. Write an alias, as in 'alias/orders', the key's id, or its ARN.",
    ],
    [
      'alias/orders!',
      "encryption.kmsKey: 'alias/orders!' is no KMS key. Write an alias, as in 'alias/orders', the key's id, or its ARN.",
    ],
    ['', "encryption.kmsKey: '' is no KMS key. Write an alias, as in 'alias/orders', the key's id, or its ARN."],
    [
      undefined,
      "encryption.kmsKey: undefined is no KMS key. Write an alias, as in 'alias/orders', the key's id, or its ARN.",
    ],
    [
      'arn:aws:sqs:eu-central-1:123456789012:orders',
      "encryption.kmsKey: 'arn:aws:sqs:eu-central-1:123456789012:orders' is no KMS key. Write an alias, as in 'alias/orders', the key's id, or its ARN.",
    ],
  ])('is not %s', (kmsKey, message) => {
    expect(() => queue({ kmsKey })).toThrow(new OptionsError(message))
    expect(() => topic({ kmsKey })).toThrow(new OptionsError(message))
  })
})

test.each([
  ['1m', 60],
  ['1d', 86_400],
])('a data key is used for %s, %i seconds', (dataKeyReuse, seconds) => {
  expect(queue({ kmsKey: 'alias/orders', dataKeyReuse })).toMatchObject({ dataKeyReuse: seconds })
})

test.each([
  ['59s', "encryption.dataKeyReuse: '59s' is not whole seconds from '1m' to '1d' (SQS's bounds)."],
  ['2d', "encryption.dataKeyReuse: '2d' is not whole seconds from '1m' to '1d' (SQS's bounds)."],
])('a data key is not used for %s', (dataKeyReuse, message) => {
  expect(() => queue({ kmsKey: 'alias/orders', dataKeyReuse })).toThrow(new OptionsError(message))
})

test('what is no encryption is refused', () => {
  const noObject = "encryption: 'alias/orders' is not an object of options. Write { kmsKey: … }."
  expect(() => queue('alias/orders')).toThrow(new OptionsError(noObject))
  expect(() => topic('alias/orders')).toThrow(new OptionsError(noObject))
  const unknown = "'kmskey' is not an option of encryption. Did you mean kmsKey?"
  expect(() => queue({ kmskey: 'alias/orders' })).toThrow(new OptionsError(unknown))
  const ofQueues = "'dataKeyReuse' is not an option of encryption. Its options are kmsKey."
  expect(() => topic({ kmsKey: 'alias/orders', dataKeyReuse: '5m' })).toThrow(new OptionsError(ofQueues))
})
