// Calls that must not compile, each on one line, after the sentence that the compiler's message must hold.
// `npm run types` checks them on every TypeScript that users may have.
import { z } from 'zod'
import { apply, connect, createConsumer, createProducer, deadLetter, defineMessage, defineQueue, defineTopic, destroy, memoryStore, middleware, plan, retry, runConsumers } from 'waybill'
import { OrderPaid, SendReceipt, Shipped, orders, receipts, shipments, stock } from './contracts.ts'

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

// the message instead of its type => is not assignable to parameter of type '"receipt.send"'
await createProducer(aws, receipts).send(SendReceipt, { orderId: '1', email: 'x' })

// type and payload in one => Expected at least 2 arguments, but got 1
await createProducer(aws, receipts).send({ type: 'receipt.send', payload: { orderId: '1', email: 'x' } })

// a delay in seconds => Type 'number' is not assignable to type '`${number}
await createProducer(aws, receipts).send('receipt.send', { orderId: '1', email: 'x' }, { delay: 30 })

// a misspelt option of a message => Did you mean to write 'delay'?
await createProducer(aws, receipts).send('receipt.send', { orderId: '1', email: 'x' }, { dely: '30s' })

// one message where many are expected => 'type' does not exist in type '
createProducer(aws, receipts).sendMany({ type: 'receipt.send', payload: { orderId: '1', email: 'x' } })

// an option beside the payload => delay: string; }[]' is not assignable to parameter of type
createProducer(aws, receipts).sendMany([{ type: 'receipt.send', payload: { orderId: '1', email: 'x' }, delay: '30s' }])

// one id for many messages => 'id' does not exist in type 'SendManyOptions'
createProducer(aws, receipts).sendMany([], { id: '1' })

// the arguments of a producer swapped => is missing the following properties from type 'Connection'
createProducer(orders, aws)

// a name instead of a declared queue => Argument of type 'string' is not assignable to parameter of type 'Any
createProducer(aws, 'receipts')

// a message instead of a queue => Argument of type 'Message<"receipt.send",
createProducer(aws, SendReceipt)

// a misspelt option of a producer => Did you mean to write 'linger'?
createProducer(aws, receipts, { lingr: '5ms' })

// a linger without its unit => Type 'number' is not assignable to type '`${number}
createProducer(aws, receipts, { linger: 5 })

// the same, in quotes => Type '"5"' is not assignable to type '`${number}
createProducer(aws, receipts, { linger: '5' })

// a version to write of a message that the queue does not have => ''order.paid'' does not exist in type '{ readonly "receipt.send"?: number | undefined; }'
createProducer(aws, receipts, { write: { 'order.paid': 1 } })

// a version in quotes => Type 'string' is not assignable to type 'number'
createProducer(aws, receipts, { write: { 'receipt.send': '1' } })

// a listener to an event that there is not => Argument of type '"sent"' is not assignable to parameter of type '"batch"'
createProducer(aws, receipts).on('sent', () => {})

// a time to close without its option => Type '"5s"' has no properties in common with type 'CloseOptions'
await createProducer(aws, receipts).close('5s')

// what is no schema => 'orderId' does not exist in type '$ZodType<
defineMessage('x', { orderId: z.string() })

// an up-cast that is asynchronous => Property 'a' is missing in type 'Promise<{ a: string; }>' but required in type '{ a: string; }'
defineMessage('x', z.string()).evolve(z.object({ a: z.string() }), async (a) => ({ a }))

// attributes that are no schema => 'tenant' does not exist in type '$ZodType<AnyAttributes
defineMessage('x', z.object({}), { attributes: { tenant: z.string() } })

// one message instead of a list => is missing the following properties from type 'readonly AnyMessage[]'
defineQueue('q', { messages: SendReceipt })

// a schema instead of a message => is missing the following properties from type 'Message<string, unknown, AnyAttributes>'
defineQueue('q', { messages: [z.object({ orderId: z.string() })] })

// a type instead of a message => Type 'string' is not assignable to type 'AnyMessage'
defineQueue('q', { messages: ['receipt.send'] })

// a topic instead of what the queue takes of it => is missing the following properties from type 'Subscription<AnyMessage, boolean>': topic, types
defineQueue('q', { subscriptions: [orders] })

// a subscription that is not in a list => is missing the following properties from type 'readonly AnySubscription[]'
defineQueue('q', { subscriptions: orders.select('order.paid') })

// a list of types => Argument of type 'string[]' is not assignable to parameter of type '"order.
orders.select(['order.paid'])

// a message instead of its type, selected => Argument of type 'Message<"order.paid",
orders.select(OrderPaid)

// no type at all => Expected at least 1 arguments, but got 0
orders.select()

// a topic that carries nothing => Property 'messages' is missing in type '{ fifo: true; }'
defineTopic('t', { fifo: true })

// a misspelt option of a queue => Did you mean to write 'visibilityTimeout'?
defineQueue('q', { messages: [SendReceipt], visibiltyTimeout: '30s' })

// an option that only queues have => 'retention' does not exist in type 'Options<
defineTopic('t', { messages: [OrderPaid], retention: '4d' })

// a visibility timeout in seconds => Type 'number' is not assignable to type '`${number}
defineQueue('q', { messages: [SendReceipt], visibilityTimeout: 30 })

// a yes in quotes => Type 'string' is not assignable to type 'boolean | undefined'
defineQueue('q', { messages: [SendReceipt], fifo: 'true' })

// a key that is no text => Type '{ orderId: string; }' is not assignable to type 'string'
defineQueue('q', { messages: [Shipped], fifo: true, group: (m) => m.payload })

// a property instead of a function => Type 'string' is not assignable to type '(message: {
defineQueue('q', { messages: [SendReceipt], fifo: true, group: 'orderId' })

// a throughput mode on a standard queue => "Error: only a FIFO queue or topic has a throughput mode"
defineQueue('q', { messages: [SendReceipt], throughput: 'high' })

// a misspelt option of the dead-letter queue => Did you mean to write 'attempts'?
defineQueue('q', { messages: [SendReceipt], deadLetter: { attempt: 3 } })

// a dead-letter queue by name alone => Type 'string' has no properties in common with type '{ readonly attempts?: number | undefined; readonly name?: string | undefined; }'
defineQueue('q', { messages: [SendReceipt], deadLetter: 'failed' })

// attempts in quotes => Type 'string' is not assignable to type 'number'
defineQueue('q', { messages: [SendReceipt], deadLetter: { attempts: '3' } })

// a list of tags => Type 'string[]' is not assignable to type 'Readonly<Record<string, string>>'
defineQueue('q', { messages: [SendReceipt], tags: ['billing'] })

// foreign bodies as what the queue does not take => Type '"order.paid"' is not assignable to type '"receipt.send"'
defineQueue('q', { messages: [SendReceipt], untyped: { as: 'order.paid' } })

// a region alone => Type '"eu-central-1"' has no properties in common with type 'ConnectOptions'
connect('eu-central-1')

// an option of the AWS SDK among ours => 'credentials' does not exist in type 'ConnectOptions'
connect({ credentials: { accessKeyId: 'x', secretAccessKey: 'y' } })

// one of ours among those of the AWS SDK => 'region' does not exist in type 'AwsOptions'
connect({ aws: { region: 'eu-central-1' } })

// credentials that the environment may lack => Type 'string | undefined' is not assignable to type 'string'
connect({ aws: { credentials: { accessKeyId: process.env['ID'], secretAccessKey: process.env['SECRET'] } } })

// an account as a number => Type 'number' is not assignable to type 'string'
connect({ accountId: 123456789012 })

// places in an object => 'receipts' does not exist in type 'Locate'
connect({ locate: { receipts: 'https://sqs.eu-central-1.amazonaws.com/123456789012/receipts' } })

// a place that is looked up => Type 'Promise<string>' is not assignable to type 'string'
connect({ locate: async ({ name }) => name })

// a logger that can't have children => Property 'child' is missing in type 'Console' but required in type 'Logger'
connect({ logger: console })

// one queue instead of a list => is missing the following properties from type 'readonly Declaration[]'
await plan(aws, receipts)

// the arguments of a plan swapped => is missing the following properties from type 'Connection'
await plan([receipts], aws)

// a message instead of its queue => is not assignable to type 'Declaration'
await plan(aws, [SendReceipt])

// a misspelt option of a plan => Did you mean to write 'prune'?
await plan(aws, [receipts], { prun: true })

// a plan that is not awaited => Type 'Promise<Plan>' is missing the following properties from type 'Plan'
await apply(plan(aws, [receipts]))

// one topic to destroy => is missing the following properties from type 'readonly Declaration[]'
await destroy(aws, orders)
