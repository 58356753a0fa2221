import type { SendError } from '@waybill/producer'

/** What a send rejects with; asked for at once, so that it is never an unhandled rejection. */
export async function rejection(send: Promise<unknown>): Promise<SendError> {
  const error = await send.then(
    () => new Error('It was sent.'),
    (thrown: SendError) => thrown,
  )
  if (!('code' in error)) throw error
  return error
}
