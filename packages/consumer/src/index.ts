export { type Consumer, createConsumer } from './consumer.ts'
export type { Context, Delivery } from './context.ts'
export type { StopReport } from './drain.ts'
export { ConsumerError, HandlerTimeoutError, LeaseLostError } from './errors.ts'
export type { ConsumerEvents, State } from './events.ts'
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
export { type Additions, type Middleware, middleware, type Next, type Passed } from './middleware.ts'
export type { ConsumerOptions } from './options.ts'
export { deadLetter, type DeadLetter, type Done, type Outcome, retry, type Retry } from './outcome.ts'
