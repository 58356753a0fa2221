import { getEventListeners } from 'node:events'
import type { Clock } from '@waybill/core'
import { expect, test } from 'vitest'
import { apiCall } from '../src/api-call.ts'

const WHAT = { service: 'sqs', call: 'ReceiveMessage', target: "queue 'receipts'" } as const

/** A clock that rings when told, and counts what is set. */
function handClock() {
  const timers = new Set<() => void>()
  const clock: Clock = {
    now: () => 0,
    epoch: () => 0,
    watchTurns: () => ({ earliest: 0, stop() {} }),
    random: () => 0,
    after(_ms, run) {
      timers.add(run)
      return { cancel: () => void timers.delete(run) }
    },
  }
  return { clock, timers }
}

test('an answer is given as it is; no timer and no listener is left', async () => {
  const { clock, timers } = handClock()
  const { signal } = new AbortController()
  const before = listeners(signal)
  expect(await apiCall(clock, { timeout: 5_000, signal }, WHAT, async () => 'answer')).toBe('answer')
  expect(timers.size).toBe(0)
  expect(listeners(signal)).toBe(before)
})

test("a deadline ends a call whatever it hangs in, and aborts the SDK's signal", async () => {
  const { clock, timers } = handClock()
  let sdk: AbortSignal | undefined
  const calling = apiCall(clock, { timeout: 5_000 }, WHAT, ({ abortSignal }) => {
    sdk = abortSignal
    return new Promise(() => {})
  })
  for (const ring of timers) ring()
  await expect(calling).rejects.toMatchObject({
    code: 'timeout',
    message: "queue 'receipts': ReceiveMessage had no answer within 5 s.",
  })
  expect(sdk?.aborted).toBe(true)
  expect(timers.size).toBe(0)
})

test("the caller's own abort is told apart, and leaves nothing behind", async () => {
  const { clock, timers } = handClock()
  const controller = new AbortController()
  const before = listeners(controller.signal)
  const calling = apiCall(clock, { timeout: 5_000, signal: controller.signal }, WHAT, () => new Promise(() => {}))
  controller.abort()
  await expect(calling).rejects.toMatchObject({
    code: 'aborted',
    verdict: 'never',
    unknown: true,
    message: "queue 'receipts': ReceiveMessage was called off.",
  })
  expect(timers.size).toBe(0)
  expect(listeners(controller.signal)).toBe(before)
})

test('what is thrown before anything is sent is judged too', async () => {
  const { clock } = handClock()
  const calling = apiCall(clock, { timeout: 5_000 }, WHAT, () => {
    throw new Error('Region is missing')
  })
  await expect(calling).rejects.toMatchObject({ code: 'no-region' })
})

function listeners(signal: AbortSignal): number {
  return getEventListeners(signal, 'abort').length
}
