import { createProducer } from '@waybill/producer'
import { defineMessage, defineQueue } from '@waybill/schema'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { account } from './support/account.ts'
import { Note } from './support/contracts.ts'
import { js } from './support/javascript.ts'
import { rejection } from './support/rejection.ts'

const Job = defineMessage('job', z.object({ n: z.int() }), {
  attributes: z.object({
    tenant: z.string(),
    region: z.enum(['eu', 'us']).optional(),
    priority: z.codec(z.string(), z.int(), { decode: Number, encode: String }),
  }),
})
const jobs = defineQueue('jobs', { messages: [Job, Note] })

describe('attributes that the contract declares', () => {
  test('travel as it encodes them', async () => {
    await using aws = await account([jobs])
    await using producer = createProducer(aws, jobs)
    await producer.send('job', { n: 1 }, { id: 'a', attributes: { tenant: 'acme', region: undefined, priority: 3 } })
    await producer.send('note', { n: 2 }, { id: 'b', attributes: { anything: 'goes' } })
    const [first, second] = aws.contents(jobs).visible
    expect(first?.attributes).toEqual({
      'waybill-type': 'job',
      'waybill-version': '1',
      'waybill-id': 'a',
      tenant: 'acme',
      priority: '3',
    })
    expect(second?.attributes).toMatchObject({ 'waybill-id': 'b', anything: 'goes' })
  })

  async function send(options?: unknown): Promise<Error> {
    await using aws = await account([jobs])
    const error = await rejection(js.createProducer(aws, jobs).send('job', { n: 1 }, options))
    expect(aws.contents(jobs).visible).toEqual([])
    return error
  }

  test('are checked before the message is batched', async () => {
    for (const options of [undefined, {}, { attributes: undefined }])
      expect(await send(options)).toMatchObject({
        name: 'ContractError',
        code: 'invalid-attributes',
        type: 'job',
        issues: [{ path: 'attributes.tenant' }, { path: 'attributes.priority' }],
      })
    expect((await send({ attributes: { tenant: 7, priority: 3 } })).message).toBe(
      "job: an attribute to send doesn't fit its contract:\n  attributes.tenant: Invalid input: expected string, received number",
    )
  })

  test('are all that the message may have', async () => {
    expect(await send({ attributes: { tenat: 'acme', priority: 3 } })).toMatchObject({
      name: 'OptionsError',
      message: "'tenat' is not an attribute of job. Did you mean tenant?",
    })
  })

  test('are checked as any, once they are encoded', async () => {
    expect(await send({ attributes: { tenant: '', priority: 3 } })).toMatchObject({
      name: 'OptionsError',
      message: "attributes: 'tenant' is empty, which SQS refuses. Leave it out instead.",
    })
  })
})
