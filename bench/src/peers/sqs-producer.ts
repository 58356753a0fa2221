import { Producer } from 'sqs-producer'
import { createSqsClient } from '../aws.ts'
import { bodyOf, type ProducingPeer } from './peer.ts'

/** Sends a list ten at a time, one request after another. What several calls send, it does not send together. */
export const sqsProducer: ProducingPeer = {
  title: 'sqs-producer, a list of what is at hand',
  produce({ endpoint, url }) {
    const producer = Producer.create({ queueUrl: url, sqs: createSqsClient(endpoint) })
    return {
      send(jobs) {
        // An id by itself: by default it is the body, of which SQS would not take this one.
        const list = producer.send(jobs.map((job) => ({ id: String(job.n), body: bodyOf(job) })))
        return jobs.map(() => list)
      },
    }
  },
}
