import { apply, connect, type Connection, defineMessage, defineQueue, plan } from 'waybill'
import { z } from 'zod'
import { orders, receipts, stock } from './contracts.ts'

export async function provision(): Promise<void> {
  // #region provisioning
  await using connection = connect()
  const changes = await plan(connection, [orders, receipts, stock])
  console.log(String(changes)) // one line a change; nothing is made yet
  await apply(changes)
  // #endregion
}

const SendInvoice = defineMessage('invoice.send', z.object({ invoiceId: z.string() }))

// #region settings
export const invoices = defineQueue('invoices', {
  messages: [SendInvoice],
  delay: '10s', // before a message can be received
  maximumMessageSize: 65_536, // bytes
  encryption: { kmsKey: 'alias/invoices' }, // left out: SQS's own key
  tags: { team: 'billing' },
  deadLetter: {}, // under the same key, with the same tags
})
// #endregion

export async function tidyUp(connection: Connection): Promise<string> {
  // #region options
  const changes = await plan(connection, [orders, receipts, stock, invoices], {
    tags: { env: 'prod' }, // of everything; a declaration's own win
    allow: ['lower-retention'], // what "can't change" says to write
    prune: true, // removes what is "unmanaged"
  })
  // #endregion
  await apply(changes)
  return String(changes)
}
