import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { describe, expect, test } from 'vitest'
import type { QueueRef, ReceiveRequest } from '../src/index.ts'
import { fakeAws, json, refuse } from './support/fake-aws.ts'
import { fauxqs } from './support/fauxqs.ts'
import { silent } from './support/silent.ts'
import { TRANSPORTS } from './support/transports.ts'

const CALL = { timeout: 5_000 }
const REQUEST: ReceiveRequest = { max: 10, wait: 0, visibilityTimeout: 30 }
const queue: QueueRef = {
  name: 'receipts',
  url: 'https://sqs.eu-central-1.amazonaws.com/123456789012/receipts',
  fifo: false,
}
const md5 = (body: string) => createHash('md5').update(body).digest('hex')
const ANOTHER_SHAPE = { code: 'service', verdict: 'now', unknown: true }
const entry = (body: string) => ({ body, attributes: {} })

function* pieces(bytes: Buffer, length: number) {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length)
}

describe.each(TRANSPORTS)('%s', (transport) => {
  describe('on an SQS', () => {
    test('what is sent is received, with attributes, group and times', async () => {
      await using aws = await fauxqs({ transport })
      const { admin, sqs } = aws.connection
      const url = await admin.createQueue('stock.fifo', { FifoQueue: 'true' })
      const stock = { name: 'stock', url, fifo: true }
      const attributes = {
        text: { type: 'String', value: 'ä' },
        bytes: { type: 'Binary.raw', value: new Uint8Array([0, 255]) },
      }
      const before = Date.now()

      const [sent] = await sqs.send(stock, [{ body: '{"a":1}', attributes, group: 'g', deduplicationId: 'd' }], CALL)
      const [received] = await sqs.receive(stock, REQUEST, CALL)

      expect(sent).toMatchObject({
        ok: true,
        value: { messageId: received?.messageId, sequenceNumber: received?.sequenceNumber },
      })
      expect(received).toMatchObject({ body: '{"a":1}', attributes, group: 'g', receives: 1 })
      expect(received?.sentAt).toBeGreaterThanOrEqual(before)
    })

    test('a visibility timeout of zero gives a message back, a delete takes it away', async () => {
      await using aws = await fauxqs({ transport })
      const { admin, sqs } = aws.connection
      const receipts = { name: 'receipts', url: await admin.createQueue('receipts', {}), fifo: false }
      await sqs.send(receipts, [entry('{}')], CALL)
      const [first] = await sqs.receive(receipts, REQUEST, CALL)

      expect(
        await sqs.changeVisibility(receipts, [{ handle: first?.receiptHandle ?? '', visibilityTimeout: 0 }], CALL),
      ).toEqual([{ ok: true, value: undefined }])
      const [second] = await sqs.receive(receipts, { ...REQUEST, wait: 1 }, CALL)
      expect(second?.receives).toBe(2)
      expect(await sqs.delete(receipts, [second?.receiptHandle ?? ''], CALL)).toEqual([{ ok: true, value: undefined }])
      expect(await sqs.receive(receipts, REQUEST, CALL)).toEqual([])
    })

    test('text and bytes come as they were sent, whatever they are', async () => {
      await using aws = await fauxqs({ transport })
      const { admin, sqs } = aws.connection
      const receipts = { name: 'receipts', url: await admin.createQueue('receipts', {}), fifo: false }
      const body = 'Grüße, 世界\t"\\u0041" &amp; <a>\r\n'
      const attributes = {
        bytes: { type: 'Binary', value: Uint8Array.from({ length: 256 }, (_, byte) => byte) },
        text: { type: 'String', value: 'ключ=значение & more' },
        number: { type: 'Number.int', value: '-17' },
      }
      expect(await sqs.send(receipts, [{ body, attributes }], CALL)).toMatchObject([{ ok: true }])
      const [received] = await sqs.receive(receipts, REQUEST, CALL)
      expect(received).toMatchObject({ body, attributes })
    })
  })

  describe('results are positional', () => {
    test('whatever the order of the answer, and each failed entry has its verdict', async () => {
      await using aws = await fakeAws(({ response }) =>
        json(response, {
          Failed: [
            { Id: '0', Code: 'InternalError', SenderFault: false },
            { Id: '3', Code: 'InvalidMessageContents', SenderFault: true },
          ],
          Successful: [
            { Id: '2', MessageId: 'c', MD5OfMessageBody: md5('c') },
            { Id: '1', MessageId: 'b', MD5OfMessageBody: md5('b') },
          ],
        }),
      )
      expect(
        await aws.connection.sqs.send(queue, [entry('a'), entry('b'), entry('c'), entry('d')], CALL),
      ).toMatchObject([
        { ok: false, verdict: 'now', unknown: true, error: { code: 'service' } },
        { ok: true, value: { messageId: 'b' } },
        { ok: true, value: { messageId: 'c' } },
        { ok: false, verdict: 'never', unknown: false, error: { code: 'invalid-content' } },
      ])
    })

    test('an entry that the answer does not name may have been accepted', async () => {
      await using aws = await fakeAws(({ response }) => json(response, { Successful: [{ Id: '1', MessageId: 'b' }] }), {
        transport,
      })
      const { sqs } = aws.connection
      const noAnswer = { ok: false, verdict: 'now', unknown: true, error: { code: 'no-answer' } }
      const message = "queue 'receipts': SendMessageBatch was answered without a word on this entry."
      expect(await sqs.send(queue, [entry('a'), entry('b')], CALL)).toMatchObject([
        { ...noAnswer, error: { code: 'no-answer', message } },
        { ok: true },
      ])
      expect(await sqs.delete(queue, ['h'], CALL)).toMatchObject([noAnswer])
      expect(await sqs.changeVisibility(queue, [{ handle: 'h', visibilityTimeout: 5 }], CALL)).toMatchObject([noAnswer])
    })

    test('lists that are null are empty ones, attributes likewise', async () => {
      const nulls = { MD5OfBody: null, Attributes: null, MessageAttributes: null }
      const text = { DataType: 'String', StringValue: 'v', BinaryValue: null }
      await using aws = await fakeAws(
        ({ response, count }) =>
          json(response, {
            Successful: null,
            Failed: null,
            Messages: [
              null,
              [{ MessageId: 'a', ReceiptHandle: 'a', Body: null, ...nulls }],
              [{ MessageId: 'b', ReceiptHandle: 'b', Body: '{"b":null}', MessageAttributes: { text, none: null } }],
            ][count - 1],
          }),
        { transport },
      )
      const { sqs } = aws.connection
      expect(await sqs.receive(queue, REQUEST, CALL)).toEqual([])
      expect(await sqs.receive(queue, REQUEST, CALL)).toMatchObject([{ body: '', attributes: {}, group: undefined }])
      expect(await sqs.receive(queue, REQUEST, CALL)).toMatchObject([
        { body: '{"b":null}', attributes: { text: { type: 'String', value: 'v' } } },
      ])
      expect(await sqs.delete(queue, ['h'], CALL)).toMatchObject([{ error: { code: 'no-answer' } }])
    })

    test('a null in one entry of a batch spoils no other', async () => {
      const failed = { Id: '1', SenderFault: null, Code: null, Message: null }
      await using aws = await fakeAws(
        ({ response }) =>
          json(response, {
            Successful: [{ Id: '0', MessageId: 'a', MD5OfMessageBody: null, SequenceNumber: null }],
            Failed: [failed],
          }),
        { transport },
      )
      const { sqs } = aws.connection
      const [first, second] = [expect.objectContaining({ ok: true }), expect.objectContaining({ ok: false })]
      expect(await sqs.send(queue, [entry('{}'), entry('{}')], CALL)).toStrictEqual([
        { ok: true, value: { messageId: 'a', sequenceNumber: undefined } },
        second,
      ])
      expect(await sqs.delete(queue, ['h', 'i'], CALL)).toEqual([first, second])
    })

    test('an attribute may be an empty text, or nothing, and may have any name', async () => {
      const MessageAttributes: object = JSON.parse(
        '{"empty":{"DataType":"String","StringValue":""},"nothing":{},"__proto__":{"StringValue":"v"}}',
      )
      await using aws = await fakeAws(
        ({ response }) =>
          json(response, { Messages: [{ MessageId: 'a', ReceiptHandle: 'a', Body: '{}', MessageAttributes }] }),
        { transport },
      )
      const [received] = await aws.connection.sqs.receive(queue, REQUEST, CALL)
      expect(Object.entries(received?.attributes ?? {})).toEqual([
        ['empty', { type: 'String', value: '' }],
        ['nothing', { type: 'String', value: new Uint8Array() }],
        ['__proto__', { type: 'String', value: 'v' }],
      ])
    })

    test('absent lists are empty ones', async () => {
      await using aws = await fakeAws(({ response }) => json(response, {}), { transport })
      const { sqs } = aws.connection
      expect(await sqs.receive(queue, REQUEST, CALL)).toEqual([])
      expect(await sqs.delete(queue, ['h'], CALL)).toMatchObject([{ error: { code: 'no-answer' } }])
    })
  })

  describe('bodies are checked', () => {
    test('a message with a damaged body is left out and logged, its neighbours are not', async () => {
      const warnings: unknown[] = []
      const message = (id: string, body: string, checksum: string) => ({
        MessageId: id,
        ReceiptHandle: id,
        Body: body,
        MD5OfBody: checksum,
      })
      await using aws = await fakeAws(
        ({ response }) =>
          json(response, {
            Messages: [message('a', 'a', md5('a')), message('b', 'b', md5('x')), message('c', 'c', md5('c'))],
          }),
        { transport, logger: { ...silent, warn: (...line: unknown[]) => warnings.push(line) } },
      )
      const received = await aws.connection.sqs.receive(queue, REQUEST, CALL)
      expect(received.map(({ messageId }) => messageId)).toEqual(['a', 'c'])
      expect(warnings).toEqual([[{ queue: 'receipts', messageId: 'b' }, expect.stringContaining('damaged')]])
    })

    test('on FIFO the later messages of a damaged one wait with it: none of its group overtakes', async () => {
      const warnings: unknown[] = []
      const message = (id: string, group: string, checksum = md5(id)) => ({
        MessageId: id,
        ReceiptHandle: id,
        Body: id,
        MD5OfBody: checksum,
        Attributes: { MessageGroupId: group },
      })
      const damaged = md5('x')
      await using aws = await fakeAws(
        ({ response }) =>
          json(response, {
            Messages: [
              message('a1', 'a'),
              message('a2', 'a', damaged),
              message('b1', 'b'),
              message('a3', 'a'),
              message('a4', 'a', damaged),
              message('b2', 'b'),
            ],
          }),
        { transport, logger: { ...silent, warn: (...line: unknown[]) => warnings.push(line) } },
      )
      const received = await aws.connection.sqs.receive({ ...queue, fifo: true }, REQUEST, CALL)
      expect(received.map(({ messageId }) => messageId)).toEqual(['a1', 'b1', 'b2'])
      expect(warnings).toEqual([
        [{ queue: 'receipts', messageId: 'a2' }, expect.stringContaining('the later ones of its group')],
      ])
    })

    test('a sent message that was stored with another body is refused, and may be sent again', async () => {
      await using aws = await fakeAws(({ response }) =>
        json(response, { Successful: [{ Id: '0', MessageId: 'a', MD5OfMessageBody: md5('x') }] }),
      )
      expect(await aws.connection.sqs.send(queue, [entry('a')], CALL)).toMatchObject([
        {
          ok: false,
          verdict: 'now',
          unknown: true,
          error: {
            code: 'checksum',
            message: "queue 'receipts': SendMessageBatch stored another body than was sent (its MD5 differs).",
          },
        },
      ])
    })
  })

  describe('a call that fails as a whole', () => {
    test.each([
      [
        400,
        'QueueDoesNotExist',
        'AWS.SimpleQueueService.NonExistentQueue',
        { code: 'queue-not-found', verdict: 'never' },
      ],
      [400, 'NewInTwoYears', 'AWS.SimpleQueueService.NonExistentQueue', { code: 'queue-not-found', verdict: 'never' }],
      [403, 'OverLimit', 'OverLimit', { code: 'over-limit', verdict: 'later' }],
      [403, 'RequestThrottled', 'RequestThrottled', { code: 'throttled', verdict: 'later' }],
      [400, 'KmsThrottled', 'KMS.ThrottlingException', { code: 'kms', verdict: 'later' }],
      [400, 'InvalidParameterValueException', 'InvalidParameterValue', { code: 'invalid-request', verdict: 'never' }],
      [400, 'InvalidParameterValueException', undefined, { code: 'invalid-request', verdict: 'never' }],
      [403, 'AccessDeniedException', 'AccessDenied', { code: 'access-denied', verdict: 'never' }],
    ])('HTTP %i %s (%s) is tried once, and judged by its code', async (status, shape, queryCode, expected) => {
      await using aws = await fakeAws(({ response }) => refuse(response, status, shape, queryCode), { transport })
      await expect(aws.connection.sqs.receive(queue, REQUEST, CALL)).rejects.toMatchObject({
        ...expected,
        status,
        unknown: false,
      })
      expect(aws.calls).toHaveLength(1)
    })

    test.each([
      ['its shape in a header', { 'x-amzn-errortype': 'QueueDoesNotExist:http://internal.amazon.com/' }, {}],
      ['its shape in a header that came twice', { 'x-amzn-errortype': 'QueueDoesNotExist,QueueDoesNotExist' }, {}],
      ['its shape with a URL', {}, { __type: 'com.amazonaws.sqs#QueueDoesNotExist:http://internal.amazon.com/' }],
      ['its shape alone', {}, { __type: 'QueueDoesNotExist' }],
      ['its shape under another name', {}, { code: 'QueueDoesNotExist' }],
      ['its code alone', { 'x-amzn-query-error': 'AWS.SimpleQueueService.NonExistentQueue;Sender' }, {}],
    ])('an error is known by %s', async (_what, headers, body) => {
      await using aws = await fakeAws(({ response }) => json(response, body, 400, headers), { transport })
      await expect(aws.connection.sqs.receive(queue, REQUEST, CALL)).rejects.toMatchObject({
        code: 'queue-not-found',
        verdict: 'never',
      })
    })

    test.each([
      [400, { code: 'invalid-request', verdict: 'never', unknown: false }],
      [500, { code: 'service', verdict: 'now', unknown: true }],
    ])('a code that is not known is judged by its status: HTTP %i', async (status, expected) => {
      await using aws = await fakeAws(({ response }) => refuse(response, status, 'NewInTwoYears', 'New'), { transport })
      await expect(aws.connection.sqs.send(queue, [entry('a')], CALL)).rejects.toMatchObject({ ...expected, status })
    })

    test("the query protocol's codes are asked for", async () => {
      await using aws = await fakeAws(({ response }) => json(response, {}), { transport })
      await aws.connection.sqs.receive(queue, REQUEST, CALL)
      expect(aws.calls).toMatchObject([{ headers: { 'x-amzn-query-mode': 'true' } }])
    })

    test('a page where the answer should be says nothing of what happened', async () => {
      await using aws = await fakeAws(({ response }) => response.writeHead(200).end('<html>Welcome</html>'), {
        transport,
      })
      const failed = { code: 'service', verdict: 'now', unknown: true, status: 200 }
      await expect(aws.connection.sqs.send(queue, [entry('a')], CALL)).rejects.toMatchObject(failed)
      await expect(aws.connection.sqs.receive(queue, REQUEST, CALL)).rejects.toMatchObject(failed)
      await expect(aws.connection.sqs.delete(queue, ['h'], CALL)).rejects.toMatchObject(failed)
    })

    test('an answer that breaks off leaves the outcome unknown', async () => {
      await using aws = await fakeAws(
        ({ response }) => {
          response.writeHead(200, { 'content-length': '1000' }).write('{"Successful":')
          setImmediate(() => response.destroy())
        },
        { transport },
      )
      await expect(aws.connection.sqs.send(queue, [entry('a')], CALL)).rejects.toMatchObject({
        code: 'network',
        verdict: 'now',
        unknown: true,
      })
    })

    test('an answer that is not JSON is judged by its status', async () => {
      await using aws = await fakeAws(
        ({ response }) => response.writeHead(503).end('<html>Service Unavailable</html>'),
        { transport },
      )
      await expect(aws.connection.sqs.send(queue, [entry('a')], CALL)).rejects.toMatchObject({
        code: 'service',
        verdict: 'now',
        unknown: true,
        status: 503,
      })
      expect(aws.calls).toHaveLength(1)
    })

    test('a connection that breaks leaves the outcome unknown', async () => {
      await using aws = await fakeAws(({ response }) => response.destroy(), { transport })
      await expect(aws.connection.sqs.send(queue, [entry('a')], CALL)).rejects.toMatchObject({
        code: 'network',
        verdict: 'now',
        unknown: true,
      })
    })

    test('a call without an answer is cut at its deadline', async () => {
      await using aws = await fakeAws(() => {}, { transport })
      const receiving = aws.connection.sqs.receive(queue, REQUEST, { timeout: 30 })
      await expect(receiving).rejects.toMatchObject({
        code: 'timeout',
        verdict: 'now',
        unknown: true,
        message: "queue 'receipts': ReceiveMessage had no answer within 0.03 s.",
      })
    })

    test('a call can be called off', async () => {
      const controller = new AbortController()
      await using aws = await fakeAws(() => controller.abort(), { transport })
      const receiving = aws.connection.sqs.receive(queue, REQUEST, { ...CALL, signal: controller.signal })
      await expect(receiving).rejects.toMatchObject({ code: 'aborted', unknown: true })
      await expect(
        aws.connection.sqs.receive(queue, REQUEST, { ...CALL, signal: controller.signal }),
      ).rejects.toMatchObject({ code: 'aborted', unknown: false })
      expect(aws.calls).toHaveLength(1)
    })
  })

  test('a poll that is called off is cut, so that it takes no messages', async () => {
    const controller = new AbortController()
    const cut = Promise.withResolvers<void>()
    await using aws = await fakeAws(
      ({ response }) => {
        response.once('close', () => cut.resolve())
        controller.abort()
      },
      { transport },
    )
    const receiving = aws.connection.sqs.receive(queue, REQUEST, { ...CALL, signal: controller.signal })
    await expect(receiving).rejects.toMatchObject({ code: 'aborted' })
    await cut.promise
  })

  test('an answer may come in many pieces, cut anywhere', async () => {
    const bodies = Array.from({ length: 10 }, (_, n) => `${n}${'ä€🌍'.repeat(25_000)}`)
    const messages = bodies.map((Body, n) => ({ MessageId: `${n}`, ReceiptHandle: `${n}`, Body, MD5OfBody: md5(Body) }))
    const bytes = Buffer.from(JSON.stringify({ Messages: messages }))
    await using aws = await fakeAws(({ response }) => void pipeline(Readable.from(pieces(bytes, 997)), response), {
      transport,
    })
    const received = await aws.connection.sqs.receive(queue, REQUEST, CALL)
    expect(received.map(({ body }) => body)).toEqual(bodies)
  })

  test('a receive asks for all attributes, and for its own visibility timeout', async () => {
    await using aws = await fakeAws(({ response }) => json(response, {}), { transport })
    await aws.connection.sqs.receive(queue, { max: 3, wait: 20, visibilityTimeout: 45, attemptId: 'try-1' }, CALL)
    expect(JSON.parse(aws.calls[0]?.body ?? '')).toEqual({
      QueueUrl: queue.url,
      MaxNumberOfMessages: 3,
      WaitTimeSeconds: 20,
      VisibilityTimeout: 45,
      ReceiveRequestAttemptId: 'try-1',
      MessageAttributeNames: ['All'],
      MessageSystemAttributeNames: ['ApproximateReceiveCount', 'MessageGroupId', 'SentTimestamp', 'SequenceNumber'],
    })
  })

  test.each(['ReceiveMessage', 'SendMessageBatch'])(
    'calls of %s that hang starve neither each other nor a delete',
    async (hanging) => {
      const count = 120
      const waiting: (() => void)[] = []
      const all = Promise.withResolvers<void>()
      await using aws = await fakeAws(
        ({ call, response }) => {
          if (call !== hanging) return json(response, { Successful: [{ Id: '0' }] })
          if (waiting.push(() => json(response, {})) === count) all.resolve()
        },
        { transport },
      )
      const { sqs } = aws.connection
      const calls = Array.from({ length: count }, () =>
        hanging === 'ReceiveMessage' ? sqs.receive(queue, REQUEST, CALL) : sqs.send(queue, [entry('{}')], CALL),
      )
      await all.promise
      expect(await sqs.delete(queue, ['h'], CALL)).toEqual([{ ok: true, value: undefined }])
      for (const answer of waiting) answer()
      await Promise.all<unknown>(calls)
    },
  )

  test.each([{ Messages: 5 }, { Messages: {} }, { Messages: [null] }])(
    'an answer of another shape says nothing of what happened: %j',
    async (answer) => {
      await using aws = await fakeAws(({ response }) => json(response, answer), { transport })
      await expect(aws.connection.sqs.receive(queue, REQUEST, CALL)).rejects.toMatchObject(ANOTHER_SHAPE)
    },
  )

  test.each([{ Successful: 5 }, { Successful: [null] }, { Failed: {} }, { Successful: [{ Id: '0' }], Failed: [null] }])(
    'so does an answer of another shape to a batch call: %j',
    async (answer) => {
      await using aws = await fakeAws(({ response }) => json(response, answer), { transport })
      const { sqs } = aws.connection
      await expect(sqs.send(queue, [entry('{}')], CALL)).rejects.toMatchObject(ANOTHER_SHAPE)
      await expect(sqs.delete(queue, ['h'], CALL)).rejects.toMatchObject(ANOTHER_SHAPE)
      await expect(sqs.changeVisibility(queue, [{ handle: 'h', visibilityTimeout: 5 }], CALL)).rejects.toMatchObject(
        ANOTHER_SHAPE,
      )
    },
  )
})

test('the transports make the same requests, to the byte', async () => {
  const bytes = { type: 'Binary', value: new Uint8Array([0, 255]) }
  const bodies: string[][] = []
  for (const transport of TRANSPORTS) {
    await using aws = await fakeAws(({ response }) => json(response, {}), { transport })
    const { sqs } = aws.connection
    await sqs.send(queue, [{ body: 'ä', attributes: { bytes }, group: 'g', delay: 5 }, entry('b')], CALL)
    await sqs.receive(queue, { ...REQUEST, attemptId: 'try-1' }, CALL)
    await sqs.delete(queue, ['h'], CALL)
    await sqs.changeVisibility(queue, [{ handle: 'h', visibilityTimeout: 0 }], CALL)
    bodies.push(aws.calls.map(({ body }) => body))
  }
  const [sdk, direct] = bodies
  expect(sdk).toHaveLength(4)
  expect(sdk).toEqual(direct)
})

// the SDK finds an empty answer
test.each(['text', 5])('direct: nor does JSON that is no object: %j', async (answer) => {
  await using aws = await fakeAws(({ response }) => response.end(JSON.stringify(answer)), { transport: 'direct' })
  await expect(aws.connection.sqs.receive(queue, REQUEST, CALL)).rejects.toMatchObject(ANOTHER_SHAPE)
})

// the SDK takes it
test('direct: nor does another status than 200, whatever the answer', async () => {
  const answer = { Successful: [{ Id: '0' }] }
  await using aws = await fakeAws(({ response }) => json(response, answer, 202), { transport: 'direct' })
  await expect(aws.connection.sqs.delete(queue, ['h'], CALL)).rejects.toMatchObject({ ...ANOTHER_SHAPE, status: 202 })
})
