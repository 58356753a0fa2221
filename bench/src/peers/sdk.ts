import { SendMessageCommand } from '@aws-sdk/client-sqs'
import { createSqsClient, inTens, sendBatch } from '../aws.ts'
import { bodyOf, type ProducingPeer } from './peer.ts'

export const sdk: ProducingPeer = {
  title: 'AWS SDK, SendMessage',
  produce({ endpoint, url }) {
    const sqs = createSqsClient(endpoint)
    return {
      send: (jobs) => jobs.map((job) => sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: bodyOf(job) }))),
    }
  },
}

/** As one writes it by hand: all tens at once. */
export const sdkBatch: ProducingPeer = {
  title: 'AWS SDK, SendMessageBatch of what is at hand',
  produce({ endpoint, url }) {
    const sqs = createSqsClient(endpoint)
    return {
      send: (jobs) =>
        inTens(jobs.map(bodyOf)).flatMap((ten) => {
          const batch = sendBatch(sqs, url, ten)
          return ten.map(() => batch)
        }),
    }
  },
}
