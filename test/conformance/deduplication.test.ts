import { createHash } from 'node:crypto'
import { expect } from 'vitest'
import { type Account } from './support/account.ts'
import { chapter } from './support/chapter.ts'
import { refusal } from './support/refusal.ts'

const send = (aws: Account, QueueUrl: string, MessageBody: string, id?: string, MessageGroupId = 'g') =>
  aws.sqs.sendMessage({ QueueUrl, MessageBody, MessageGroupId, MessageDeduplicationId: id })

chapter('Deduplication', (test) => {
  test(68, 'of two messages with one ID, only the first is delivered', {}, async (aws) => {
    const url = await aws.createFifoQueue()
    await send(aws, url, 'first', 'd')
    await send(aws, url, 'second', 'd')
    expect(await aws.bodies(url)).toEqual(['first'])
  })

  test(68, 'of two messages with the same body, only the first is delivered', {}, async (aws) => {
    const url = await aws.createFifoQueue({ ContentBasedDeduplication: 'true' })
    const first = await send(aws, url, 'same')
    await send(aws, url, 'same')
    const received = await aws.receive(url)
    expect(received.map(({ MessageId }) => MessageId)).toEqual([first.MessageId])
  })

  test(68, 'the answer to a duplicate repeats the message ID of the first', {}, async (aws) => {
    const url = await aws.createFifoQueue()
    const first = await send(aws, url, 'first', 'd')
    expect((await send(aws, url, 'second', 'd')).MessageId).toBe(first.MessageId)
  })

  const anew = { differs: { localstack: 'gives a new one' } }

  test(68, 'the answer to a duplicate repeats the sequence number of the first', anew, async (aws) => {
    const url = await aws.createFifoQueue()
    const first = await send(aws, url, 'first', 'd')
    expect((await send(aws, url, 'second', 'd')).SequenceNumber).toBe(first.SequenceNumber)
  })

  for (const [what, attributes, id] of [
    ['ID', {}, 'd'],
    ['body', { ContentBasedDeduplication: 'true' }, undefined],
  ] as const) {
    test(69, `the ${what} of a message that was deleted is still a duplicate`, {}, async (aws) => {
      const url = await aws.createFifoQueue(attributes)
      await send(aws, url, 'm', id)
      const [first] = await aws.receive(url)
      await aws.sqs.deleteMessage({ QueueUrl: url, ReceiptHandle: first?.ReceiptHandle })
      await send(aws, url, 'm', id)
      expect(await aws.bodies(url)).toEqual([])
    })

    test(70, `the same ${what} in another group is a duplicate`, {}, async (aws) => {
      const url = await aws.createFifoQueue(attributes)
      await send(aws, url, 'm', id, 'g1')
      await send(aws, url, 'm', id, 'g2')
      expect(await aws.bodies(url)).toEqual(['m'])
    })
  }

  const ignored = { differs: { fauxqs: 'ignores the scope' } }

  test(71, 'with the scope messageGroup, each group has IDs of its own', ignored, async (aws) => {
    const url = await aws.createFifoQueue({ DeduplicationScope: 'messageGroup' })
    await send(aws, url, '1', 'd', 'g1')
    await send(aws, url, '1 again', 'd', 'g1')
    await send(aws, url, '2', 'd', 'g2')
    expect(new Set(await aws.bodies(url))).toEqual(new Set(['1', '2']))
  })

  const minutes = (reason: string) => ({ impossible: { fauxqs: reason, localstack: reason, aws: reason } })

  test(72, 'an ID is remembered for five minutes', minutes('takes almost five minutes'), async (aws) => {
    const url = await aws.createFifoQueue()
    await send(aws, url, 'first', 'd')
    await aws.pass('290s')
    await send(aws, url, 'second', 'd')
    expect(await aws.bodies(url)).toEqual(['first'])
  })

  test(72, 'after that it is new, even while the first is in the queue', minutes('takes six minutes'), async (aws) => {
    const url = await aws.createFifoQueue()
    await send(aws, url, 'first', 'd')
    await aws.pass('2s')
    await send(aws, url, 'second', 'd')
    await aws.pass('6m')
    await send(aws, url, 'third', 'd')
    expect(await aws.bodies(url)).toEqual(['first', 'third'])
  })

  test(73, 'attributes do not tell two messages with the same body apart', {}, async (aws) => {
    const url = await aws.createFifoQueue({ ContentBasedDeduplication: 'true' })
    for (const StringValue of ['1', '2']) {
      const MessageAttributes = { a: { DataType: 'String', StringValue } }
      await aws.sqs.sendMessage({ QueueUrl: url, MessageBody: 'same', MessageGroupId: StringValue, MessageAttributes })
    }
    expect(await aws.receive(url)).toMatchObject([{ MessageAttributes: { a: { StringValue: '1' } } }])
  })

  test(73, 'an ID counts in place of the body', {}, async (aws) => {
    const url = await aws.createFifoQueue({ ContentBasedDeduplication: 'true' })
    await send(aws, url, 'same', undefined, 'g1')
    await send(aws, url, 'same', 'd', 'g2')
    expect(await aws.bodies(url)).toEqual(['same', 'same'])
  })

  test(73, 'the ID of a body is its SHA-256', {}, async (aws) => {
    const url = await aws.createFifoQueue({ ContentBasedDeduplication: 'true' })
    await send(aws, url, 'first', createHash('sha256').update('second').digest('hex'), 'g1')
    await send(aws, url, 'second', undefined, 'g2')
    expect(await aws.bodies(url)).toEqual(['first'])
  })

  test(74, 'a purge forgets the IDs', { differs: { fauxqs: 'remembers them' } }, async (aws) => {
    const url = await aws.createFifoQueue()
    await send(aws, url, 'first', 'd')
    await aws.sqs.purgeQueue({ QueueUrl: url })
    await send(aws, url, 'second', 'd')
    expect(await aws.bodies(url)).toEqual(['second'])
  })

  const wide = { DeduplicationScope: 'queue', FifoThroughputLimit: 'perQueue' }
  const narrow = { DeduplicationScope: 'messageGroup', FifoThroughputLimit: 'perMessageGroupId' }
  const noScope = { differs: { fauxqs: 'refuses the attribute as unknown' } }

  for (const [from, to] of [
    [wide, narrow],
    [narrow, wide],
  ] as const) {
    test(75, `a queue shows that its scope became ${to.DeduplicationScope}`, noScope, async (aws) => {
      const url = await aws.createFifoQueue(from)
      await aws.sqs.setQueueAttributes({ QueueUrl: url, Attributes: to })
      expect(await aws.attributesOf(url)).toMatchObject(to)
    })
  }

  test(75, 'a queue whose scope became messageGroup goes on as before, with new IDs too', noScope, async (aws) => {
    const url = await aws.createFifoQueue(wide)
    await send(aws, url, '1', 'old', 'g1')
    await aws.sqs.setQueueAttributes({ QueueUrl: url, Attributes: narrow })
    await send(aws, url, '2', 'old', 'g2')
    await send(aws, url, '3', 'new', 'g3')
    await send(aws, url, '4', 'new', 'g4')
    expect(new Set(await aws.bodies(url))).toEqual(new Set(['1', '3']))
  })

  test(75, 'a queue whose scope became queue goes on as before', noScope, async (aws) => {
    const url = await aws.createFifoQueue(narrow)
    await send(aws, url, '1', 'old', 'g1')
    await aws.sqs.setQueueAttributes({ QueueUrl: url, Attributes: wide })
    await send(aws, url, '2', 'old', 'g2')
    expect(new Set(await aws.bodies(url))).toEqual(new Set(['1', '2']))
  })

  const accepted = { differs: { fauxqs: 'accepts it' } }

  for (const [what, id, where] of [
    ['an empty ID', '', {}],
    ['an ID longer than 128', 'a'.repeat(129), accepted],
    ['an ID with a space', 'group 123', accepted],
  ] as const) {
    test(76, `${what} is refused`, where, async (aws) => {
      const url = await aws.createFifoQueue()
      expect((await refusal(send(aws, url, 'm', id))).code).toBe('InvalidParameterValue')
    })
  }

  test(76, 'the refusal says what an ID may be', { differs: { fauxqs: 'takes it for none' } }, async (aws) => {
    const url = await aws.createFifoQueue()
    expect((await refusal(send(aws, url, 'm', ''))).message).toBe(
      'Value  for parameter MessageDeduplicationId is invalid. ' +
        'Reason: MessageDeduplicationId can only include alphanumeric and punctuation characters. 1 to 128 in length.',
    )
  })

  test(76, 'an ID may be 128 long', {}, async (aws) => {
    const url = await aws.createFifoQueue()
    await send(aws, url, 'm', 'a'.repeat(128))
    expect(await aws.bodies(url)).toEqual(['m'])
  })
})
