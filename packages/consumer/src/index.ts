export { type Consumer, type StopOptions } from './consumer.ts'
export type { State } from './consumer-state.ts'
export type { Context, Delivery } from './context.ts'
export { createConsumer } from './create-consumer.ts'
export type { StopReport } from './drain.ts'
export { ConsumerError, HandlerTimeoutError, LeaseLostError, NonRetryableError } from './errors.ts'
export type { ConsumerEvents } from './events.ts'
export type {
  BatchOutcome,
  Handler,
  HandlerOf,
  HandlerOptions,
  HandlersFor,
  HandlersOf,
  InBatches,
  Item,
  OneByOne,
} from './handlers.ts'
export type { Health } from './health.ts'
export { healthHandler, type HealthHandlerOptions } from './health-handler.ts'
export type { Idempotency, IdempotencyStore } from './idempotency.ts'
export { memoryStore } from './memory-store.ts'
export { type Additions, type Middleware, middleware, type Next, type Passed } from './middleware.ts'
export type { ConsumerOptions } from './options.ts'
export { deadLetter, type DeadLetter, type Done, type Outcome, retry, type Retry } from './outcome.ts'
export type { Failure, RetryIn } from './retry-delay.ts'
export { runConsumers } from './run-consumers.ts'
