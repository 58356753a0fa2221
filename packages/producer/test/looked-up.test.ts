import { delayCall } from '@waybill/testing'
import { describe, expect, test } from 'vitest'
import { calls, numbersIn } from './support/calls.ts'
import { notes, steps } from './support/contracts.ts'
import { producing } from './support/producing.ts'
import { rejection } from './support/rejection.ts'

describe('a message that is given up while its queue is looked for is not sent afterwards', () => {
  test('by its timeout', async () => {
    await using at = await producing(notes)
    const { aws, clock, producer } = at
    aws.faults.on('admin', delayCall('3s'))
    const error = rejection(producer.send('note', { n: 1 }, { timeout: '1s' }))
    await clock.advance('2s')
    expect(await error).toMatchObject({ code: 'timeout', unknown: false })
    await clock.advance('1m')
    expect(numbersIn(aws, notes)).toEqual([])
    expect(calls(aws)).toEqual([])
  })

  test('by its signal, with a neighbour that goes', async () => {
    await using at = await producing(notes)
    const { aws, clock, producer } = at
    aws.faults.on('admin', delayCall('3s'))
    const controller = new AbortController()
    const error = rejection(producer.send('note', { n: 1 }, { signal: controller.signal }))
    const neighbour = producer.send('note', { n: 2 })
    await clock.advance('1s')
    controller.abort()
    expect(await error).toMatchObject({ code: 'aborted', unknown: false })
    await clock.until(neighbour)
    expect(numbersIn(aws, notes)).toEqual([2])
  })

  test('on FIFO, with those behind it', async () => {
    await using at = await producing(steps)
    const { aws, clock, producer } = at
    aws.faults.on('admin', delayCall('3s'))
    const first = rejection(producer.send('step', { of: 'a', n: 1 }, { timeout: '1s' }))
    const second = rejection(producer.send('step', { of: 'a', n: 2 }))
    await clock.advance('2s')
    expect(await first).toMatchObject({ code: 'timeout', unknown: false })
    expect(await second).toMatchObject({ code: 'group-failed' })
    await clock.advance('1m')
    expect(numbersIn(aws, steps)).toEqual([])
  })
})
