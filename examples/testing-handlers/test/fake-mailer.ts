import type { Mailer } from '../src/receipt-handlers.ts'

/** A mailer that keeps what it is given. `down` can be changed. */
export function fakeMailer({ down = false } = {}) {
  const sent: string[] = []
  const state = { down }
  const mailer: Mailer = {
    isDown: () => state.down,
    async send(to) {
      if (to.endsWith('.invalid')) return 'bounced'
      sent.push(to)
      return 'sent'
    },
  }
  return { ...mailer, sent, state }
}
