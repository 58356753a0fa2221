import type { Connection, QueueRef } from '@waybill/sqs'
import { expect } from 'vitest'
import { describeEachBackend } from '../support/backends.ts'

const CALL = { timeout: 10_000 }
const RECEIVE = { max: 10, wait: 2, visibilityTimeout: 30 }

async function createQueue(aws: Connection, fifo: boolean): Promise<QueueRef> {
  const declared = { name: 'work', fifo }
  await aws.admin.createQueue(aws.queueName(declared), fifo ? { FifoQueue: 'true' } : {})
  return aws.queue(declared)
}

const entry = (body: string, group?: string) => ({ body, attributes: {}, group, deduplicationId: group && body })

describeEachBackend('the transport', ({ test, differs }) => {
  test('brings a body and its attributes unchanged', async ({ aws }) => {
    const queue = await createQueue(aws, false)
    const attributes = {
      'waybill-type': { type: 'String', value: 'note' },
      'waybill-version': { type: 'Number', value: '1' },
    }
    const body = JSON.stringify({ text: 'Grüße, "quoted"\r\n€' })
    await aws.sqs.send(queue, [{ body, attributes }], CALL)
    const [received] = await aws.sqs.receive(queue, RECEIVE, CALL)
    expect(received).toMatchObject({ body, attributes, receives: 1 })
  })

  test('brings characters beyond U+FFFF', differs({ embedded: 'refuses them' }), async ({ aws }) => {
    const queue = await createQueue(aws, false)
    await aws.sqs.send(queue, [entry('😀')], CALL)
    expect(await aws.sqs.receive(queue, { ...RECEIVE, wait: 0 }, CALL)).toMatchObject([{ body: '😀' }])
  })

  test('answers each entry in its own position', async ({ aws }) => {
    const queue = await createQueue(aws, false)
    const results = await aws.sqs.send(queue, [entry('good'), entry('\u0001'), entry('good too')], CALL)
    expect(results.map(({ ok }) => ok)).toEqual([true, false, true])
  })

  test('says that a character which SQS does not take is refused for good', async ({ aws }) => {
    const queue = await createQueue(aws, false)
    const [result] = await aws.sqs.send(queue, [entry('\u0001')], CALL)
    expect(result).toMatchObject({ ok: false, verdict: 'never' })
  })

  test('brings a message again, with a higher receive count, when its visibility timeout is set to 0', async ({
    aws,
  }) => {
    const queue = await createQueue(aws, false)
    await aws.sqs.send(queue, [entry('again')], CALL)
    const [first] = await aws.sqs.receive(queue, RECEIVE, CALL)
    await aws.sqs.changeVisibility(queue, [{ handle: first?.receiptHandle ?? '', visibilityTimeout: 0 }], CALL)
    const [second] = await aws.sqs.receive(queue, RECEIVE, CALL)
    expect(second).toMatchObject({ messageId: first?.messageId, receives: 2 })
    expect(second?.receiptHandle).not.toBe(first?.receiptHandle)
  })

  test('brings a deleted message no more', async ({ aws }) => {
    const queue = await createQueue(aws, false)
    await aws.sqs.send(queue, [entry('once')], CALL)
    const [received] = await aws.sqs.receive(queue, RECEIVE, CALL)
    const [deleted] = await aws.sqs.delete(queue, [received?.receiptHandle ?? ''], CALL)
    expect(deleted?.ok).toBe(true)
    expect(await aws.sqs.receive(queue, { ...RECEIVE, wait: 0 }, CALL)).toEqual([])
  })

  test(
    'brings several messages of one group in one receive, in order',
    differs({ embedded: 'one message per message group and receive' }),
    async ({ aws }) => {
      const queue = await createQueue(aws, true)
      await aws.sqs.send(
        queue,
        ['1', '2', '3'].map((body) => entry(body, 'group')),
        CALL,
      )
      const received = await aws.sqs.receive(queue, RECEIVE, CALL)
      expect(received.map(({ body }) => body)).toEqual(['1', '2', '3'])
    },
  )

  test('brings nothing more of a group while a message of it is in flight', async ({ aws }) => {
    const queue = await createQueue(aws, true)
    await aws.sqs.send(
      queue,
      ['1', '2'].map((body) => entry(body, 'group')),
      CALL,
    )
    await aws.sqs.receive(queue, { ...RECEIVE, max: 1 }, CALL)
    expect(await aws.sqs.receive(queue, { ...RECEIVE, wait: 0 }, CALL)).toEqual([])
  })
})
