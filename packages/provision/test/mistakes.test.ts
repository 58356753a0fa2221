import { OptionsError } from '@waybill/core'
import { apply, destroy, plan } from '@waybill/provision'
import { simulate, type Simulation } from '@waybill/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { OrderPaid, orders, receipts, shop } from './support/contracts.ts'

let aws: Simulation
beforeEach(() => {
  aws = simulate()
})
afterEach(() => aws.close())

/** The package as JavaScript and casts see it, so that what types forbid can be tried. */
const js: Readonly<Record<'plan' | 'destroy' | 'apply', (...args: readonly unknown[]) => Promise<unknown>>> = {
  plan: (...args) => Reflect.apply(plan, undefined, args),
  destroy: (...args) => Reflect.apply(destroy, undefined, args),
  apply: (...args) => Reflect.apply(apply, undefined, args),
}

describe.each(['plan', 'destroy'] as const)('%s refuses, before anything is asked,', (call) => {
  const advice = `Write ${call}(connection, [orders, receipts]).`
  const noDeclaration = 'is no declared queue or topic. Give it what defineQueue() or defineTopic() returns.'

  test.each([
    ['one queue', receipts, "queue 'receipts' is not a list of declared queues and topics."],
    ['one topic', orders, "topic 'orders' is not a list of declared queues and topics."],
    ['a name', 'receipts', "'receipts' is not a list of declared queues and topics."],
    ['an object of them', { orders, receipts }, 'an object is not a list of declared queues and topics.'],
    ['a Set', new Set(shop), 'a Set is not a list of declared queues and topics.'],
    ['nothing', undefined, 'undefined is not a list of declared queues and topics.'],
    ['no queue and no topic', [], 'the list of declared queues and topics is empty.'],
  ])('%s in place of a list', async (_, declarations, problem) => {
    await expect(js[call](aws, declarations)).rejects.toThrow(new OptionsError(`${call}: ${problem} ${advice}`))
    expect(aws.requests).toEqual([])
  })

  test('queues one by one', async () => {
    const problem = `${call}: topic 'orders' is not a list of declared queues and topics. ${advice}`
    await expect(js[call](aws, orders, receipts)).rejects.toThrow(new OptionsError(problem))
  })

  test.each([
    ['a name', 'receipts', `'receipts' ${noDeclaration}`],
    ['a message', OrderPaid, `message 'order.paid' ${noDeclaration}`],
    ['a subscription', orders.select('order.paid'), `a subscription to topic 'orders' ${noDeclaration}`],
    ['a list', [receipts], `an array ${noDeclaration}`],
    [
      'what an import has not given yet',
      undefined,
      `undefined ${noDeclaration} Modules that import each other get undefined.`,
    ],
  ])('%s in the list', async (_, declaration, problem) => {
    await expect(js[call](aws, [orders, declaration])).rejects.toThrow(
      new OptionsError(`${call}: declarations[1]: ${problem}`),
    )
    expect(aws.requests).toEqual([])
  })

  test.each([
    ['no argument', [], 'undefined'],
    ['the list first', [shop], 'an array'],
    ['a topic first', [orders], "topic 'orders'"],
    ['a Promise of a connection', [Promise.resolve(), shop], 'a Promise'],
  ])('%s', async (_, args, quoted) => {
    await expect(js[call](...args)).rejects.toThrow(
      new OptionsError(
        `${call}: ${quoted} is no connection. Write ${call}(connection, …), with what connect() or a test backend returns.`,
      ),
    )
  })
})

describe('apply refuses', () => {
  test.each([
    ['nothing', undefined, 'undefined'],
    ['a plan that is not awaited', Promise.resolve(), 'a Promise'],
    ['declarations', shop, 'an array'],
    ['the text of a plan', 'create queue jobs', "'create queue jobs'"],
  ])('%s', async (_, planned, quoted) => {
    await expect(js.apply(planned)).rejects.toThrow(
      new OptionsError(`apply: ${quoted} is no plan. Write apply(await plan(connection, [orders, receipts])).`),
    )
  })

  test('what plan takes, and what is left of a plan as data', async () => {
    const { changes } = await plan(aws, shop)
    const problem = 'apply: an object is no plan. Write apply(await plan(connection, [orders, receipts])).'
    await expect(js.apply(aws, shop)).rejects.toThrow(new OptionsError(problem))
    await expect(js.apply({ changes })).rejects.toThrow(new OptionsError(problem))
  })
})
