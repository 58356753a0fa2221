import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { expect } from 'vitest'
import { type Connection, type Context, defineQueue, LeaseLostError } from 'waybill'
import { describeEachBackend } from '../support/backends.ts'
import { Gate } from '../support/gate.ts'
import { Inbox } from '../support/inbox.ts'
import { replacing, started } from './support/consumers.ts'
import { Job, sendJobs } from './support/jobs.ts'
import { CALL, deploy, left, takeAll, takeOne } from './support/queues.ts'
import { sendSteps, Step } from './support/steps.ts'

const jobs = defineQueue('jobs', { messages: [Job], visibilityTimeout: '5s' })
const steps = defineQueue('steps', {
  messages: [Step],
  fifo: true,
  group: ({ payload }) => payload.group,
  visibilityTimeout: '5s',
})
/** It asks for no more while its handler runs. */
const ALONE = { concurrency: 1 }

/** A connection that remembers the receipt handles that it was given and used. While `cut`, it changes no visibility. */
function overheard(aws: Connection) {
  const heard = { cut: false, given: new Map<string, string>(), changed: [] as string[], deleted: [] as string[] }
  const connection = replacing(aws, (real) => ({
    async receive(...args) {
      const messages = await real.receive(...args)
      for (const { body, receiptHandle } of messages) heard.given.set(body, receiptHandle)
      return messages
    },
    changeVisibility(queue, entries, call) {
      if (heard.cut) return Promise.reject(new Error('unreachable'))
      heard.changed.push(...entries.map(({ handle }) => handle))
      return real.changeVisibility(queue, entries, call)
    },
    delete(queue, handles, call) {
      heard.deleted.push(...handles)
      return real.delete(queue, handles, call)
    },
  }))
  return { connection, handleOf: (body: string) => heard.given.get(body) ?? '', heard }
}

describeEachBackend('a lease that is lost', ({ test }) => {
  for (const how of ['fails', 'succeeds'] as const) {
    test(`because another worker has handled the message aborts the signal; no visibility is changed when the handler ${how}`, async ({
      aws,
    }) => {
      const queue = await deploy(aws, jobs)
      await sendJobs(aws, jobs, 1)
      const { connection, handleOf, heard } = overheard(aws)
      const begun = Promise.withResolvers<void>()
      const lost = Promise.withResolvers<unknown>()
      const handlers = {
        async job(_job: unknown, { signal }: Context) {
          begun.resolve()
          await once(signal, 'abort')
          lost.resolve(signal.reason)
          if (how === 'fails') signal.throwIfAborted()
        },
      }
      const consumer = await started(connection, jobs, handlers, ALONE)
      await begun.promise
      const handle = handleOf('{"n":1}')
      await aws.sqs.changeVisibility(queue, [{ handle, visibilityTimeout: 0 }], CALL)
      const { receiptHandle } = await takeOne(aws, queue)
      await aws.sqs.delete(queue, [receiptHandle], CALL)
      expect(await lost.promise).toBeInstanceOf(LeaseLostError)
      const changed = [...heard.changed]
      expect(await consumer.stop()).toEqual({ released: 0, abandoned: 0 })
      expect(heard.changed).toEqual(changed)
      expect(heard.deleted).toEqual(how === 'fails' ? [] : [handle])
    })
  }

  test('since it could not be extended leaves the message to the next worker, whatever its handler does', async ({
    aws,
  }) => {
    const queue = await deploy(aws, jobs)
    await sendJobs(aws, jobs, 1)
    const { connection, heard } = overheard(aws)
    heard.cut = true
    const lost = Promise.withResolvers<unknown>()
    const gate = new Gate()
    const handlers = {
      async job(_job: unknown, { signal }: Context) {
        await once(signal, 'abort')
        lost.resolve(signal.reason)
        await gate.pass()
        throw new Error('too late')
      },
    }
    const consumer = await started(connection, jobs, handlers, ALONE)
    expect(await lost.promise).toBeInstanceOf(LeaseLostError)
    expect(await takeOne(aws, queue)).toMatchObject({ receives: 2 })
    heard.cut = false
    gate.open()
    expect(await consumer.stop()).toEqual({ released: 0, abandoned: 0 })
    expect({ changed: heard.changed, visible: await takeAll(aws, queue) }).toEqual({ changed: [], visible: [] })
  })

  test('does not keep a handler that succeeds from having its message deleted', async ({ aws }) => {
    const queue = await deploy(aws, jobs)
    await sendJobs(aws, jobs, 1)
    const { connection, handleOf, heard } = overheard(aws)
    heard.cut = true
    const ended = Promise.withResolvers<string>()
    let runs = 0
    const handlers = {
      async job(_job: unknown, { signal }: Context) {
        runs++
        await once(signal, 'abort')
        // Then the message is visible.
        await setTimeout(2_000)
        ended.resolve(handleOf('{"n":1}'))
      },
    }
    const consumer = await started(connection, jobs, handlers, ALONE)
    const handle = await ended.promise
    await consumer.stop()
    expect(heard.deleted).toContain(handle)
    expect({ runs, left: await left(aws, queue) }).toEqual({ runs: 1, left: 0 })
  })

  test('by the first message of a group frees the rest of it for the next worker', async ({ aws }) => {
    const queue = await deploy(aws, steps)
    await sendSteps(aws, steps, ['a', 'b', 'c'], 3)
    const { connection, handleOf } = overheard(aws)
    const begun = new Inbox<string>()
    const lost = new Inbox<unknown>()
    const gate = new Gate()
    const handlers = {
      async step({ group }: { readonly group: string }, { signal }: Context) {
        signal.addEventListener('abort', () => lost.add([group, signal.reason instanceof LeaseLostError]))
        begun.add(group)
        await gate.pass()
      },
    }
    // It asks for no more while the handlers of all groups run.
    const consumer = await started(connection, steps, handlers, { concurrency: 3 })
    await begun.first(3)
    const first = '{"group":"a","n":1}'
    await aws.sqs.changeVisibility(queue, [{ handle: handleOf(first), visibilityTimeout: 0 }], CALL)
    const { body, receiptHandle } = await takeOne(aws, queue)
    expect(body).toBe(first)
    await aws.sqs.delete(queue, [receiptHandle], CALL)
    expect(await takeOne(aws, queue)).toMatchObject({ body: '{"group":"a","n":2}' })
    expect(await lost.first(1)).toEqual([['a', true]])
    gate.open()
    await consumer.stop()
  })
})
