import { TrackedTasks } from '@waybill/core'
import { describe, expect, test } from 'vitest'

describe('tracked tasks', () => {
  test('are idle at once when none runs', async () => {
    await expect(new TrackedTasks(() => {}).idle()).resolves.toBeUndefined()
  })

  test('are idle when all have ended, those started meanwhile included', async () => {
    const tasks = new TrackedTasks(() => {})
    const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const order: string[] = []
    tasks.run(async () => {
      await first.promise
      tasks.run(() => second.promise.then(() => void order.push('second')))
      order.push('first')
    })
    const idle = tasks.idle().then(() => order.push('idle'))
    expect(tasks.size).toBe(1)
    first.resolve()
    await first.promise
    setImmediate(() => second.resolve())
    await idle
    expect(order).toEqual(['first', 'second', 'idle'])
    expect(tasks.size).toBe(0)
  })

  test('that reject are reported, and waited for like the others', async () => {
    const errors: unknown[] = []
    const tasks = new TrackedTasks((error) => errors.push(error))
    const error = new Error('oops')
    tasks.run(() => Promise.reject(error))
    await tasks.idle()
    expect(errors).toEqual([error])
  })
})
