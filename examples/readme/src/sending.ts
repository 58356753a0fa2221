import {
  type Connection,
  createProducer,
  defineMessage,
  defineQueue,
  type Logger,
  SendError,
  type UnsentMessage,
} from 'waybill'
import { z } from 'zod'

const InvoiceDue = defineMessage('invoice.due', z.object({ invoiceId: z.string(), tenant: z.string() }))

// #region keys
export const bills = defineQueue('bills', {
  messages: [InvoiceDue],
  fifo: true,
  group: (m) => m.payload.tenant, // order holds within a tenant; other tenants go on beside it
  deduplicate: (m) => m.payload.invoiceId, // an invoice sent twice within five minutes is stored once
})
export const reminders = defineQueue('reminders', {
  messages: [InvoiceDue],
  group: (m) => m.payload.tenant, // no order on a standard queue: a tenant's backlog does not delay the others
})
// #endregion

type Invoice = { readonly invoiceId: string; readonly tenant: string }

export async function remindAll(connection: Connection, due: AsyncIterable<Invoice>, log: Logger): Promise<number> {
  await using producer = createProducer(connection, reminders)
  // #region many
  async function* messages() {
    for await (const invoice of due)
      yield { type: 'invoice.due', payload: invoice, options: { id: `due-${invoice.invoiceId}` } } as const
  }
  const results = producer.sendMany(messages(), { timeout: '1m' })
  for await (const { message, ok, error } of results) {
    if (!ok) log.warn({ err: error, invoiceId: message.payload.invoiceId }, 'not reminded')
  }
  log.info({ ...results.progress }, 'all taken')
  // #endregion
  return results.progress.sent
}

type Unsent = UnsentMessage<typeof InvoiceDue>

export async function bill(
  connection: Connection,
  invoice: Invoice,
  keep: (unsent: readonly Unsent[]) => Promise<void>,
) {
  const producer = createProducer(connection, bills, { timeout: '5s' })
  // #region unknown
  try {
    await producer.send('invoice.due', invoice, { id: `invoice-${invoice.invoiceId}` })
  } catch (error) {
    if (!(error instanceof SendError) || !error.unknown) throw error
    // It may be there. With the same id a FIFO queue drops the second copy, and an idempotent consumer does.
    await producer.send('invoice.due', invoice, { id: error.id, timeout: '1m' })
  }
  // #endregion
  // #region close
  const unsent = await producer.close({ timeout: '10s' })
  if (unsent.length > 0) await keep(unsent) // for sendMany, of this process's successor
  // #endregion
}

export function watched(
  connection: Connection,
  histogram: { record(value: number, labels: { readonly reason: string }): void },
) {
  // #region events
  const producer = createProducer(connection, bills, {
    on: { batch: ({ ms, reason }) => histogram.record(ms, { reason }) },
  })
  // #endregion
  return producer
}
