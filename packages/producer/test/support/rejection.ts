import type { SendError, Sent } from '@waybill/producer'

/** What a send rejects with; asked for at once, so that it is never an unhandled rejection. */
export async function rejection(send: Promise<unknown> | undefined): Promise<SendError> {
  const error = await Promise.resolve(send).then(
    () => new Error('It was sent.'),
    (thrown: SendError) => thrown,
  )
  if (!('code' in error)) throw error
  return error
}

/** What became of sends: `sent`, or the code of the error. */
export const outcomes = (sends: readonly Promise<Sent>[]) =>
  Promise.all(
    sends.map((send) =>
      send.then(
        () => 'sent',
        (error: SendError) => error.code,
      ),
    ),
  )
