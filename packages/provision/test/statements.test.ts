import { apply, plan } from '@waybill/provision'
import { defineQueue, defineTopic } from '@waybill/schema'
import { simulate, type Simulation } from '@waybill/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { statementIn, topicsIn } from '../src/policy.ts'
import { OrderPaid, SendReceipt } from './support/contracts.ts'
import { subjects } from './support/subjects.ts'

let aws: Simulation
beforeEach(() => {
  aws = simulate()
})
afterEach(() => aws.close())

const topic = (name: string) => defineTopic(name, { messages: [OrderPaid] })
const [news, offers] = [topic('news'), topic('offers')]
const subscribed = (...topics: (typeof news)[]) =>
  defineQueue('inbox', { subscriptions: topics.map((each) => each.select('order.paid')), deadLetter: {} })
const [toBoth, toNews] = [subscribed(news, offers), subscribed(news)]
const topicArn = (name: string) => `arn:aws:sns:us-east-1:000000000000:${name}`

const attributesOf = async (name: string) => aws.admin.queueAttributes((await aws.admin.findQueue(name)) ?? '')
const set = async (name: string, Policy: string) =>
  aws.admin.setQueueAttributes((await aws.admin.findQueue(name)) ?? '', { Policy })
/** Whom our statement in a queue's policy lets in. */
const letIn = async (name: string) => topicsIn(statementIn((await attributesOf(name))['Policy'], 'waybill-inbox'))
/** How many messages of a topic are in the queue, and in its dead-letter queue. */
async function arrived(from: string): Promise<number[]> {
  await aws.api.sns.publish({
    TopicArn: topicArn(from),
    Message: '{"orderId":"1"}',
    MessageAttributes: { 'waybill-type': { DataType: 'String', StringValue: 'order.paid' } },
  })
  return [aws.contents(toNews).visible.length, aws.deadLetters(toNews).length]
}

describe('a topic that a queue has dropped from its declaration', () => {
  const lets = `its statement waybill-inbox lets in ${topicArn('offers')}, which is not declared.`
  beforeEach(async () => void (await apply(await plan(aws, [toBoth]))))

  test('is let in for as long as it is subscribed: nothing is lost', async () => {
    const found = await plan(aws, [toNews, offers])
    expect(String(found).split('\n')).toEqual(
      [
        'unmanaged subscription offers to inbox: it is not declared.',
        `unmanaged policy inbox-dead-letter: ${lets}`,
        `unmanaged policy inbox: ${lets}`,
      ].map((line) => `${line} Plan with prune: true to remove it.`),
    )
    await apply(found)
    expect(await arrived('offers')).toEqual([1, 0])
  })

  test('is let in no more when a plan that prunes has unsubscribed the queue', async () => {
    const pruning = await plan(aws, [toNews, offers], { prune: true })
    expect(String(pruning).split('\n')).toEqual([
      'remove subscription offers to inbox: it is not declared.',
      `remove policy inbox-dead-letter: ${lets}`,
      `remove policy inbox: ${lets}`,
    ])
    aws.forgetRequests()
    await apply(pruning)
    const made = aws.requests.filter(({ action }) => action !== 'GetQueueAttributes').map(({ action }) => action)
    expect(made).toEqual(['Unsubscribe', 'SetQueueAttributes', 'SetQueueAttributes'])
    expect([await letIn('inbox'), await letIn('inbox-dead-letter')]).toEqual([[topicArn('news')], [topicArn('news')]])
    expect(String(await plan(aws, [toNews, offers]))).toBe('')
    await apply(pruning)
    expect(await letIn('inbox')).toEqual([topicArn('news')])
  })

  test('is never removed by a plan that it is not in: the subscription would be left', async () => {
    const pruning = await plan(aws, [toNews], { prune: true })
    expect(subjects(pruning)).toEqual(['unmanaged policy inbox-dead-letter', 'unmanaged policy inbox'])
    expect(String(pruning)).toContain(
      `unmanaged policy inbox: its statement waybill-inbox lets in ${topicArn('offers')}, which is not in the plan, or not ours to unsubscribe, and may still deliver: give plan that topic too.`,
    )
    await apply(pruning)
    expect(await arrived('offers')).toEqual([1, 0])
  })

  test('is never removed either when the queue subscribes to nothing any more', async () => {
    const alone = defineQueue('inbox', { messages: [SendReceipt], deadLetter: {} })
    await apply(await plan(aws, [alone, offers], { prune: true }))
    expect(await letIn('inbox')).toEqual([topicArn('news')])
    expect(await arrived('news')).toEqual([1, 0])
    await apply(await plan(aws, [alone, news], { prune: true }))
    expect(await attributesOf('inbox')).not.toHaveProperty('Policy')
  })

  test('is not removed when somebody has changed the statement since the plan', async () => {
    const pruning = await plan(aws, [toNews, offers], { prune: true })
    await apply(await plan(aws, [subscribed(news, offers, topic('sales'))]))
    await expect(apply(pruning)).rejects.toMatchObject({
      code: 'changed',
      message: expect.stringMatching(
        /^The statement waybill-inbox of queue 'inbox-dead-letter' was changed by somebody else since the plan, to .*sales.* Plan and apply again\.$/,
      ),
    })
    expect(await letIn('inbox')).toContain(topicArn('sales'))
  })

  test('is removed again when another machine writes at the same time what was there before', async () => {
    const pruning = await plan(aws, [toNews, offers], { prune: true })
    const { Policy = '' } = await attributesOf('inbox')
    aws.faults.on(
      'admin',
      async ({ input }, make) => {
        const answer = await make()
        await make({ ...input, Attributes: { Policy } })
        return answer
      },
      { times: 1, when: ({ action, target }) => action === 'SetQueueAttributes' && target === 'inbox' },
    )
    await apply(pruning)
    expect(await letIn('inbox')).toEqual([topicArn('news')])
  })
})

test('a topic that somebody has let in is let in beside those that are declared, and is reported', async () => {
  await apply(await plan(aws, [toNews]))
  const { Policy = '' } = await attributesOf('inbox')
  await set('inbox', Policy.replace(topicArn('news'), topicArn('theirs')))
  const found = await plan(aws, [toNews])
  expect(subjects(found)).toEqual(['update policy inbox', 'unmanaged policy inbox'])
  await apply(found)
  expect(await letIn('inbox')).toEqual([topicArn('news'), topicArn('theirs')])
  expect(subjects(await plan(aws, [toNews]))).toEqual(['unmanaged policy inbox'])
})

describe('a policy that SQS would refuse is refused by plan, before anything is made:', () => {
  const advice = 'Subscribe it to fewer topics, or let fewer queues share it as their dead-letter queue.'

  test('one of more than 8,192 bytes', async () => {
    const topics = Array.from({ length: 130 }, (_, index) => topic(`a-topic-with-a-long-name-${index}`))
    await expect(plan(aws, [subscribed(...topics)])).rejects.toMatchObject({
      code: 'policy-too-large',
      message: expect.stringMatching(
        `^SQS takes policies of at most 8192 bytes and 20 statements, and that of queue 'inbox-dead-letter' would have 8\\d{3} and 1\\. ${advice}$`,
      ),
    })
    await expect(plan(aws, [subscribed(...topics.slice(0, 100))]).then(apply)).resolves.toBeDefined()
  })

  test('one of more than 20 statements, those of others among them', async () => {
    const theirs = { Sid: 'theirs', Effect: 'Deny', Principal: '*', Action: 'sqs:*', Resource: '*' }
    await aws.admin.createQueue('failed', { Policy: JSON.stringify({ Version: '2012-10-17', Statement: [theirs] }) })
    const queues = Array.from({ length: 20 }, (_, index) =>
      defineQueue(`q${index}`, { subscriptions: [news.select('order.paid')], deadLetter: { name: 'failed' } }),
    )
    await expect(plan(aws, queues)).rejects.toMatchObject({
      code: 'policy-too-large',
      message: expect.stringMatching(/that of queue 'failed' would have \d+ and 21\./),
    })
    await apply(await plan(aws, queues.slice(1)))
    await apply(await plan(aws, queues.slice(1)))
    await expect(plan(aws, queues)).rejects.toThrow('and 21.')
  })
})
