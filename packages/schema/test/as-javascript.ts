import {
  type AnyMessage,
  type AnyQueue,
  type AnyTopic,
  ContractError,
  decode,
  defineMessage,
  defineQueue,
  defineTopic,
  encode,
  encodeAttributes,
} from '@waybill/schema'

/** The package as JavaScript and casts see it, so that what types forbid can be tried. */
export const js: {
  defineMessage(
    type: unknown,
    schema: unknown,
    options?: unknown,
  ): { evolve(schema: unknown, upcast: unknown): AnyMessage } & AnyMessage
  defineTopic(name: unknown, options: unknown): { select(...types: readonly unknown[]): unknown } & AnyTopic
  defineQueue(name: unknown, options: unknown): AnyQueue
  encode(message: unknown, payload: unknown, version?: unknown): string
  encodeAttributes(message: AnyMessage, attributes: unknown): unknown
  decode(message: unknown, body: unknown, version: unknown): unknown
} = { defineMessage, defineTopic, defineQueue, encode, encodeAttributes, decode }

/** The ContractError that `run` throws. */
export function contractError(run: () => unknown): ContractError {
  try {
    run()
  } catch (error) {
    if (error instanceof ContractError) return error
    throw error
  }
  throw new Error('It threw nothing.')
}
