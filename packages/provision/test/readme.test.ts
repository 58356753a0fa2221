import { apply, destroy, plan } from '@waybill/provision'
import { simulate } from '@waybill/testing'
import { expect, test } from 'vitest'
import { orders, receipts, stock } from './support/contracts.ts'

test('the README: plan, apply, destroy', async () => {
  await using connection = simulate()
  // #region readme
  const planned = await plan(connection, [orders, receipts, stock])
  const preview = String(planned) // one line a change; nothing has been touched yet
  const { made, left } = await apply(planned)
  // #endregion
  expect([preview.split('\n').length, made.length, left.length]).toEqual([11, 11, 0])
  await destroy(connection, [orders, receipts, stock])
})
