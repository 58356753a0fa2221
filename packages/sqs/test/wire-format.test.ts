import { readFileSync } from 'node:fs'
import { type AnyMessage, decode, defineMessage, encode, isoDate } from '@waybill/schema'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { pack, readProvenance, unpack, withProvenance } from '../src/index.ts'
import { fromSdkAttributes, toSdkAttributes } from '../src/sdk-attributes.ts'

const payload = z.record(z.string(), z.unknown())
const attribute = z.object({ DataType: z.string(), StringValue: z.string() })
const vector = z.strictObject({
  name: z.string(),
  /** Only others write such messages. */
  readOnly: z.boolean().default(false),
  topics: z.array(z.string()).default([]),
  untyped: z.object({ as: z.string(), version: z.int() }).optional(),
  received: z.object({ MessageId: z.string(), Body: z.string(), MessageAttributes: z.record(z.string(), attribute) }),
  message: z.object({
    type: z.string(),
    version: z.int(),
    id: z.string(),
    trace: z.object({ traceparent: z.string(), tracestate: z.string() }).or(z.strictObject({})),
    attributes: z.record(z.string(), z.string()),
    payload,
  }),
  /** What a handler gets, where that is not `message.payload`. */
  upcast: payload.optional(),
  provenance: z
    .object({
      queue: z.string(),
      messageId: z.string(),
      receives: z.int(),
      attempts: z.int(),
      reason: z.string(),
      sentAt: z.string(),
      at: z.string(),
      worker: z.string(),
      error: z.object({ name: z.string(), message: z.string(), stack: z.string() }),
    })
    .optional(),
})

const OrderPaid = defineMessage('order.paid', z.object({ orderId: z.string(), cents: z.int() })).evolve(
  z.object({ orderId: z.string(), amount: z.object({ cents: z.int(), currency: z.string() }), paidAt: isoDate }),
  (v1) => ({ orderId: v1.orderId, amount: { cents: v1.cents, currency: 'EUR' }, paidAt: new Date(0) }),
)
const SendReceipt = defineMessage('receipt.send', z.object({ orderId: z.string(), email: z.email() }))
const NotificationCopied = defineMessage(
  'notification.copied',
  z.object({ Type: z.string(), MessageId: z.string(), TopicArn: z.string(), Message: z.string() }),
)
const contracts = new Map<string, AnyMessage>(
  [OrderPaid, SendReceipt, NotificationCopied].map((message) => [message.type, message]),
)

const text = readFileSync(new URL('../../../docs/wire-format.md', import.meta.url), 'utf8')
const vectors = Array.from(text.matchAll(/^```json vector\n(.*?)^```$/gms), ([, json = '']) =>
  vector.parse(JSON.parse(json, revive)),
)

test('the document has its vectors', () => {
  expect(vectors).toHaveLength(8)
})

test.each(vectors)('read: $name', ({ topics, untyped, received, message, upcast, provenance }) => {
  const attributes = fromSdkAttributes(received.MessageAttributes)
  const { body, ...wire } = unpack(
    {
      messageId: received.MessageId,
      receiptHandle: 'h',
      body: received.Body,
      attributes,
      group: undefined,
      sequenceNumber: undefined,
      receives: 1,
      sentAt: 0,
    },
    { topics: new Set(topics), untyped },
  )
  const read = { ...wire, payload: decode(contractOf(message.type), body, wire.version ?? NaN) }
  expect(read).toEqual({ ...message, payload: upcast ?? message.payload })
  expect(readProvenance(attributes)).toEqual(provenance)
})

test.each(vectors.filter(({ readOnly }) => !readOnly))('written: $name', ({ received, message, provenance }) => {
  const packed = pack(message)
  const attributes = provenance ? withProvenance(received.Body, packed, provenance) : packed
  expect(encode(contractOf(message.type), message.payload, message.version)).toBe(received.Body)
  expect(toSdkAttributes(attributes)).toEqual(received.MessageAttributes)
})

function contractOf(type: string): AnyMessage {
  const contract = contracts.get(type)
  if (!contract) throw new Error(`No contract of this test has the type ${type}.`)
  return contract
}

// JSON has no dates
function revive(key: string, value: unknown): unknown {
  return key === 'paidAt' && typeof value === 'string' ? new Date(value) : value
}
