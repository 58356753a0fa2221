// Calls that must not compile, each on one line, after the sentence that the compiler's message must hold.
// `npm run types` checks them on every TypeScript that users may have.
import { z } from 'zod'
import { connect, createConsumer, createProducer, deadLetter, defineMessage, defineQueue, defineTopic, memoryStore, middleware, plan, retry, runConsumers } from 'waybill'
import { OrderPaid, SendReceipt, orders, receipts, shipments, stock } from './contracts.ts'

const aws = connect()
const plain = defineTopic('plain', { messages: [OrderPaid] })

// a handler is missing => Property '"receipt.send"' is missing
createConsumer(aws, receipts, { handlers: { 'order.paid': async () => {} } })

// a handler too many => ''order.cancelled'' does not exist in type 'HandlersOf<
createConsumer(aws, receipts, { handlers: { 'order.paid': async () => {}, 'receipt.send': async () => {}, 'order.cancelled': async () => {} } })

// a payload of the wrong shape => Type 'number' is not assignable to type 'string'
await createProducer(aws, receipts).send('receipt.send', { orderId: 1, email: 'x' })

// a misspelt type => Argument of type '"receipt.sent"' is not assignable to parameter of type '"receipt.send"'
await createProducer(aws, receipts).send('receipt.sent', { orderId: '1', email: 'x' })

// a topic's message, sent to a queue that subscribes => Argument of type '"order.paid"' is not assignable to parameter of type '"receipt.send"'
await createProducer(aws, receipts).send('order.paid', { orderId: '1', amount: { cents: 1, currency: 'EUR' }, paidAt: new Date() })

// the wire form instead of the payload => Type 'string' is not assignable to type 'Date'
await createProducer(aws, orders).send('order.paid', { orderId: '1', amount: { cents: 1, currency: 'EUR' }, paidAt: '2020' })

// an attribute that is required, left out => Expected 3 arguments, but got 2
await createProducer(aws, shipments).send('shipped', { orderId: '1' })

// the same, with other options => Property 'attributes' is missing in type '{ delay: "5s"; }'
await createProducer(aws, shipments).send('shipped', { orderId: '1' }, { delay: '5s' })

// the same, in a list => Property 'options' is missing in type
createProducer(aws, shipments).sendMany([{ type: 'shipped', payload: { orderId: '1' } }])

// an attribute of the wrong type => Type 'string' is not assignable to type 'number'
await createProducer(aws, shipments).send('shipped', { orderId: '1' }, { attributes: { tenant: 'acme', priority: '3' } })

// an attribute that the contract does not declare => 'regoin' does not exist in type '{ region?: "eu" | "us" | undefined; }'
await createProducer(aws, shipments).send('ping', {}, { attributes: { regoin: 'eu' } })

// a free attribute that is no text => Type 'number' is not assignable to type 'string'
await createProducer(aws, receipts).send('receipt.send', { orderId: '1', email: 'x' }, { attributes: { priority: 3 } })

// an attribute that no contract declares, in a handler => Property 'tenat' does not exist on type '{ tenant: string;
createConsumer(aws, shipments, { handlers: { shipped: (_, { attributes }) => void attributes.tenat, ping: () => {}, 'receipt.send': () => {} } })

// an attribute that is no string on the wire => Type '{ priority: number; }' is not assignable to type 'AttributeTexts'
defineMessage('x', z.object({}), { attributes: z.object({ priority: z.int() }) })

// select of a type that the topic does not have => Argument of type '"order.payed"' is not assignable to parameter of type
orders.select('order.payed')

// a FIFO queue on a standard topic => "Error: a FIFO queue can subscribe only to a FIFO topic"
defineQueue('q', { subscriptions: [plain.select('order.paid')], fifo: true })

// a FIFO queue without a group => Property 'group' is missing
defineQueue('q', { messages: [SendReceipt], fifo: true })

// one message twice => "Error: 'receipt.send' is listed twice"
defineQueue('q', { messages: [SendReceipt, SendReceipt] })

// deduplication on a standard queue => "Error: only a FIFO queue or topic deduplicates"
defineQueue('q', { messages: [SendReceipt], deduplicate: () => '' })

// an up-cast to the wrong shape => Type 'string' is not assignable to type 'number'
defineMessage('x', z.object({ a: z.string() })).evolve(z.object({ b: z.number() }), (old) => ({ b: old.a }))

// a handler that returns something else => Type 'number' is not assignable to type 'void | Outcome'
createConsumer(aws, receipts, { handlers: { 'order.paid': async () => 5, 'receipt.send': async () => {} } })

// a duration in words => Type '"30 seconds"' is not assignable to type '`${number}
retry({ delay: '30 seconds' })

// a duration without a unit => Type 'number' is not assignable to type '`${number}
retry({ delay: 30 })

// an addition that no middleware makes => Property 'db' does not exist on type 'Context<"order.paid", FreeAttributes>'
createConsumer(aws, receipts, { handlers: { 'order.paid': async (_, { db }) => db, 'receipt.send': async () => {} } })

// a middleware written in place: make it a constant first => Property 'db' does not exist on type 'Context<"order.paid", FreeAttributes>'
createConsumer(aws, receipts, { use: [middleware(async (_, next) => next({ db: 1 }))], handlers: { 'order.paid': async (_, { db }) => {}, 'receipt.send': async () => {} } })

// a consumer of a topic => Type '"topic"' is not assignable to type '"queue"'
createConsumer(aws, orders, { handlers: {} })

// a misspelt property => Property 'amont' does not exist on type '{ orderId: string; amount: { cents: number; currency: string; }; paidAt: Date; }'
createConsumer(aws, receipts, { handlers: { 'order.paid': (order) => void order.amont, 'receipt.send': async () => {} } })

// a producer for a queue that nobody sends to directly => Argument of type '"order.paid"' is not assignable to parameter of type 'never'
await createProducer(aws, stock).send('order.paid', { orderId: '1' })

// a dead letter without a reason => Expected 1 arguments, but got 0
createConsumer(aws, receipts, { handlers: { 'order.paid': () => deadLetter(), 'receipt.send': async () => {} } })

// the function instead of its outcome => Type '(options?:
createConsumer(aws, receipts, { handlers: { 'order.paid': async () => retry, 'receipt.send': async () => {} } })

// a batch handler that returns a list => Type 'Retry[]' is missing the following properties from type 'ReadonlyMap
createConsumer(aws, receipts, { handlers: { 'order.paid': { batch: { size: 2 }, handleBatch: (items) => items.map(() => retry()) }, 'receipt.send': async () => {} } })

// a middleware that returns nothing => Type 'void' is not assignable to type 'Outcome'
middleware(async (_delivery, next) => { await next() })

// a retry delay in milliseconds => Type 'number' is not assignable to type
createConsumer(aws, receipts, { retryIn: (attempt) => attempt * 1_000, handlers: { 'order.paid': async () => {}, 'receipt.send': async () => {} } })

// a key of another type than text => Type 'Date' is not assignable to type 'string'
createConsumer(aws, receipts, { idempotency: { store: memoryStore(), key: (delivery) => delivery.sentAt }, handlers: { 'order.paid': async () => {}, 'receipt.send': async () => {} } })

// a queue instead of its consumer => is missing the following properties from type 'Consumer'
await runConsumers([receipts])

// a size in words => Type 'string' is not assignable to type 'number'
defineQueue('q', { messages: [SendReceipt], maximumMessageSize: '1 MiB' })

// a KMS key without its option => Type 'string' is not assignable to type '{ readonly kmsKey: string;
defineQueue('q', { messages: [SendReceipt], encryption: 'alias/q' })

// the reuse of a data key, of which a topic has none => 'dataKeyReuse' does not exist in type 'TopicEncryption'
defineTopic('t', { messages: [OrderPaid], encryption: { kmsKey: 'alias/t', dataKeyReuse: '5m' } })

// a tag that is no text => Type 'number' is not assignable to type 'string'
defineTopic('t', { messages: [OrderPaid], tags: { team: 7 } })

// an allowance that there is not => Did you mean '"lower-retention"'?
await plan(aws, [receipts], { allow: ['lower-retenion'] })

// allowances that are not a list => Type 'string' is not assignable to type 'readonly ("lower-
await plan(aws, [receipts], { allow: 'lower-retention' })
