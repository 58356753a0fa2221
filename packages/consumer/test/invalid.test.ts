import { defineMessage, defineQueue } from '@waybill/schema'
import { readProvenance } from '@waybill/sqs'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { consume, rig, seen } from './support/rig.ts'

const Job = defineMessage('job', z.object({ n: z.int() }))
const jobs = defineQueue('jobs', { messages: [Job], deadLetter: { attempts: 3 } })
const typed = (type: string, version = '1') => ({
  'waybill-type': { type: 'String', value: type },
  'waybill-version': { type: 'Number', value: version },
})

describe.concurrent('a received message that no handler can get', () => {
  test.each([
    ['is no JSON', 'not json', typed('job'), /^invalid: .*JSON/],
    ['has the wrong shape', '{"n":"one"}', typed('job'), /^invalid: .*payload\.n/s],
    ['has no type', '{"n":1}', {}, /^invalid: .*no waybill-type attribute/],
    [
      'has a type and no version',
      '{"n":1}',
      { 'waybill-type': { type: 'String', value: 'job' } },
      /^invalid: .*no waybill-version that is a whole number from 1/,
    ],
    ['has a version that is none', '{"n":1}', typed('job', '0'), /^invalid: .*no waybill-version/],
  ])('because it %s is moved to the dead-letter queue, and told of', async (_what, body, attributes, reason) => {
    await using at = await rig(jobs)
    await at.putRaw(body, { ...attributes, 'waybill-id': { type: 'String', value: 'my-id' } })
    const consumer = consume(at.aws, jobs, { handlers: { job: () => {} } })
    const invalid = seen(consumer, 'invalid')
    await consumer.start()
    await invalid
    await consumer.stop()
    const [copy] = await at.dead()
    expect(copy?.body).toBe(body)
    expect(readProvenance(copy?.attributes ?? {})?.reason).toMatch(reason)
    expect(await at.left()).toBe(0)
    expect(at.lines).toContainEqual({
      level: 'error',
      message: expect.stringMatching(/^invalid message/),
      fields: expect.objectContaining({ id: 'my-id' }),
    })
  })

  test.each([
    ['an unknown type', 'job.renamed', '1'],
    ['a newer version', 'job', '2'],
  ])(
    'because it has %s is left for a newer deployment: hidden for a while, not moved, logged once',
    async (_what, type, version) => {
      await using at = await rig(jobs)
      await at.putRaw('{"n":1}', typed(type, version))
      await at.putRaw('{"n":2}', typed(type, version))
      await at.put(Job, { n: 3 })
      const handled: number[] = []
      const consumer = consume(at.aws, jobs, { handlers: { job: ({ n }) => void handled.push(n) } })
      const settled = seen(consumer, 'settled')
      await consumer.start()
      await settled
      await consumer.stop()
      expect(handled).toEqual([3])
      expect({ left: await at.left(), visible: await at.visible(), dead: await at.dead() }).toEqual({
        left: 2,
        visible: [],
        dead: [],
      })
      expect(at.lines.filter((line) => line.message.startsWith('not known here yet'))).toEqual([
        expect.objectContaining({
          level: 'warn',
          fields: expect.objectContaining({ type, version: Number(version) }),
        }),
      ])
    },
  )

  test('is kept where there is no dead-letter queue', async () => {
    const bare = defineQueue('bare', { messages: [Job] })
    await using at = await rig(bare)
    await at.putRaw('not json', typed('job'))
    const consumer = consume(at.aws, bare, { handlers: { job: () => {} } })
    const invalid = seen(consumer, 'invalid')
    await consumer.start()
    await invalid
    await consumer.stop()
    expect(await at.left()).toBe(1)
  })
})

describe.concurrent('a queue that takes untyped messages', () => {
  test('hands plain JSON to the handler of the type that it declares', async () => {
    const foreign = defineQueue('foreign', { messages: [Job], untyped: { as: 'job' } })
    await using at = await rig(foreign)
    await at.putRaw('{"n":5}', {})
    const handled: unknown[] = []
    const consumer = consume(at.aws, foreign, {
      handlers: { job: (payload, { type, version }) => void handled.push({ payload, type, version }) },
    })
    const settled = seen(consumer, 'settled')
    await consumer.start()
    await settled
    await consumer.stop()
    expect(handled).toEqual([{ payload: { n: 5 }, type: 'job', version: 1 }])
    expect(await at.left()).toBe(0)
  })
})
