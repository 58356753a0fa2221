import { expect } from 'vitest'
import { type Account } from './support/account.ts'
import { chapter } from './support/chapter.ts'
import { eventually } from './support/eventually.ts'
import { received } from './support/received.ts'
import { refusal } from './support/refusal.ts'

/** Whether a queue comes to count so many messages as visible and in flight: AWS takes a while. */
const counts = (aws: Account, url: string, visible: string, inFlight: string) =>
  eventually(aws, async () => {
    const { ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible } = await aws.attributesOf(url)
    return ApproximateNumberOfMessages === visible && ApproximateNumberOfMessagesNotVisible === inFlight
  })

chapter('Visibility', (test) => {
  test(36, 'a message that is released comes again at once', {}, async (aws) => {
    const { url, it } = await received(aws)
    await aws.sqs.changeMessageVisibility({ ...it, VisibilityTimeout: 0 })
    expect(await aws.bodies(url)).toEqual(['m'])
  })

  test(36, 'a change holds until the next receive, which hides for as long as the queue says', {}, async (aws) => {
    const { url, it } = await received(aws)
    await aws.sqs.changeMessageVisibility({ ...it, VisibilityTimeout: 0 })
    await aws.receive(url)
    expect(await aws.bodies(url)).toEqual([])
  })

  test(37, 'a message received with a timeout of 0 can be received again at once', {}, async (aws) => {
    const url = await aws.createQueue()
    await aws.sqs.sendMessage({ QueueUrl: url, MessageBody: 'm' })
    const [first] = await aws.receive(url, { VisibilityTimeout: 0 })
    const [second] = await aws.receive(url)
    expect(first).toMatchObject({ Body: 'm', Attributes: { ApproximateReceiveCount: '1' } })
    expect(second).toMatchObject({ Body: 'm', Attributes: { ApproximateReceiveCount: '2' } })
    expect(await aws.bodies(url)).toEqual([])
  })

  test(38, 'a message stays hidden for as long as its time is extended', {}, async (aws) => {
    const { url, it } = await received(aws, { VisibilityTimeout: '3' })
    for (let beats = 0; beats < 3; beats++) {
      await aws.pass('1200ms')
      await aws.sqs.changeMessageVisibility({ ...it, VisibilityTimeout: 3 })
      expect(await aws.bodies(url, { WaitTimeSeconds: 0 })).toEqual([])
    }
  })

  test(38, 'an extension counts from when it is made, and then the message comes again', {}, async (aws) => {
    const { url, it } = await received(aws, { VisibilityTimeout: '4' })
    await aws.pass('1s')
    await aws.sqs.changeMessageVisibility({ ...it, VisibilityTimeout: 6 })
    await aws.pass('4500ms')
    expect(await aws.bodies(url, { WaitTimeSeconds: 0 })).toEqual([])
    // 7 s after the receive, or as late as a backend looks; counted from the old end it would be 10 s, after this poll
    expect(await aws.bodies(url, { WaitTimeSeconds: 4 })).toEqual(['m'])
  })

  test(39, 'standard: a handle that has expired can still be changed', {}, async (aws) => {
    const { it } = await received(aws, { VisibilityTimeout: '1' })
    await aws.pass('1500ms')
    await aws.sqs.changeMessageVisibility({ ...it, VisibilityTimeout: 2 })
  })

  const notInFlight = { differs: { fauxqs: 'says MessageNotInflight' } }

  test(40, 'the visibility of a deleted message cannot be changed', notInFlight, async (aws) => {
    const { it } = await received(aws)
    await aws.sqs.deleteMessage(it)
    expect(await refusal(aws.sqs.changeMessageVisibility({ ...it, VisibilityTimeout: 42 }))).toMatchObject({
      code: 'InvalidParameterValue',
      message:
        `Value ${it.ReceiptHandle} for parameter ReceiptHandle is invalid. ` +
        'Reason: Message does not exist or is not available for visibility timeout change.',
    })
  })

  const notAHandle = {
    code: 'ReceiptHandleIsInvalid',
    message: 'The input receipt handle "garbage" is not a valid receipt handle.',
  }

  test(41, 'what is no handle cannot be changed', notInFlight, async (aws) => {
    const it = { QueueUrl: await aws.createQueue(), ReceiptHandle: 'garbage' }
    expect(await refusal(aws.sqs.changeMessageVisibility({ ...it, VisibilityTimeout: 60 }))).toMatchObject(notAHandle)
  })

  test(41, 'what is no handle cannot be deleted', { differs: { fauxqs: 'accepts it' } }, async (aws) => {
    const it = { QueueUrl: await aws.createQueue(), ReceiptHandle: 'garbage' }
    expect(await refusal(aws.sqs.deleteMessage(it))).toMatchObject(notAHandle)
  })

  test(42, 'standard: an old handle releases what somebody else has received', notInFlight, async (aws) => {
    const { url, it } = await received(aws, { VisibilityTimeout: '0' })
    expect(await aws.bodies(url, { VisibilityTimeout: 30 })).toEqual(['m'])
    await aws.sqs.changeMessageVisibility({ ...it, VisibilityTimeout: 0 })
    expect(await aws.bodies(url)).toEqual(['m'])
  })

  const unlimited = { differs: { fauxqs: 'accepts more', localstack: 'accepts more' } }

  test(43, 'a message is hidden for at most twelve hours', unlimited, async (aws) => {
    const { it } = await received(aws)
    await aws.pass('1s')
    expect(await refusal(aws.sqs.changeMessageVisibility({ ...it, VisibilityTimeout: 43_200 }))).toMatchObject({
      code: 'InvalidParameterValue',
      message:
        'Value 43200 for parameter VisibilityTimeout is invalid. ' +
        'Reason: Total VisibilityTimeout for the message is beyond the limit [43200 seconds]',
    })
  })

  test(43, 'a message may be hidden for almost twelve hours', {}, async (aws) => {
    const { it } = await received(aws)
    await aws.sqs.changeMessageVisibility({ ...it, VisibilityTimeout: 43_190 })
  })

  const tenSeconds = { impossible: { fauxqs: 'takes ten seconds', localstack: 'takes ten seconds' } }

  test(43, 'the twelve hours count from the receive, whatever was extended since', tenSeconds, async (aws) => {
    const { it } = await received(aws)
    await aws.pass('5s')
    await aws.sqs.changeMessageVisibility({ ...it, VisibilityTimeout: 60 })
    await aws.pass('5s')
    const tooLong = await refusal(aws.sqs.changeMessageVisibility({ ...it, VisibilityTimeout: 43_191 }))
    expect(tooLong.code).toBe('InvalidParameterValue')
    await aws.sqs.changeMessageVisibility({ ...it, VisibilityTimeout: 43_189 })
  })

  const six = ['1', '2', '3', '4', '5', '6'].map((Id) => ({ Id, MessageBody: Id }))
  const sixInGroups = six.map((entry, at) => ({
    ...entry,
    MessageGroupId: `g${Math.floor(at / 2)}`,
    MessageDeduplicationId: entry.Id,
  }))
  const late = { differs: { fauxqs: 'counts them as in flight until the next receive' } }

  test(44, 'standard: a message in flight does not count as visible', {}, async (aws) => {
    const url = await aws.createQueue()
    await aws.sqs.sendMessageBatch({ QueueUrl: url, Entries: six })
    await aws.receive(url, { MaxNumberOfMessages: 1 })
    expect(await counts(aws, url, '5', '1')).toBe(true)
  })

  test(44, 'standard: messages whose time is up count as visible', late, async (aws) => {
    const url = await aws.createQueue({ VisibilityTimeout: '1' })
    await aws.sqs.sendMessageBatch({ QueueUrl: url, Entries: six })
    await aws.receive(url, { MaxNumberOfMessages: 1 })
    await aws.pass('1500ms')
    expect(await counts(aws, url, '6', '0')).toBe(true)
  })

  test(44, 'FIFO: what waits for a message of its group in flight counts as visible', {}, async (aws) => {
    const url = await aws.createFifoQueue()
    await aws.sqs.sendMessageBatch({ QueueUrl: url, Entries: sixInGroups })
    expect(await aws.bodies(url, { MaxNumberOfMessages: 1 })).toEqual(['1'])
    expect(await aws.bodies(url, { MaxNumberOfMessages: 1 })).toEqual(['3'])
    expect(await counts(aws, url, '4', '2')).toBe(true)
  })

  test(44, 'FIFO: messages whose time is up count as visible', late, async (aws) => {
    const url = await aws.createFifoQueue({ VisibilityTimeout: '1' })
    await aws.sqs.sendMessageBatch({ QueueUrl: url, Entries: sixInGroups })
    await aws.receive(url, { MaxNumberOfMessages: 1 })
    await aws.receive(url, { MaxNumberOfMessages: 1 })
    await aws.pass('1500ms')
    expect(await counts(aws, url, '6', '0')).toBe(true)
  })
})
