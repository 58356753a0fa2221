import { deadLetter, type HandlersOf, retry } from 'waybill'
import type { receipts } from './contracts.ts'

/** What sends mails. `'bounced'`: there is no such mailbox. */
export interface Mailer {
  isDown(): boolean
  send(to: string, subject: string, options: { readonly signal: AbortSignal }): Promise<'sent' | 'bounced'>
}

/** The handlers take what they need as arguments, so that a test can give them something else. */
export function receiptHandlers(mailer: Mailer): HandlersOf<typeof receipts> {
  return {
    async 'receipt.send'({ email, orderId }, { signal }) {
      if (mailer.isDown()) return retry({ delay: '1m', reason: 'the mailer is down' })
      const result = await mailer.send(email, `Your order ${orderId}`, { signal })
      return result === 'bounced' ? deadLetter('no such mailbox') : undefined
    },
  }
}
