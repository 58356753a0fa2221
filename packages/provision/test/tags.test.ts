import { OptionsError } from '@waybill/core'
import { apply, destroy, plan } from '@waybill/provision'
import { defineQueue, defineTopic } from '@waybill/schema'
import { fail, simulate, type Simulation } from '@waybill/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { OrderPaid, SendReceipt, shop } from './support/contracts.ts'

let aws: Simulation
beforeEach(() => {
  aws = simulate({ namePrefix: 'dev-' })
})
afterEach(() => aws.close())

const jobs = defineQueue('jobs', { messages: [SendReceipt], deadLetter: {}, tags: { team: 'jobs' } })
const news = defineTopic('news', { messages: [OrderPaid], tags: { team: 'news' } })
const tagsOf = async (name: string) => aws.admin.queueTags((await aws.queue({ name, fifo: false })).url)
const newsTags = async () => aws.admin.topicTags((await aws.topic(news)).arn)

test('queues, their dead-letter queues and topics are created with their tags', async () => {
  const found = await plan(aws, [jobs, news])
  expect(found.changes.map(({ kind }) => kind)).toEqual(['create', 'create', 'create'])
  expect(String(found).split('\n')).toEqual([
    expect.stringMatching(/^create queue dev-jobs-dead-letter: .* tag team=jobs$/),
    expect.stringMatching(/^create queue dev-jobs: .* tag team=jobs$/),
    'create topic dev-news: tag team=news',
  ])
  await apply(found)
  expect([await tagsOf('jobs'), await tagsOf('jobs-dead-letter'), await newsTags()]).toEqual([
    { team: 'jobs' },
    { team: 'jobs' },
    { team: 'news' },
  ])
  expect(String(await plan(aws, [jobs, news]))).toBe('')
})

test('tags of the plan are of everything, and those of a declaration win', async () => {
  const bare = defineQueue('bare', { messages: [SendReceipt] })
  const tags = { team: 'shop', env: 'dev' }
  await apply(await plan(aws, [jobs, news, bare], { tags }))
  expect([await tagsOf('jobs'), await tagsOf('jobs-dead-letter'), await tagsOf('bare'), await newsTags()]).toEqual([
    { team: 'jobs', env: 'dev' },
    { team: 'jobs', env: 'dev' },
    { team: 'shop', env: 'dev' },
    { team: 'news', env: 'dev' },
  ])
})

test('tags that differ or are missing are found, and repaired; those of others are kept', async () => {
  await apply(await plan(aws, [jobs, news]))
  await aws.admin.tagQueue((await aws.queue(jobs)).url, { team: 'theirs', owner: 'ada' })
  await aws.admin.tagTopic((await aws.topic(news)).arn, { owner: 'ada' })
  const found = await plan(aws, [jobs, news], { tags: { env: 'dev' } })
  expect(String(found).split('\n')).toEqual([
    'tag queue dev-jobs-dead-letter: env from nothing to dev',
    'tag queue dev-jobs: env from nothing to dev, team from theirs to jobs',
    'tag topic dev-news: env from nothing to dev',
  ])
  expect(found.changes[1]).toMatchObject({ from: { team: 'theirs' }, to: { team: 'jobs', env: 'dev' } })
  expect((await apply(found)).made).toEqual(found.changes)
  expect(await tagsOf('jobs')).toEqual({ team: 'jobs', owner: 'ada', env: 'dev' })
  expect(await newsTags()).toEqual({ team: 'news', owner: 'ada', env: 'dev' })
  expect(String(await plan(aws, [jobs, news], { tags: { env: 'dev' } }))).toBe('')
})

test('without tags none are asked for, nor to destroy: that takes a permission', async () => {
  aws.faults.on('admin', fail('access-denied'), { when: ({ action }) => /Tag/.test(action) })
  await apply(await plan(aws, shop))
  expect(String(await plan(aws, shop))).toBe('')
  await apply(await plan(aws, [jobs]))
  await expect(plan(aws, [jobs])).rejects.toMatchObject({
    code: 'access-denied',
    message: expect.stringContaining('Allow sqs:ListQueueTags'),
  })
  await destroy(aws, [jobs])
})

test('tags of plan and declaration together are no more than AWS takes', async () => {
  const tags = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`key-${index}`, '']))
  await expect(plan(aws, [news], { tags })).rejects.toThrow(
    new OptionsError("tags of 'news': these are 51, and AWS takes at most 50. Leave some out."),
  )
})
