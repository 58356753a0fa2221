import { Squiss } from 'squiss-ts'
import { createPollingClient, createSqsClient, sendBodies } from '../aws.ts'
import { textOf } from '../contracts/index.ts'
import type { ConsumingPeer, ProducingPeer } from './peer.ts'

/** One poll at a time, again while fewer than `maxInFlight` are handled. Deletes are gathered in tens; sends are not, but it takes lists. */
export const squiss: ConsumingPeer & ProducingPeer = {
  takes: 10,
  send: (place, _contract, bodies) => sendBodies(place, bodies),
  async consume({ place: { endpoint, url }, contract, concurrency, handle }) {
    const queue = new Squiss({
      SQS: createPollingClient(endpoint),
      queueUrl: url,
      bodyFormat: 'json',
      maxInFlight: concurrency,
      // Full receives, where there is room for them.
      minReceiveBatchSize: 10,
      // As Waybill does by default.
      visibilityTimeoutSecs: 30,
      autoExtendTimeout: true,
    })
    queue.on('error', (error) => console.error(`squiss-ts: ${error.message}`))
    queue.on('message', (message) => {
      const body: unknown = message.body
      handle(contract.schema.parse(body)).then(
        () => message.del(),
        (error: unknown) => {
          console.error(error)
          return message.release()
        },
      )
    })
    await queue.start()
  },
  produce({ endpoint, url }, contract) {
    const queue = new Squiss({ SQS: createSqsClient(endpoint), queueUrl: url })
    return { send: (bodies) => [queue.sendMessages(bodies.map((body) => textOf(contract, body)))] }
  },
}
