import { defineMessage, defineQueue } from '@waybill/schema'
import { type Connection, type EntryResult, type QueueRef, readProvenance, type SendEntry } from '@waybill/sqs'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { DeadLetterer } from '../src/dead-letterer.ts'
import { capturedLog } from './support/captured-log.ts'
import { leaseRig, refusal } from './support/lease-rig.ts'
import { virtualSqs } from './support/virtual-sqs.ts'

const accepted: EntryResult = { ok: true, value: { messageId: 'copy' } }
const { aws } = await virtualSqs(defineQueue('jobs', { messages: [defineMessage('job', z.object({}))] }))

/** A dead-letterer on a virtual clock, whose sends the test answers. */
function deadLettererRig(answer: (call: number) => EntryResult, fifo = false) {
  const { clock, calls: changes, lane, leases } = leaseRig()
  const sends: { readonly at: number; readonly entry: SendEntry | undefined }[] = []
  const { logger, lines } = capturedLog()
  const send: Connection['sqs']['send'] = async (_queue, [entry]) => {
    sends.push({ at: clock.now(), entry })
    return [answer(sends.length)]
  }
  const target: QueueRef = { name: 'jobs-dead-letter', url: 'http://virtual/jobs-dead-letter', fifo }
  const deadLetterer = new DeadLetterer({
    connection: { ...aws, sqs: { ...aws.sqs, send } },
    clock,
    log: logger,
    leases,
    queueName: 'jobs',
    worker: 'host:1',
    target,
    onFault: () => {},
  })
  const [held] = lane().deliveries
  if (!held) throw new Error('The rig has no delivery.')
  return { changes, clock, deadLetterer, held, leases, lines, sends }
}

describe('a copy', () => {
  test("has SQS's message id for its deduplication id on FIFO, as SQS's own redrive has; on standard it has none", async () => {
    for (const fifo of [true, false]) {
      const { deadLetterer, held, sends } = deadLettererRig(() => accepted, fifo)
      expect(await deadLetterer.copy(held, 'no')).toBe(true)
      expect(sends.map(({ entry }) => entry?.deduplicationId)).toEqual([fifo ? 'm-h0' : undefined])
    }
  })

  test('says where it comes from, and when that was sent', async () => {
    const { deadLetterer, held, sends } = deadLettererRig(() => accepted)
    await deadLetterer.copy(held, 'no', new TypeError('broken'))
    expect(readProvenance(sends[0]?.entry?.attributes ?? {})).toMatchObject({
      queue: 'jobs',
      messageId: 'm-h0',
      receives: 1,
      attempts: 1,
      reason: 'no',
      error: { name: 'TypeError', message: 'broken' },
      sentAt: '1970-01-01T00:00:00.000Z',
      at: '2030-01-01T00:00:00.000Z',
      worker: 'host:1',
    })
  })

  test('is sent under a lease of which at least half is left', async () => {
    const { changes, clock, deadLetterer, held, sends } = deadLettererRig(() => accepted)
    clock.freeze('16s')
    expect(await deadLetterer.copy(held, 'no')).toBe(true)
    expect(changes.map(({ at, entries }) => [at, entries[0]?.visibilityTimeout])).toEqual([[16_000, 30]])
    expect(sends).toHaveLength(1)
  })

  test('is not made of a message that is lost, whose lease is left alone', async () => {
    const { changes, clock, deadLetterer, held, leases, sends } = deadLettererRig(() => accepted)
    clock.freeze('16s')
    leases.lose(held, 'it was')
    expect(await deadLetterer.copy(held, 'no')).toBe(false)
    expect({ changes, sends }).toEqual({ changes: [], sends: [] })
  })

  test('is tried four times, with pauses, when AWS fails', async () => {
    const { clock, deadLetterer, held, lines, sends } = deadLettererRig(() => refusal('now'))
    const copied = deadLetterer.copy(held, 'no')
    await clock.advance('1m')
    expect(await copied).toBe(false)
    expect(sends).toHaveLength(4)
    expect(new Set(sends.map(({ at }) => at)).size).toBe(4)
    expect(lines).toMatchObject([{ level: 'error', message: expect.stringContaining('it is released') }])
  })

  test('is not tried again when trying does not help', async () => {
    const { clock, deadLetterer, held, sends } = deadLettererRig(() => refusal('never'))
    const copied = deadLetterer.copy(held, 'no')
    await clock.advance('1m')
    expect(await copied).toBe(false)
    expect(sends).toHaveLength(1)
  })
})
