import { apply, destroy, plan } from '@waybill/provision'
import { defineQueue, defineTopic } from '@waybill/schema'
import { type Fault, fail, simulate, type Simulation } from '@waybill/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { OrderPaid } from './support/contracts.ts'

let aws: Simulation
beforeEach(() => {
  aws = simulate()
})
afterEach(() => aws.close())

const news = defineTopic('news', { messages: [OrderPaid] })
const inbox = defineQueue('inbox', { subscriptions: [news.select('order.paid')], deadLetter: {} })
const topicArn = 'arn:aws:sns:us-east-1:000000000000:news'
const queueArn = (name: string, account = '000000000000') => `arn:aws:sqs:us-east-1:${account}:${name}`
const OTHER = '111111111111'

const asked = (action: string) => aws.requests.filter((request) => request.action === action)

describe('of a topic that has many subscriptions', () => {
  test('only those of the plan are read, and destroyed: AWS refuses those of other accounts to the topic owner', async () => {
    await apply(await plan(aws, [inbox]))
    for (let n = 0; n < 50; n++) await aws.admin.subscribe(topicArn, queueArn(`other-${n}`), {})
    aws.forgetRequests()
    expect(String(await plan(aws, [inbox]))).toBe('')
    expect(asked('GetSubscriptionAttributes')).toHaveLength(1)
    await destroy(aws, [inbox])
    expect(await aws.admin.subscriptions(topicArn)).toHaveLength(50)
  })

  /** As SNS lists the subscription of `inbox` from now on. */
  function listAs(changed: Readonly<Record<string, string>>): void {
    const list: Fault = async () => ({
      Subscriptions: [{ SubscriptionArn: `${topicArn}:1`, Endpoint: queueArn('inbox'), Owner: OTHER, ...changed }],
    })
    aws.faults.on('admin', list, { when: ({ action }) => action === 'ListSubscriptionsByTopic' })
    aws.faults.on('admin', fail('access-denied'), { when: ({ action }) => action === 'GetSubscriptionAttributes' })
  }

  test('one that another account has made is taken as it is: AWS shows it to that account alone', async () => {
    await apply(await plan(aws, [inbox]))
    listAs({})
    expect(String(await plan(aws, [inbox]))).toBe('')
  })

  test('one that waits for its confirmation is reported, not made again, and can not be removed', async () => {
    await apply(await plan(aws, [inbox]))
    listAs({ SubscriptionArn: 'PendingConfirmation' })
    aws.forgetRequests()
    const found = await plan(aws, [inbox])
    expect(String(found)).toBe(
      "can't change subscription news to inbox: PendingConfirmation from true to false: the queue's owner has to confirm it: SNS has sent the queue a message with a SubscribeURL.",
    )
    expect(await apply(found)).toEqual({ made: [], left: found.changes })
    await apply(
      await plan(aws, [news, defineQueue('inbox', { messages: [OrderPaid], deadLetter: {} })], { prune: true }),
    )
    await destroy(aws, [inbox])
    expect([...asked('Subscribe'), ...asked('Unsubscribe')]).toEqual([])
  })
})
