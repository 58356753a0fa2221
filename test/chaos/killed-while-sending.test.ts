import { expect } from 'vitest'
import { apply, plan } from 'waybill'
import { describeEachEndpoint } from '../support/backends.ts'
import { queueOf } from './support/contracts.ts'
import type { Entry } from './support/ledger.ts'
import { byGroup, idOf, takeAll } from './support/queues.ts'
import { withWorkers } from './support/with-workers.ts'

const SENDER = { visibilityTimeout: '30s', concurrency: 20 } as const
const ENOUGH = 500

const messagesOf = (entries: readonly Entry[], what: 'sending' | 'sent') =>
  entries.flatMap((entry) => (entry.what === what ? [entry.message] : []))

describeEachEndpoint('a producing process that is killed under load', (suite) => {
  const test = withWorkers(suite).extend('kill', ({ aws, ledger, start }) => async (fifo: boolean) => {
    const queue = queueOf(fifo, SENDER.visibilityTimeout)
    await apply(await plan(aws, [queue]))
    const sender = start({ ...SENDER, fifo }, 'sender')
    await ledger.until((entries) => messagesOf(entries, 'sent').length >= ENOUGH)
    await sender.kill()
    const entries = ledger.read()
    const sent = messagesOf(entries, 'sent')
    expect(messagesOf(entries, 'sending').length, 'some sends were under way').toBeGreaterThan(sent.length)
    const stored = (await takeAll(aws, queue)).map(idOf)
    return { lost: sent.filter((id) => !stored.includes(id)), stored }
  })

  test('has left in its queue each message whose send had resolved', async ({ kill }) => {
    const { lost } = await kill(false)
    expect(lost).toEqual([])
  })

  test('has left them on FIFO too, and of each group all up to its last, once and in order', async ({ kill }) => {
    const { lost, stored } = await kill(true)
    expect(lost).toEqual([])
    for (const [group, ids] of byGroup(stored)) expect(ids).toEqual(ids.map((_, n) => `${group}:${n}`))
  })
})
