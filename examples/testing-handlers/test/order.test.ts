import { expect, test } from 'vitest'
import { apply, createConsumer, createProducer, plan } from 'waybill'
import { expectSettled, simulate } from 'waybill/testing'
import { steps } from '../src/contracts.ts'

test('a step that fails holds back the later ones of its order, and of no other', async () => {
  const ran: string[] = []
  await using aws = simulate()
  await apply(await plan(aws, [steps]))
  await using consumer = createConsumer(aws, steps, {
    handlers: {
      'order.step': ({ orderId, step }, { attempt }) => {
        if (orderId === 'A' && step === 1 && attempt === 1) throw new Error('not yet')
        ran.push(`${orderId}${step}`)
      },
    },
  })
  await using producer = createProducer(aws, steps)
  await consumer.start()
  const last = expectSettled(consumer, 'order.step', { id: 'last' })
  await producer.send('order.step', { orderId: 'A', step: 1 })
  await producer.send('order.step', { orderId: 'B', step: 1 })
  await producer.send('order.step', { orderId: 'A', step: 2 }, { id: 'last' })
  await last
  expect(ran).toEqual(['B1', 'A1', 'A2'])
})
