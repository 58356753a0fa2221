import { VirtualClock } from '@waybill/testing'
import { describe, expect, test } from 'vitest'
import { PollPauses } from '../src/poll-pauses.ts'
import { capturedLog } from './support/captured-log.ts'
import { sqsError } from './support/faults.ts'

/** Pauses of a consumer with a `waitTime` of 20 s, without jitter. */
function pausesRig() {
  const clock = Object.assign(new VirtualClock(), { random: () => 0 })
  const { logger, lines } = capturedLog()
  const pauses = new PollPauses({ clock, log: logger, waitTime: 20 })
  const left = () => Math.max(0, pauses.until - clock.now())
  return { pauses, lines, left }
}

describe('failures in a row', () => {
  test.each([
    ['pass soon, at most 20 s', 'now', [200, 400, 800, 1_600, 3_200, 6_400, 12_800, 20_000, 20_000]],
    ['do not, at most a minute', 'later', [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]],
  ] as const)('are waited out for twice as long each time; those that %s', (_which, verdict, expected) => {
    const { pauses, left } = pausesRig()
    const waits = expected.map(() => (pauses.failed(sqsError('network', verdict), pauses.round), left()))
    expect(waits).toEqual(expected)
  })

  test('are an outage from the second on, until an answer', () => {
    const { pauses } = pausesRig()
    const outage = [1, 2].map(() => (pauses.failed(sqsError('network', 'now'), pauses.round), pauses.isOutage))
    expect(outage).toEqual([false, true])
    pauses.answered(0, 20_000, pauses.round)
    expect(pauses.isOutage).toBe(false)
  })

  test('are an error in the log where somebody has to mend something, else a warning', () => {
    for (const [verdict, level] of [
      ['never', 'error'],
      ['later', 'warn'],
      ['now', 'warn'],
    ] as const) {
      const { pauses, lines } = pausesRig()
      pauses.failed(sqsError('access-denied', verdict), pauses.round)
      expect(lines).toEqual([expect.objectContaining({ level, message: 'receive failed: SQS says access-denied.' })])
    }
  })
})

describe('empty answers', () => {
  test('that come before half of their wait are waited for, from the first on, for no longer than a wait', () => {
    const { pauses, left } = pausesRig()
    const waits = Array.from({ length: 12 }, () => (pauses.answered(0, 9_999, pauses.round), left()))
    expect(waits).toEqual([20, 40, 80, 160, 320, 640, 1_280, 2_560, 5_120, 10_240, 20_000, 20_000])
  })

  test('of polls that were open at the same time are one', () => {
    const { pauses, left } = pausesRig()
    const { round } = pauses
    for (let poll = 0; poll < 8; poll++) pauses.answered(0, 1, round)
    expect(left()).toBe(20)
    pauses.answered(0, 1, pauses.round)
    expect(left()).toBe(40)
  })

  test('are forgotten with the first message', () => {
    const { pauses, left } = pausesRig()
    for (let n = 0; n < 5; n++) pauses.answered(0, 1, pauses.round)
    pauses.answered(1, 1, pauses.round)
    pauses.answered(0, 1, pauses.round)
    expect(left()).toBe(20)
  })

  test('that come later are what a wait brings', () => {
    const { pauses, left } = pausesRig()
    pauses.answered(0, 10_000, pauses.round)
    expect(left()).toBe(0)
  })
})
