import { Producer } from 'sqs-producer'
import { createSqsClient } from '../aws.ts'
import { textOf } from '../contracts/index.ts'
import type { ProducingPeer } from './peer.ts'

/** Sends a list ten at a time, one request after another. What several calls send, it does not send together. */
export const sqsProducer: ProducingPeer = {
  takes: 10,
  produce({ endpoint, url }, contract) {
    const producer = Producer.create({ queueUrl: url, sqs: createSqsClient(endpoint) })
    return {
      send(bodies) {
        // An id by itself: by default it is the body, of which SQS would not take this one.
        const list = producer.send(bodies.map((body) => ({ id: String(body.n), body: textOf(contract, body) })))
        return bodies.map(() => list)
      },
    }
  },
}
