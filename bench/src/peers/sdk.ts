import { SendMessageCommand } from '@aws-sdk/client-sqs'
import { createSnsClient, createSqsClient, publishBatch, sendBatch } from '../aws.ts'
import { gather } from './gather.ts'
import type { ProducingPeer } from './peer.ts'

// Neither checks what it sends: that is the baseline.

export const sdk: ProducingPeer = {
  produce({ endpoint, url }) {
    const sqs = createSqsClient(endpoint)
    const send = (text: string): Promise<unknown> =>
      sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: text }))
    return { send: (bodies) => bodies.map(async (body) => send(JSON.stringify(body))) }
  },
}

/** As one writes it by hand where messages come in tens. */
export const sdkTens: ProducingPeer = {
  takes: 10,
  produce(place) {
    const sqs = createSqsClient(place.endpoint)
    return {
      send(bodies) {
        const ten = sendBatch(
          sqs,
          place,
          bodies.map((body) => ({ MessageBody: JSON.stringify(body) })),
        )
        return [ten]
      },
    }
  },
}

/** As one writes it by hand where they do not: what callers give in one turn of the event loop leaves in tens, all at once. */
export const sdkBatch: ProducingPeer = {
  produce(place) {
    const sqs = createSqsClient(place.endpoint)
    const send = gather(async (ten: readonly string[]) =>
      sendBatch(
        sqs,
        place,
        ten.map((text) => ({ MessageBody: text })),
      ),
    )
    return { send: (bodies) => bodies.map(async (body) => send(JSON.stringify(body))) }
  },
  publish(place) {
    const sns = createSnsClient(place.endpoint)
    const send = gather(async (ten: readonly string[]) => publishBatch(sns, place, ten))
    return { send: (bodies) => bodies.map(async (body) => send(JSON.stringify(body))) }
  },
}
