import { MessageHandlerConfigBuilder } from '@message-queue-toolkit/core'
import { AbstractSqsConsumer, AbstractSqsPublisher, SqsConsumerErrorResolver } from '@message-queue-toolkit/sqs'
import { createPollingClient, createSqsClient, sendBodies } from '../aws.ts'
import type { Body } from '../contracts/body.ts'
import type { Contract } from '../contracts/index.ts'
import type { ConsumingPeer, Place, ProducingPeer, Work } from './peer.ts'

/** sqs-consumer inside: pollers of ten, a delete for each message. On FIFO pollers of one, for the order. */
export const messageQueueToolkit: ConsumingPeer & ProducingPeer = {
  send: (place, _contract, bodies) => sendBodies(place, bodies),
  consume: async (work) => new OrderConsumer(work).start(),
  produce(place, contract) {
    const publisher = new OrderPublisher(place, contract)
    return { send: (bodies) => bodies.map(async (body) => publisher.publish(stamped(body))) }
  },
}

/** With what it would add by itself, and warn of for each message. */
function stamped(body: Body): Body & { readonly timestamp: string } {
  return { ...body, timestamp: new Date().toISOString() }
}

const silent = () => {}
const logger = {
  level: 'error',
  msgPrefix: undefined,
  fatal: console.error,
  error: console.error,
  warn: console.error,
  info: silent,
  debug: silent,
  trace: silent,
  silent,
  isLevelEnabled: () => false,
  child: () => logger,
}
const dependencies = {
  logger,
  errorReporter: { report: console.error },
  consumerErrorResolver: new SqsConsumerErrorResolver(),
  transactionObservabilityManager: { start: silent, stop: silent, startWithGroup: silent, addCustomAttributes: silent },
}
const messageTypeResolver = { messageTypePath: 'type' }

class OrderConsumer extends AbstractSqsConsumer<Body, undefined> {
  constructor({ place: { endpoint, url, fifo }, contract, concurrency, handle }: Work) {
    const batchSize = fifo ? 1 : Math.min(10, concurrency)
    super(
      { ...dependencies, sqsClient: createPollingClient(endpoint) },
      {
        messageTypeResolver,
        handlers: new MessageHandlerConfigBuilder<Body, undefined>()
          .addConfig(contract.schema, async (body) => {
            await handle(body)
            return { result: 'success' }
          })
          .build(),
        locatorConfig: { queueUrl: url },
        ...(fifo ? { fifoQueue: true } : {}),
        concurrentConsumersAmount: Math.ceil(concurrency / batchSize),
        consumerOverrides: { batchSize, heartbeatInterval: 14 },
      },
      undefined,
    )
  }
}

class OrderPublisher extends AbstractSqsPublisher<Body> {
  constructor({ endpoint, url }: Place, { schema }: Contract) {
    super(
      { ...dependencies, sqsClient: createSqsClient(endpoint) },
      { messageSchemas: [schema], messageTypeResolver, locatorConfig: { queueUrl: url } },
    )
  }
}
