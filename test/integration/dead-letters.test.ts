import { expect } from 'vitest'
import { createProducer, deadLetter, defineQueue, readProvenance } from 'waybill'
import { capturedLog } from '../../packages/consumer/test/support/captured-log.ts'
import { describeEachBackend } from '../support/backends.ts'
import { Inbox } from '../support/inbox.ts'
import { started } from './support/consumers.ts'
import { Job, sendJobs } from './support/jobs.ts'
import { deadLetterQueue, deploy, left, sendRaw, takeOne } from './support/queues.ts'

const jobs = defineQueue('jobs', { messages: [Job], deadLetter: { attempts: 2 } })

describeEachBackend('a message that can not be handled', ({ test }) => {
  test('is moved when its attempts are exhausted, unchanged, and says where it comes from and why', async ({ aws }) => {
    const queue = await deploy(aws, jobs)
    await using producer = createProducer(aws, jobs)
    await producer.send('job', { n: 1 }, { id: 'job-1', attributes: { tenant: 'acme' } })
    const consumer = await started(aws, jobs, {
      job() {
        throw new TypeError('broken')
      },
    })
    const { attributes, body } = await takeOne(aws, await deadLetterQueue(aws, jobs))
    await consumer.stop()
    expect(await left(aws, queue)).toBe(0)
    expect(body).toBe('{"n":1}')
    expect(attributes).toEqual({
      'waybill-type': { type: 'String', value: 'job' },
      'waybill-version': { type: 'Number', value: '1' },
      'waybill-id': { type: 'String', value: 'job-1' },
      tenant: { type: 'String', value: 'acme' },
      'waybill-dead-letter': expect.anything(),
    })
    expect(readProvenance(attributes)).toMatchObject({
      queue: aws.queueName(jobs),
      receives: 2,
      attempts: 2,
      reason: 'attempts exhausted (2): broken',
      error: { name: 'TypeError', message: 'broken', stack: expect.stringContaining('dead-letters.test.ts') },
      worker: expect.stringContaining(`:${process.pid}`),
    })
  })

  test('is moved at its first attempt when its handler says so', async ({ aws }) => {
    const queue = await deploy(aws, jobs)
    await sendJobs(aws, jobs, 1)
    const consumer = await started(aws, jobs, { job: () => deadLetter('no such order') })
    const { attributes } = await takeOne(aws, await deadLetterQueue(aws, jobs))
    expect(readProvenance(attributes)).toMatchObject({ receives: 1, attempts: 1, reason: 'no such order' })
    await consumer.stop()
    expect(await left(aws, queue)).toBe(0)
  })

  test('is moved before any attempt when it is not as its contract says', async ({ aws }) => {
    const queue = await deploy(aws, jobs)
    const attributes = {
      'waybill-type': { type: 'String', value: 'job' },
      'waybill-version': { type: 'Number', value: '1' },
    }
    await sendRaw(aws, queue, { body: '{"n":"one"}', attributes })
    const runs: unknown[] = []
    const consumer = await started(aws, jobs, { job: (job) => void runs.push(job) })
    const copy = await takeOne(aws, await deadLetterQueue(aws, jobs))
    expect(copy.body).toBe('{"n":"one"}')
    expect(readProvenance(copy.attributes)?.reason).toMatch(/^invalid: .*payload\.n/s)
    await consumer.stop()
    expect({ runs, left: await left(aws, queue) }).toEqual({ runs: [], left: 0 })
  })

  test('is kept, and comes again, where there is no dead-letter queue', async ({ aws }) => {
    const kept = defineQueue('kept', { messages: [Job] })
    await deploy(aws, kept)
    await sendJobs(aws, kept, 1)
    const outcomes = new Inbox<string>()
    await using _consumer = await started(
      aws,
      kept,
      { job: () => deadLetter('no') },
      { on: { settled: ({ attempt, outcome }) => outcomes.add(`attempt ${attempt}: ${outcome}`) } },
    )
    expect(await outcomes.first(2)).toEqual(['attempt 1: retry', 'attempt 2: retry'])
  })

  for (const [when, line] of [
    ['before the start', 'no dead-letter queue: the message is kept and comes again'],
    ['while the consumer runs', 'could not move a message to its dead-letter queue; it is released'],
  ] as const) {
    test(`is kept, and comes again, when the dead-letter queue was deleted ${when}, which is logged`, async ({
      backend,
      namePrefix,
    }) => {
      const { logger, lines } = capturedLog()
      await using aws = backend.connect({ namePrefix, logger })
      await deploy(aws, jobs)
      const { url } = await deadLetterQueue(aws, jobs)
      if (when === 'before the start') await aws.admin.deleteQueue(url)
      const outcomes = new Inbox<string>()
      await using _consumer = await started(
        aws,
        jobs,
        { job: () => deadLetter('no') },
        { on: { settled: ({ attempt, outcome }) => outcomes.add(`attempt ${attempt}: ${outcome}`) } },
      )
      if (when === 'while the consumer runs') await aws.admin.deleteQueue(url)
      await sendJobs(aws, jobs, 1)
      expect(await outcomes.first(2)).toEqual(['attempt 1: retry', 'attempt 2: retry'])
      expect(lines).toContainEqual(expect.objectContaining({ level: 'error', message: expect.stringContaining(line) }))
    })
  }
})
