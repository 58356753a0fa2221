import { simulate, type SimulateOptions } from '@waybill/testing'

export const JOBS = { name: 'jobs', fifo: false }
export const STEPS = { name: 'steps', fifo: true }
/** Milliseconds on the simulation's clock, which cost nothing. */
export const CALL = { timeout: 30_000 }

const ANYONE = { Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage', Resource: '*' }

/** A simulated account with a standard and a FIFO queue and a topic, and what producers and consumers do with them. */
export async function jobs(options: SimulateOptions & { readonly clock?: undefined } = {}) {
  const aws = simulate(options)
  await aws.admin.createQueue('jobs', { Policy: JSON.stringify({ Statement: [ANYONE] }) })
  await aws.admin.createQueue('steps.fifo', { FifoQueue: 'true' })
  const [standard, fifo] = [await aws.queue(JOBS), await aws.queue(STEPS)]
  const arn = await aws.admin.createTopic('orders', {})
  await aws.admin.subscribe(arn, 'arn:aws:sqs:us-east-1:000000000000:jobs', { RawMessageDelivery: 'true' })
  const { clock, faults, sqs } = aws

  const receiveFrom = (queue: typeof fifo, max: number, wait: number) =>
    sqs.receive(queue, { max, wait, visibilityTimeout: 60 }, CALL)
  return {
    aws,
    clock,
    faults,
    /** To the standard queue, by way of the topic. */
    publish: (...bodies: readonly string[]) => {
      const entries = bodies.map((body) => ({ body, attributes: {} }))
      return aws.sns.publish({ name: 'orders', arn, fifo: false }, entries, CALL)
    },
    send: (...bodies: readonly string[]) => {
      const entries = bodies.map((body) => ({ body, attributes: {} }))
      return sqs.send(standard, entries, CALL)
    },
    sendSteps: (...bodies: readonly string[]) => {
      const entries = bodies.map((body) => ({ body, attributes: {}, group: 'a', deduplicationId: body }))
      return sqs.send(fifo, entries, CALL)
    },
    receive: ({ max = 10, wait = 0 } = {}) => receiveFrom(standard, max, wait),
    receiveSteps: ({ max = 10, wait = 0 } = {}) => receiveFrom(fifo, max, wait),
    delete: (received: readonly { readonly receiptHandle: string }[]) =>
      sqs.delete(standard, received.map(handleOf), CALL),
    deleteSteps: (received: readonly { readonly receiptHandle: string }[]) =>
      sqs.delete(fifo, received.map(handleOf), CALL),
    /** How many messages are in each state. */
    counts: () => {
      const { delayed, inFlight, visible } = aws.contents(JOBS)
      return { visible: visible.length, inFlight: inFlight.length, delayed: delayed.length }
    },
    visible: () => aws.contents(JOBS).visible.map(({ body }) => body),
    [Symbol.asyncDispose]: () => aws.close(),
  }
}

const handleOf = ({ receiptHandle }: { readonly receiptHandle: string }) => receiptHandle
export const bodies = (messages: readonly { readonly body: string }[]) => messages.map(({ body }) => body)
