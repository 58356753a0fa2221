import { apply, plan } from '@waybill/provision'
import { defineQueue } from '@waybill/schema'
import { simulate, type Simulation } from '@waybill/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { orders, receipts, SendReceipt, shop, stock } from './support/contracts.ts'
import { subscriptionTo } from './support/subscription-to.ts'

let aws: Simulation
beforeEach(async () => {
  aws = simulate({ namePrefix: 'dev-' })
  await apply(await plan(aws, shop))
})
afterEach(() => aws.close())

const ADVICE = ' Plan with prune: true to remove it.'
const arn = (name: string) => `arn:aws:sqs:us-east-1:000000000000:${name}`
const byQueue = (...names: string[]) =>
  JSON.stringify({ redrivePermission: 'byQueue', sourceQueueArns: names.map(arn) })
const deadLetters = { name: 'receipts-dead-letter', fifo: false }
const attributes = async (declared: typeof deadLetters) => aws.admin.queueAttributes((await aws.queue(declared)).url)
const set = async (declared: typeof deadLetters, changed: Readonly<Record<string, string>>) =>
  aws.admin.setQueueAttributes((await aws.queue(declared)).url, changed)

test('what is not declared is reported, and removed only by a plan that prunes', async () => {
  const alone = defineQueue('receipts', { messages: [SendReceipt] })
  const { RedrivePolicy } = await attributes(receipts)
  const reported = await plan(aws, [orders, alone, stock])
  const lines = [
    'subscription dev-orders.fifo to dev-receipts: it is not declared.',
    'policy dev-receipts: its statement waybill-dev-receipts is of no declared subscription.',
    `queue dev-receipts: its redrive policy ${RedrivePolicy} is not declared (deadLetter).`,
  ]
  expect(String(reported).split('\n')).toEqual(lines.map((line) => `unmanaged ${line}${ADVICE}`))
  expect(await apply(reported)).toEqual({ made: [], left: reported.changes })

  const pruning = await plan(aws, [orders, alone, stock], { prune: true })
  expect(String(pruning).split('\n')).toEqual(lines.map((line) => `remove ${line}`))
  expect(await apply(pruning)).toEqual({ made: pruning.changes, left: [] })
  expect(String(await plan(aws, [orders, alone, stock]))).toBe('')
  expect(await subscriptionTo(aws, receipts)).toBeUndefined()
  expect(await attributes(receipts)).not.toHaveProperty('Policy')
  // never a queue, nor what has nothing to do with the declared
  expect(await attributes(deadLetters)).toHaveProperty('Policy')
  await apply(pruning)
})

test('it goes last, when all that is declared is made and tagged: what delivers first, what lets in after it', async () => {
  const alone = defineQueue('receipts', { messages: [SendReceipt], visibilityTimeout: '45s' })
  await set({ name: 'stock-dead-letter', fifo: true }, { RedriveAllowPolicy: '' })
  const pruning = await plan(aws, [orders, alone, stock], { prune: true, tags: { env: 'dev' } })
  aws.forgetRequests()
  await apply(pruning)
  const writes = aws.requests.filter(({ action }) => /^(Set|Tag|Unsubscribe)/.test(action))
  expect(writes.map(({ action, input }) => [action, ...Object.keys(input['Attributes'] ?? {})].join(' '))).toEqual([
    'SetQueueAttributes VisibilityTimeout',
    'TagQueue',
    'TagQueue',
    'TagQueue',
    'TagResource',
    'Unsubscribe',
    'SetQueueAttributes Policy',
    'SetQueueAttributes RedrivePolicy',
    'SetQueueAttributes RedriveAllowPolicy',
  ])
})

test('of a policy the statements of others stay', async () => {
  const theirs = { Sid: 'theirs', Effect: 'Deny', Principal: '*', Action: 'sqs:*', Resource: '*' }
  const { Policy = '' } = await attributes(receipts)
  await set(receipts, { Policy: Policy.replace('[', `[${JSON.stringify(theirs)},`) })
  const alone = defineQueue('receipts', { messages: [SendReceipt] })
  await apply(await plan(aws, [orders, alone], { prune: true }))
  expect(JSON.parse((await attributes(receipts))['Policy'] ?? '')).toMatchObject({ Statement: [theirs] })
})

test('a statement of a queue that subscribes no more goes from its dead-letter queue; that of a queue that is not in the plan stays', async () => {
  const alone = defineQueue('receipts', { messages: [SendReceipt], deadLetter: {} })
  const other = defineQueue('other', {
    subscriptions: [orders.select('order.paid')],
    deadLetter: { name: deadLetters.name },
  })
  await apply(await plan(aws, [receipts, other]))
  await apply(await plan(aws, [orders, alone], { prune: true }))
  const { Policy = '' } = await attributes(deadLetters)
  expect(JSON.parse(Policy)).toMatchObject({ Statement: [{ Sid: 'waybill-dev-other' }] })
})

test.each([
  ['lets everybody in', '', 'any queue'],
  ['names a queue too many', byQueue('dev-receipts', 'theirs'), arn('theirs')],
])('a dead-letter queue that %s is closed to all but its own', async (_what, RedriveAllowPolicy, whom) => {
  await set(deadLetters, { RedriveAllowPolicy })
  const line = `queue dev-receipts-dead-letter: its RedriveAllowPolicy lets ${whom} use it as dead-letter queue, which is not declared.`
  expect(String(await plan(aws, shop))).toBe(`unmanaged ${line}${ADVICE}`)
  const pruning = await plan(aws, shop, { prune: true })
  expect(String(pruning)).toBe(`remove ${line}`)
  expect(pruning.changes).toMatchObject([{ attribute: 'RedriveAllowPolicy', to: byQueue('dev-receipts') }])
  await apply(pruning)
  expect(await attributes(deadLetters)).toMatchObject({ RedriveAllowPolicy: byQueue('dev-receipts') })
  expect(String(await plan(aws, shop))).toBe('')
})

test('a redrive policy that a dead-letter queue was given is removed from it', async () => {
  await aws.admin.createQueue('theirs', {})
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arn('theirs'), maxReceiveCount: 5 })
  await set(deadLetters, { RedrivePolicy })
  await apply(await plan(aws, shop, { prune: true }))
  expect(await attributes(deadLetters)).not.toHaveProperty('RedrivePolicy')
})
