import { createProducer } from '@waybill/producer'
import { defineMessage, defineQueue, isoDate } from '@waybill/schema'
import { delayAnswer, fail, hang } from '@waybill/testing'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { all } from './support/all.ts'
import { numbersByGroup, numbersIn, upTo } from './support/calls.ts'
import { notes, steps } from './support/contracts.ts'
import { producing } from './support/producing.ts'
import { outcomes } from './support/rejection.ts'

describe('what close gives back', () => {
  test('is what was accepted, whatever its sender has made of it since', async () => {
    const Booking = defineMessage('booking', z.object({ day: isoDate, seats: z.array(z.string()) }))
    const bookings = defineQueue('bookings', { messages: [Booking] })
    await using at = await producing(bookings)
    const { aws, clock, producer } = at
    aws.faults.on('send', fail('throttled'))
    const payload = { day: new Date('2030-01-01'), seats: ['1a'] }
    const attributes = { tenant: 'acme' }
    const send = outcomes([producer.send('booking', payload, { id: 'b', delay: '5m', attributes })])
    payload.day.setFullYear(1999)
    payload.seats.push('1b')
    attributes.tenant = 'other'
    const unsent = await clock.until(producer.close({ timeout: '1s' }))
    expect(unsent).toEqual([
      {
        type: 'booking',
        payload: { day: new Date('2030-01-01'), seats: ['1a'] },
        options: { id: 'b', delay: '5m', attributes: { tenant: 'acme' } },
        unknown: false,
      },
    ])
    expect(await send).toEqual(['closed'])
  })

  test('is as it was given where an older version was to be written, which may say less: it can be sent again', async () => {
    const Price = defineMessage('price', z.object({ cents: z.int() })).evolve(
      z.object({ cents: z.int(), currency: z.string() }),
      ({ cents }) => ({ cents, currency: 'EUR' }),
    )
    const prices = defineQueue('prices', { messages: [Price] })
    await using at = await producing(prices, { write: { price: 1 } })
    const { aws, clock, producer } = at
    aws.faults.on('send', fail('throttled'))
    const send = outcomes([producer.send('price', { cents: 7, currency: 'USD' })])
    const unsent = await clock.until(producer.close({ timeout: '1s' }))
    expect(unsent).toMatchObject([{ type: 'price', payload: { cents: 7, currency: 'USD' } }])
    expect(await send).toEqual(['closed'])
    aws.faults.clear()
    const successor = createProducer(aws, prices, { write: { price: 1 } })
    expect(await clock.until(all(successor.sendMany(unsent)))).toMatchObject([{ ok: true }])
  })

  test('is all of it, also what no longer fits a contract that depends on time', async () => {
    let open = true
    const Offer = defineMessage('offer', z.object({ n: z.int().refine(() => open, 'is over') }))
    const offers = defineQueue('offers', { messages: [Offer] })
    await using at = await producing(offers)
    const { aws, clock, producer } = at
    aws.faults.on('send', hang())
    const sends = outcomes([0, 1].map((n) => producer.send('offer', { n })))
    open = false
    const unsent = await clock.until(producer.close({ timeout: '5s' }))
    expect(unsent).toMatchObject([{ payload: { n: 0 } }, { payload: { n: 1 } }])
    expect(await sends).toEqual(['closed', 'closed'])
  })

  test('is sent by another producer, each once: the FIFO queue knows those that it has', async () => {
    await using at = await producing(steps)
    const { aws, clock, producer } = at
    aws.faults.on('send', delayAnswer('1h'), { times: 1 })
    aws.faults.on('send', hang(), { times: 1 })
    const sends = [outcomes(upTo(3).map((n) => producer.send('step', { of: 'a', n })))]
    await clock.advance('0ms')
    sends.push(outcomes([producer.send('step', { of: 'b', n: 3 })]))
    const unsent = await clock.until(producer.close({ timeout: '1s' }))
    expect(numbersIn(aws, steps)).toEqual([0])
    expect(unsent.map(({ payload, unknown }) => [payload.n, unknown])).toEqual([
      [0, true],
      [1, false],
      [2, false],
      [3, true],
    ])
    await using other = createProducer(aws, steps)
    const results = await clock.until(all(other.sendMany(unsent)))
    expect(results.map(({ ok, id }) => [ok, id])).toEqual(unsent.map(({ options }) => [true, options?.id]))
    expect(numbersByGroup(aws, steps)).toEqual({ a: [0, 1, 2], b: [3] })
    expect((await Promise.all(sends)).flat()).toEqual(Array(4).fill('closed'))
  })

  test('takes the options that another sendMany says for all', async () => {
    await using at = await producing(notes)
    const { aws, clock, producer } = at
    aws.faults.on('send', fail('throttled'), { times: 1 })
    const send = outcomes([producer.send('note', { n: 1 })])
    const unsent = await clock.until(producer.close({ timeout: '1ms' }))
    await using other = createProducer(aws, notes)
    await clock.until(all(other.sendMany(unsent, { attributes: { again: 'yes' } })))
    expect(aws.contents(notes).visible).toMatchObject([{ attributes: { again: 'yes' } }])
    expect(await send).toEqual(['closed'])
  })
})
