import { Alarm } from '@waybill/core'
import { describe, expect, test } from 'vitest'
import { VirtualClock } from '@waybill/testing'

function rig() {
  const clock = new VirtualClock()
  const rang: number[] = []
  return { clock, rang, alarm: new Alarm(clock, () => rang.push(clock.now())) }
}

describe('an alarm', () => {
  test('rings once, at the earliest time it was asked for', async () => {
    const { alarm, clock, rang } = rig()
    for (const at of [50, 20, 80]) alarm.ringBy(at)
    expect(clock.timers).toBe(1)
    await clock.advance('100ms')
    expect(rang).toEqual([20])
  })

  test('rings again when it is asked again', async () => {
    const { alarm, clock, rang } = rig()
    alarm.ringBy(20)
    await clock.advance('20ms')
    alarm.ringBy(50)
    await clock.advance('100ms')
    expect(rang).toEqual([20, 50])
  })

  test('rings on the next turn for a time that is past, not in the caller', async () => {
    const { alarm, clock, rang } = rig()
    await clock.advance('100ms')
    alarm.ringBy(20)
    expect(rang).toEqual([])
    await clock.advance('0ms')
    expect(rang).toEqual([100])
  })

  test('does not ring once it is cancelled, and can be set again', async () => {
    const { alarm, clock, rang } = rig()
    alarm.ringBy(20)
    alarm.cancel()
    expect(clock.timers).toBe(0)
    alarm.ringBy(30)
    await clock.advance('100ms')
    expect(rang).toEqual([30])
  })
})
