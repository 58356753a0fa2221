import { type AnyMessage, decode } from '@waybill/schema'
import type { Outgoing } from './outgoing.ts'
import type { Sending } from './send-many-types.ts'

/** A message that `close` gave up, as `sendMany` takes it: with its id, by which a second copy is known as one. */
export type UnsentMessage<M extends AnyMessage> = Sending<M> & {
  /** True when it may have been accepted all the same, because an answer was missing. */
  readonly unknown: boolean
}

export function unsentMessage(outgoing: Outgoing, unknown: boolean): UnsentMessage<AnyMessage> {
  const { type, id, given } = outgoing
  const { delay, attributes } = given
  return { type, payload: acceptedPayload(outgoing), options: { delay, attributes, id }, unknown }
}

/** What its sender may have made of the payload since is not what was accepted. An older version may say less than it did. */
function acceptedPayload({ message, version, body, payload }: Outgoing): unknown {
  if (version !== message.version) return payload
  try {
    return decode(message, body, version)
  } catch {
    // a contract that depends on time, for instance: it is not for us to lose the message
    return payload
  }
}
