import { expect } from 'vitest'
import type { Account } from './support/account.ts'
import { chapter } from './support/chapter.ts'
import { refusal } from './support/refusal.ts'

const MEBIBYTE = 1_048_576

/** Entries `0`, `1`, … with these bodies. */
const entries = (...bodies: readonly string[]) => bodies.map((body, i) => ({ Id: `${i}`, MessageBody: body }))

/** Sends one entry per id. */
const sendAs = (aws: Account, url: string, ...ids: readonly string[]) =>
  aws.sqs.sendMessageBatch({ QueueUrl: url, Entries: ids.map((Id) => ({ Id, MessageBody: 'm' })) })

async function receiptHandle(aws: Account, url: string): Promise<string> {
  await aws.sqs.sendMessage({ QueueUrl: url, MessageBody: 'm' })
  const [message] = await aws.receive(url)
  return message?.ReceiptHandle ?? ''
}

chapter('Batch', (test) => {
  /** What sending and deleting nothing is refused with. */
  async function nothing(aws: Account) {
    const batch = { QueueUrl: await aws.createQueue(), Entries: [] }
    return [await refusal(aws.sqs.sendMessageBatch(batch)), await refusal(aws.sqs.deleteMessageBatch(batch))]
  }

  test(12, 'a batch without entries is refused', {}, async (aws) => {
    expect(await nothing(aws)).toMatchObject([{ code: 'EmptyBatchRequest' }, { code: 'EmptyBatchRequest' }])
  })

  const otherwise12 = {
    fauxqs: "says 'The batch request doesn't contain any entries.' instead",
    localstack: 'gives no text',
  }
  test(12, 'the text names the entry that is missing', { differs: otherwise12 }, async (aws) => {
    expect(await nothing(aws)).toMatchObject([
      { message: 'There should be at least one SendMessageBatchRequestEntry in the request.' },
      { message: 'There should be at least one DeleteMessageBatchRequestEntry in the request.' },
    ])
  })

  /** What sending, deleting and changing the visibility of twenty messages is refused with. */
  async function twenty(aws: Account) {
    const url = await aws.createQueue()
    const ReceiptHandle = await receiptHandle(aws, url)
    const ids = Array.from({ length: 20 }, (_, i) => `${i}`)
    const received = ids.map((Id) => ({ Id, ReceiptHandle, VisibilityTimeout: 1 }))
    const deletions = ids.map((Id) => ({ Id, ReceiptHandle }))
    return [
      await refusal(sendAs(aws, url, ...ids)),
      await refusal(aws.sqs.deleteMessageBatch({ QueueUrl: url, Entries: deletions })),
      await refusal(aws.sqs.changeMessageVisibilityBatch({ QueueUrl: url, Entries: received })),
    ]
  }

  test(13, 'a batch of more than ten entries is refused', {}, async (aws) => {
    const tooMany = { code: 'TooManyEntriesInBatchRequest' }
    expect(await twenty(aws)).toMatchObject([tooMany, tooMany, tooMany])
  })

  const otherwise13 = { fauxqs: 'does not say how many were sent' }
  test(13, 'the text says how many entries were sent', { differs: otherwise13 }, async (aws) => {
    const tooMany = { message: 'Maximum number of entries per request are 10. You have sent 20.' }
    expect(await twenty(aws)).toMatchObject([tooMany, tooMany, tooMany])
  })

  for (const [what, id, where] of [
    ['that is empty', '', {}],
    ['with a colon', 'invalid:id', {}],
    ['of 81 characters', 'i'.repeat(81), { differs: { fauxqs: 'accepts it' } }],
  ] as const)
    test(14, `a batch with an entry id ${what} is refused and nothing of it sent`, where, async (aws) => {
      const url = await aws.createQueue()
      expect(await refusal(sendAs(aws, url, 'good', id))).toMatchObject({
        code: 'InvalidBatchEntryId',
        message:
          'A batch entry id can only contain alphanumeric characters, hyphens and underscores. ' +
          'It can be at most 80 letters long.',
      })
      expect(await aws.bodies(url)).toEqual([])
    })

  test(15, 'a batch with an entry id twice is refused and nothing of it sent', {}, async (aws) => {
    const url = await aws.createQueue()
    const call = sendAs(aws, url, 'id_1', 'id_2', 'id_2', 'id_1')
    expect(await refusal(call)).toMatchObject({ code: 'BatchEntryIdsNotDistinct' })
    expect(await aws.bodies(url)).toEqual([])
  })

  const otherwise15 = {
    fauxqs: "says 'Two or more batch entries in the request have the same Id.' instead",
    localstack: 'gives no text',
  }
  test(15, 'the text names the first entry id that is repeated', { differs: otherwise15 }, async (aws) => {
    const url = await aws.createQueue()
    const call = sendAs(aws, url, 'id_1', 'id_2', 'id_2', 'id_1')
    expect(await refusal(call)).toMatchObject({ message: 'Id id_2 repeated.' })
  })

  /** What a batch of these bodies is refused with. */
  const refused = async (aws: Account, ...bodies: readonly string[]) =>
    refusal(aws.sqs.sendMessageBatch({ QueueUrl: await aws.createQueue(), Entries: entries(...bodies) }))

  test(16, 'a batch of more than a mebibyte is refused', {}, async (aws) => {
    expect(await refused(aws, 'm'.repeat(MEBIBYTE), 'm')).toMatchObject({ code: 'BatchRequestTooLong' })
  })

  test(16, 'a batch of one entry is refused as a batch, not as a message', {}, async (aws) => {
    expect(await refused(aws, 'm'.repeat(MEBIBYTE + 1))).toMatchObject({ code: 'BatchRequestTooLong' })
  })

  const otherwise16 = { fauxqs: 'does not say how many bytes were sent' }
  test(16, 'the text says how many bytes were sent', { differs: otherwise16 }, async (aws) => {
    expect(await refused(aws, 'm'.repeat(MEBIBYTE), 'm')).toMatchObject({
      message: 'Batch requests cannot be longer than 1048576 bytes. You have sent 1048577 bytes.',
    })
  })

  test(17, 'entries may together be larger than MaximumMessageSize', {}, async (aws) => {
    const url = await aws.createQueue({ MaximumMessageSize: '2048' })
    const Entries = entries('a'.repeat(2048), 'b'.repeat(1024))
    const { Successful } = await aws.sqs.sendMessageBatch({ QueueUrl: url, Entries })
    expect(Successful).toMatchObject([{ Id: '0' }, { Id: '1' }])
  })

  /** Sends an entry that is too large, and one that is not. */
  const sendTooLarge = async (aws: Account) =>
    aws.sqs.sendMessageBatch({
      QueueUrl: await aws.createQueue({ MaximumMessageSize: '1024' }),
      Entries: entries('m'.repeat(1025), 'm'),
    })

  test(18, 'an entry larger than MaximumMessageSize fails alone', {}, async (aws) => {
    const { Successful, Failed } = await sendTooLarge(aws)
    expect(Successful).toMatchObject([{ Id: '1' }])
    expect(Failed).toMatchObject([{ Id: '0', SenderFault: true }])
  })

  const otherwise18 = { localstack: "says 'InvalidParameterValueException' instead" }
  test(18, 'the code of an entry that is too large is InvalidParameterValue', { differs: otherwise18 }, async (aws) => {
    const { Failed } = await sendTooLarge(aws)
    expect(Failed).toMatchObject([{ Code: 'InvalidParameterValue' }])
  })

  const invalid18 = "says 'are invalid', as for a single message"
  const text18 = { fauxqs: invalid18, localstack: invalid18 }
  test(18, "the text of an entry that is too large says 'cannot be validated'", { differs: text18 }, async (aws) => {
    const { Failed } = await sendTooLarge(aws)
    expect(Failed).toMatchObject([
      { Message: 'One or more parameters cannot be validated. Reason: Message must be shorter than 1024 bytes.' },
    ])
  })

  test(19, 'an entry with a character that XML does not allow fails alone', {}, async (aws) => {
    const url = await aws.createQueue()
    const Entries = entries('0', '1', '2', '3', '4', '5', '6', '7', '8', '\x01')
    const { Successful, Failed } = await aws.sqs.sendMessageBatch({ QueueUrl: url, Entries })
    expect(Successful).toHaveLength(9)
    expect(Failed).toMatchObject([{ Id: '9', Code: 'InvalidMessageContents' }])
  })

  const alone = { fauxqs: 'fails that entry alone' }
  test(20, 'a FIFO queue refuses the whole batch for want of a group', { differs: alone }, async (aws) => {
    const url = await aws.createFifoQueue({ ContentBasedDeduplication: 'true' })
    const Entries = [
      { Id: 'complete', MessageBody: 'a', MessageGroupId: 'g' },
      { Id: 'incomplete', MessageBody: 'b' },
    ]
    expect(await refusal(aws.sqs.sendMessageBatch({ QueueUrl: url, Entries }))).toMatchObject({
      code: 'InvalidParameterValue',
      message: 'The request must contain the parameter MessageGroupId.',
    })
    expect(await aws.bodies(url)).toEqual([])
  })

  test(21, 'a FIFO queue refuses the whole batch for want of a deduplication id', { differs: alone }, async (aws) => {
    const url = await aws.createFifoQueue()
    const Entries = [
      { Id: 'complete', MessageBody: 'a', MessageGroupId: 'g', MessageDeduplicationId: 'd' },
      { Id: 'incomplete', MessageBody: 'b', MessageGroupId: 'g' },
    ]
    expect(await refusal(aws.sqs.sendMessageBatch({ QueueUrl: url, Entries }))).toMatchObject({
      code: 'InvalidParameterValue',
      message:
        'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
    })
    expect(await aws.bodies(url)).toEqual([])
  })

  const empty = { fauxqs: 'gives an empty array' }
  test(22, 'Failed is absent where every entry succeeds', { differs: empty }, async (aws) => {
    const url = await aws.createQueue()
    expect(await sendAs(aws, url, 'a', 'b')).not.toHaveProperty('Failed')
  })

  test(22, 'Successful is absent where every entry fails', { differs: empty }, async (aws) => {
    const url = await aws.createQueue()
    const answer = await aws.sqs.sendMessageBatch({ QueueUrl: url, Entries: entries('\x01') })
    expect(answer).not.toHaveProperty('Successful')
  })

  /** Deletes a message that there is, and one that never was. */
  async function deleteGarbage(aws: Account) {
    const url = await aws.createQueue()
    const Entries = [
      { Id: 'real', ReceiptHandle: await receiptHandle(aws, url) },
      { Id: 'garbage', ReceiptHandle: 'garbage' },
    ]
    return aws.sqs.deleteMessageBatch({ QueueUrl: url, Entries })
  }

  const otherwise23 = { fauxqs: 'accepts it' }
  test(23, 'a deletion with a handle that never was fails alone', { differs: otherwise23 }, async (aws) => {
    const { Successful, Failed } = await deleteGarbage(aws)
    expect(Successful).toEqual([{ Id: 'real' }])
    expect(Failed).toMatchObject([{ Id: 'garbage', Code: 'ReceiptHandleIsInvalid' }])
  })

  const fault23 = { fauxqs: 'accepts it', localstack: "says that it is not the sender's fault" }
  test(23, "a handle that never was is the sender's fault", { differs: fault23 }, async (aws) => {
    const { Failed } = await deleteGarbage(aws)
    expect(Failed).toMatchObject([{ Id: 'garbage', SenderFault: true }])
  })
})
