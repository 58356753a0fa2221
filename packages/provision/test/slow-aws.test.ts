import { apply, plan } from '@waybill/provision'
import { defineQueue } from '@waybill/schema'
import { type Connection, SqsError } from '@waybill/sqs'
import { type Backend, embedded } from '@waybill/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { SendReceipt, shop } from './support/contracts.ts'

let aws: Backend
beforeEach(async () => {
  aws = await embedded({ namePrefix: 'dev-' })
})
afterEach(() => aws.close())

/** The backend on a clock that passes without waiting, and its seconds. */
function hurried(): { readonly clock: Connection['clock']; readonly seconds: () => number } {
  let now = 0
  const after: Connection['clock']['after'] = (ms, run) => {
    now += ms
    return aws.clock.after(0, run)
  }
  return { clock: { ...aws.clock, now: () => now, after }, seconds: () => now / 1_000 }
}

describe('the name of a deleted queue', () => {
  /** Refuses new queues until so many seconds have passed, as SQS does for 60 s. */
  function freeAfter(limit: number): Connection {
    const { clock, seconds } = hurried()
    const createQueue: Connection['admin']['createQueue'] = async (name, attributes) => {
      if (seconds() >= limit) return aws.admin.createQueue(name, attributes)
      throw new SqsError('deleted-recently', 'wait', { verdict: 'later', unknown: false })
    }
    return { ...aws, clock, admin: { ...aws.admin, createQueue } }
  }

  test('is waited for', async () => {
    await apply(await plan(freeAfter(59), shop))
    expect(String(await plan(aws, shop))).toBe('')
  })

  test('is named in the error when it stays taken', async () => {
    await expect(plan(freeAfter(120), shop).then(apply)).rejects.toMatchObject({
      code: 'not-in-effect',
      message:
        "SQS keeps the name of queue 'dev-receipts-dead-letter', which was deleted, still after 60 s. Apply again.",
    })
  })
})

test('a queue that is created is waited for until it is found', async () => {
  const { clock, seconds } = hurried()
  const findQueue: Connection['admin']['findQueue'] = async (name) =>
    seconds() < 30 ? undefined : aws.admin.findQueue(name)
  const slow = { ...aws, clock, admin: { ...aws.admin, findQueue } }
  await apply(await plan(slow, [defineQueue('jobs', { messages: [SendReceipt] })]))
  expect(seconds()).toBe(30)
})

describe('a policy', () => {
  /** Shows no policy until so many seconds have passed. */
  function holdsAfter(limit: number) {
    const { clock, seconds } = hurried()
    const subscribedAt: number[] = []
    const admin: Connection['admin'] = {
      ...aws.admin,
      queueAttributes: async (url) => {
        const { Policy, ...others } = await aws.admin.queueAttributes(url)
        return Policy === undefined || seconds() < limit ? others : { ...others, Policy }
      },
      subscribe: (...subscription) => {
        subscribedAt.push(seconds())
        return aws.admin.subscribe(...subscription)
      },
    }
    return { connection: { ...aws, clock, admin }, subscribedAt }
  }

  test('holds before anything subscribes', async () => {
    const { connection, subscribedAt } = holdsAfter(30)
    await apply(await plan(connection, shop))
    expect(subscribedAt).toEqual([30, 30])
  })

  test('that does not hold in time is named, and nothing subscribes', async () => {
    const { connection, subscribedAt } = holdsAfter(120)
    await expect(plan(connection, shop).then(apply)).rejects.toMatchObject({
      code: 'not-in-effect',
      message:
        "the policy of queue 'dev-receipts-dead-letter' is set but does not hold, still after 60 s. Apply again.",
    })
    expect(subscribedAt).toEqual([])
  })
})
