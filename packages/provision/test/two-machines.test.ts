import { apply, plan } from '@waybill/provision'
import { defineQueue, defineTopic } from '@waybill/schema'
import { delayAnswer, delayCall, fail, simulate, type Simulation } from '@waybill/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { OrderPaid, orders, receipts, SendReceipt, shop, stock } from './support/contracts.ts'
import { subscriptionTo } from './support/subscription-to.ts'

let aws: Simulation
beforeEach(() => {
  aws = simulate({ namePrefix: 'dev-' })
})
afterEach(() => aws.close())

const arn = (name: string) => `arn:aws:sqs:us-east-1:000000000000:${name}`

describe('two machines that plan and apply equal declarations at once do each other no harm', () => {
  const tags = { env: 'dev' }
  const clearance = defineTopic('clearance', { messages: [OrderPaid] })
  const declared = [...shop, clearance]

  /** Answers come late, and calls arrive late, so that the machines get in each other's way differently each time. */
  async function atOnce(seed: number, before: (simulation: Simulation) => Promise<void>): Promise<string> {
    await using simulation = simulate({ namePrefix: 'dev-', seed })
    await before(simulation)
    for (const fault of [delayAnswer('3s'), delayCall('2s'), fail('throttled')])
      simulation.faults.on('admin', fault, { probability: 0.2 })
    const machines = [simulation, simulation.connect()]
    const plans = await Promise.all(machines.map((machine) => plan(machine, declared, { prune: true, tags })))
    await Promise.all(plans.map(apply))
    simulation.faults.clear()
    return String(await plan(simulation, declared, { tags }))
  }

  const seeds = Array.from({ length: 20 }, (_, index) => index + 1)

  test.each(seeds)('from nothing (seed %i)', async (seed) => {
    expect(await atOnce(seed, async () => {})).toBe('')
  })

  test.each(seeds)('where everything has drifted (seed %i)', async (seed) => {
    const spoil = async (simulation: Simulation) => {
      await apply(await plan(simulation, shop))
      const { admin } = simulation
      const { url } = await simulation.queue(receipts)
      await admin.createQueue('dev-other', {})
      const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arn('dev-other'), maxReceiveCount: 20 })
      await admin.setQueueAttributes(url, { VisibilityTimeout: '60', DelaySeconds: '1', Policy: '', RedrivePolicy })
      const { url: dead } = await simulation.queue({ name: 'receipts-dead-letter', fifo: false })
      await admin.setQueueAttributes(dead, { RedriveAllowPolicy: '{"redrivePermission":"denyAll"}' })
      const [ofReceipts, ofStock] = [
        await subscriptionTo(simulation, receipts),
        await subscriptionTo(simulation, stock),
      ]
      await admin.unsubscribe(ofReceipts?.arn ?? '')
      await admin.setSubscriptionAttribute(ofStock?.arn ?? '', 'FilterPolicyScope', 'MessageBody')
      await admin.setSubscriptionAttribute(ofStock?.arn ?? '', 'FilterPolicy', '{"order":{"paid":[true]}}')
      const { url: fifo } = await simulation.queue(stock)
      const { Policy = '' } = await admin.queueAttributes(fifo)
      const clearanceArn = 'arn:aws:sns:us-east-1:000000000000:dev-clearance'
      await admin.setQueueAttributes(fifo, { Policy: Policy.replace('SourceArn":[', `SourceArn":["${clearanceArn}",`) })
      await admin.subscribe((await simulation.topic(orders)).arn, arn('dev-receipts-dead-letter'), {})
    }
    expect(await atOnce(seed, spoil)).toBe('')
  })
})

test('when one applies what the other has just applied, nothing changes', async () => {
  const [first, second] = [await plan(aws, shop), await plan(aws.connect(), shop)]
  await apply(first)
  await apply(second)
  expect(String(await plan(aws, shop))).toBe('')
  expect(await aws.admin.subscriptions((await aws.topic(orders)).arn)).toHaveLength(2)
})

describe('what somebody else has created since the plan, and otherwise than planned,', () => {
  const advice = 'was created by somebody else since the plan, and differs from it. Plan and apply again.'

  test('is told of, when it is a queue', async () => {
    const planned = await plan(aws, [receipts])
    await aws.admin.createQueue('dev-receipts', { VisibilityTimeout: '60' })
    await expect(apply(planned)).rejects.toMatchObject({
      code: 'changed',
      message: `The queue 'dev-receipts' ${advice}`,
      cause: { code: 'already-exists' },
    })
    await apply(await plan(aws, [receipts]))
    expect(String(await plan(aws, [receipts]))).toBe('')
  })

  test('is told of, when it is a topic or its tags differ', async () => {
    const planned = await plan(aws, [orders], { tags: { env: 'dev' } })
    await aws.admin.createTopic('dev-orders.fifo', { FifoTopic: 'true', FifoThroughputScope: 'MessageGroup' })
    const refused = { code: 'changed', message: `The topic 'dev-orders.fifo' ${advice}` }
    await expect(apply(planned)).rejects.toMatchObject(refused)
  })

  test('is told of, when it is a subscription', async () => {
    await apply(await plan(aws, [orders, defineQueue('receipts', { messages: [SendReceipt], deadLetter: {} })]))
    const planned = await plan(aws, [receipts])
    await aws.admin.subscribe((await aws.topic(orders)).arn, arn('dev-receipts'), { RawMessageDelivery: 'false' })
    await expect(apply(planned)).rejects.toMatchObject({
      code: 'changed',
      message: `The subscription 'dev-orders.fifo to dev-receipts' ${advice}`,
    })
  })
})

describe('machines that share a dead-letter queue, each for a queue of its own', () => {
  const [audit, billing] = ['audit', 'billing'].map((name) =>
    defineQueue(name, { subscriptions: [orders.select('order.paid')], deadLetter: { name: 'failed' } }),
  )
  if (!audit || !billing) throw new Error('no queues')
  const failed = async () => aws.admin.queueAttributes((await aws.queue({ name: 'failed', fifo: false })).url)

  test('let both in, also when the other came in between plan and apply', async () => {
    await apply(await plan(aws, [audit]))
    const planned = await plan(aws, [billing])
    const third = defineQueue('third', { messages: [SendReceipt], deadLetter: { name: 'failed' } })
    await apply(await plan(aws, [third]))
    await apply(planned)
    const { Policy = '', RedriveAllowPolicy = '' } = await failed()
    expect(JSON.parse(RedriveAllowPolicy)).toEqual({
      redrivePermission: 'byQueue',
      sourceQueueArns: ['dev-audit', 'dev-billing', 'dev-third'].map(arn),
    })
    expect(JSON.parse(Policy)).toMatchObject({
      Statement: [{ Sid: 'waybill-dev-audit' }, { Sid: 'waybill-dev-billing' }],
    })
  })

  test('set again what the other has swept away by writing at the same time', async () => {
    await apply(await plan(aws, [audit]))
    const before = await failed()
    const planned = await plan(aws, [billing])
    const swept = new Set<string>()
    aws.faults.on(
      'admin',
      async ({ action, input }, make) => {
        const answer = await make()
        const attributes = input['Attributes']
        for (const name of ['Policy', 'RedriveAllowPolicy'])
          if (action === 'SetQueueAttributes' && JSON.stringify(attributes).includes(`"${name}"`) && !swept.has(name)) {
            swept.add(name)
            await make({ ...input, Attributes: { [name]: before[name] } })
          }
        return answer
      },
      { when: ({ target }) => target === 'dev-failed' },
    )
    await apply(planned)
    expect([...swept]).toEqual(['RedriveAllowPolicy', 'Policy'])
    const now = await failed()
    expect(now['RedriveAllowPolicy']).toContain(arn('dev-billing'))
    expect(now['Policy']).toContain('waybill-dev-billing')
  })

  test('set again what a late write of the other has swept away while they were at something else', async () => {
    await apply(await plan(aws, [billing]))
    const { Policy = '', RedriveAllowPolicy = '' } = await failed()
    const planned = await plan(aws, [audit])
    const { url } = await aws.queue({ name: 'failed', fifo: false })
    aws.faults.on(
      'admin',
      async (_call, make) => {
        await aws.admin.setQueueAttributes(url, { Policy, RedriveAllowPolicy })
        return make()
      },
      { times: 1, when: ({ action }) => action === 'Subscribe' },
    )
    await apply(planned)
    const now = await failed()
    expect(JSON.parse(now['Policy'] ?? '')).toMatchObject({
      Statement: [{ Sid: 'waybill-dev-billing' }, { Sid: 'waybill-dev-audit' }],
    })
    expect(JSON.parse(now['RedriveAllowPolicy'] ?? '')).toMatchObject({
      sourceQueueArns: ['dev-audit', 'dev-billing'].map(arn),
    })
  })
})
