import { apply, connect, plan } from 'waybill'
import { orders, receipts, stock } from './contracts.ts'

export async function provision(): Promise<void> {
  // #region provisioning
  await using connection = connect()
  const changes = await plan(connection, [orders, receipts, stock])
  console.log(String(changes)) // one line a change; nothing is made yet
  await apply(changes)
  // #endregion
}
