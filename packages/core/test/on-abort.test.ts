import { getEventListeners } from 'node:events'
import { expect, test } from 'vitest'
import { onAbort } from '../src/on-abort.ts'

test('all who share a signal are run when it aborts, the last one first, by one listener', () => {
  const controller = new AbortController()
  const ran: string[] = []
  for (const name of ['a', 'b', 'c']) {
    const stop = onAbort(controller.signal, () => {
      ran.push(name)
      stop()
    })
  }
  expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1)
  controller.abort()
  expect([ran, getEventListeners(controller.signal, 'abort')]).toEqual([['c', 'b', 'a'], []])
})

test('who has stopped is not run, and the last to stop leaves no listener', () => {
  const controller = new AbortController()
  const ran: string[] = []
  const [stopA, stopB] = ['a', 'b'].map((name) => onAbort(controller.signal, () => ran.push(name)))
  stopA?.()
  expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1)
  stopB?.()
  expect(getEventListeners(controller.signal, 'abort')).toEqual([])
  onAbort(controller.signal, () => ran.push('c'))
  controller.abort()
  expect(ran).toEqual(['c'])
})

test('who is stopped by another as the signal aborts is not run any more', () => {
  const controller = new AbortController()
  const ran: string[] = []
  const stopFirst = onAbort(controller.signal, () => ran.push('first'))
  onAbort(controller.signal, () => {
    ran.push('last')
    stopFirst()
  })
  controller.abort()
  expect(ran).toEqual(['last'])
})
