import { expect } from 'vitest'
import { type AnyQueue, apply, type Connection, createProducer, defineQueue, defineTopic, plan } from 'waybill'
import { describeEachBackend } from '../support/backends.ts'
import { DRIFTS } from './support/drifts.ts'
import { CALL } from './support/queues.ts'
import {
  ALL,
  audit,
  history,
  ledger,
  lookedUp,
  mails,
  messages,
  news,
  receipts,
  refunds,
  Step,
  stock,
} from './support/topology.ts'

const TYPES = ['order.paid', 'order.cancelled', 'order.returned'] as const

interface Got {
  readonly type: string
  readonly n: number
}

const SENT = Array.from({ length: 9 }, (_, n) => ({ n, type: TYPES[n % 3] ?? 'order.paid' }))
const ofTypes = (...types: string[]) => SENT.filter(({ type }) => types.includes(type))
const inOrder = (got: readonly Got[]) => got.toSorted((a, b) => a.n - b.n)

async function publish(aws: Connection, topic: typeof news | typeof history): Promise<void> {
  await using producer = createProducer(aws, topic)
  for (const { n, type } of SENT) await producer.send(type, { n })
}

/** What comes, in the order in which it comes: at least so many messages, and what else there is within a second. */
async function taken(aws: Connection, declared: AnyQueue, count: number): Promise<readonly Got[]> {
  const queue = await aws.queue(declared)
  const all: Got[] = []
  for (;;) {
    const wait = all.length < count ? 10 : 1
    const some = await aws.sqs.receive(queue, { max: 10, wait, visibilityTimeout: 60 }, CALL)
    if (some.length === 0) return all
    for (const { attributes, body } of some) {
      // the bare body: an envelope of SNS has no n
      const { n } = Step.parse(JSON.parse(body))
      all.push({ n, type: String(attributes['waybill-type']?.value) })
    }
    const handles = some.map(({ receiptHandle }) => receiptHandle)
    await aws.sqs.delete(queue, handles, CALL)
  }
}

describeEachBackend('a topology', ({ differs, test }) => {
  test('a standard topic brings each of three queues exactly the types that it selected, raw', async ({ aws }) => {
    await apply(await plan(aws, ALL))
    await publish(aws, news)
    const got = await Promise.all([taken(aws, receipts, 3), taken(aws, refunds, 6), taken(aws, audit, 9)])
    expect(got.map(inOrder)).toEqual([ofTypes('order.paid'), ofTypes('order.cancelled', 'order.returned'), SENT])
  })

  test('a FIFO topic does so in order, and brings a standard queue its types too', async ({ aws }) => {
    await apply(await plan(aws, ALL))
    await publish(aws, history)
    const got = await Promise.all([taken(aws, stock, 3), taken(aws, ledger, 9), taken(aws, mails, 3)])
    expect(got[0]).toEqual(ofTypes('order.paid'))
    expect(got[1]).toEqual(SENT)
    expect(inOrder(got[2])).toEqual(ofTypes('order.cancelled'))
  })

  test('a plan after apply is empty, whatever is declared', async ({ aws }) => {
    const jobs = defineQueue('jobs', {
      messages,
      delay: '1s',
      maximumMessageSize: 2_048,
      encryption: { kmsKey: 'alias/jobs', dataKeyReuse: '10m' },
      tags: { team: 'jobs' },
      deadLetter: {},
    })
    const large = defineTopic('large', {
      messages,
      maximumMessageSize: 1_048_576,
      encryption: { kmsKey: 'alias/large' },
    })
    const options = { tags: { env: 'test' } }
    await apply(await plan(aws, [...ALL, jobs, large], options))
    expect(String(await plan(aws, [...ALL, jobs, large], options))).toBe('')
  })

  test('what is declared, or not any more, of a queue or topic that is there is found and changed', async ({ aws }) => {
    const before = [defineQueue('jobs', { messages, deadLetter: {} }), defineTopic('plain', { messages })]
    const more = { encryption: { kmsKey: 'alias/shop' }, tags: { team: 'shop' } }
    const after = [
      defineQueue('jobs', { messages, deadLetter: {}, delay: '1s', maximumMessageSize: 2_048, ...more }),
      defineTopic('plain', { messages, ...more }),
    ]
    await apply(await plan(aws, before))
    await apply(await plan(aws, after, { allow: ['lower-maximum-message-size'] }))
    expect(String(await plan(aws, after))).toBe('')
    await apply(await plan(aws, before, { allow: ['other-encryption'] }))
    expect(String(await plan(aws, before))).toBe('')
  })

  const sizes = differs({ embedded: "refuses a topic's MaximumMessageSize" })

  test('so is the size of a topic', sizes, async ({ aws }) => {
    const [small, large] = [{}, { maximumMessageSize: 1_048_576 }].map((size) =>
      defineTopic('sized', { messages, ...size }),
    )
    if (!small || !large) throw new Error('no topics')
    await apply(await plan(aws, [small]))
    await apply(await plan(aws, [large]))
    expect(String(await plan(aws, [large]))).toBe('')
    await apply(await plan(aws, [small], { allow: ['lower-maximum-message-size'] }))
    expect(String(await plan(aws, [small]))).toBe('')
  })

  test('two machines may plan and apply at once, from nothing and where everything has drifted', async ({
    aws,
    backend,
    namePrefix,
  }) => {
    await using other = backend.connect({ namePrefix })
    const applyAtOnce = async () => {
      const plans = await Promise.all([plan(aws, ALL), plan(other, ALL)])
      expect(plans.map(({ changes }) => changes.length > 0)).toEqual([true, true])
      await Promise.all(plans.map(apply))
      expect(String(await plan(aws, ALL))).toBe('')
    }
    await applyAtOnce()
    const at = await lookedUp(aws)
    for (const { spoil } of DRIFTS) await spoil(at)
    await applyAtOnce()
  })

  test('what is not declared any more is removed by a plan that prunes, and nothing else', async ({ aws }) => {
    await apply(await plan(aws, ALL))
    const alone = defineQueue('receipts', { messages })
    await apply(await plan(aws, [news, alone, refunds], { prune: true }))
    expect(String(await plan(aws, [news, alone, refunds]))).toBe('')
    const { admin, url } = await lookedUp(aws)
    const attributes = await admin.queueAttributes(url)
    expect([attributes['RedrivePolicy'], attributes['Policy']].filter(Boolean)).toEqual([])
    await publish(aws, news)
    expect(await taken(aws, refunds, 6)).toHaveLength(6)
    expect(await taken(aws, alone, 0)).toEqual([])
  })

  test('what a queue no longer subscribes to arrives until a plan that prunes unsubscribes it', async ({ aws }) => {
    const offers = defineTopic('offers', { messages })
    const before = defineQueue('inbox', {
      subscriptions: [news.select('order.paid'), offers.select('order.paid')],
      deadLetter: {},
    })
    const inbox = defineQueue('inbox', { subscriptions: [news.select('order.paid')], deadLetter: {} })
    await apply(await plan(aws, [before]))
    await apply(await plan(aws, [inbox, offers]))
    await publish(aws, offers)
    expect(inOrder(await taken(aws, inbox, 3))).toEqual(ofTypes('order.paid'))
    await apply(await plan(aws, [inbox, offers], { prune: true }))
    expect(String(await plan(aws, [inbox, offers]))).toBe('')
    await publish(aws, offers)
    expect(await taken(aws, inbox, 0)).toEqual([])
  })

  for (const { line, spoil, what } of DRIFTS) {
    test(`${what} is found and repaired, and a message comes through`, async ({ aws }) => {
      await apply(await plan(aws, ALL))
      const at = await lookedUp(aws)
      await spoil(at)
      const found = await plan(aws, ALL)
      expect(String(found)).toBe(line(at))
      await apply(found)
      expect(String(await plan(aws, ALL))).toBe('')
      await publish(aws, news)
      expect(inOrder(await taken(aws, receipts, 3))).toEqual(ofTypes('order.paid'))
    })
  }
})
