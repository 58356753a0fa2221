import { createProducer } from '@waybill/producer'
import type { AnyQueue, AnyTopic } from '@waybill/schema'
import type { Connection } from '@waybill/sqs'

/** The package as JavaScript and casts see it, so that what types forbid can be tried. */
export const js: {
  createProducer(
    connection: Connection,
    declared: AnyQueue | AnyTopic,
    options?: unknown,
  ): {
    send(type: unknown, payload: unknown, options?: unknown): Promise<unknown>
    sendMany(messages: unknown, options?: unknown): AsyncIterable<unknown>
    close(options?: unknown): Promise<unknown>
    on(name: unknown, listener: unknown): Disposable
  }
} = { createProducer }
