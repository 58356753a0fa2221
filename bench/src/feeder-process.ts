import { setTimeout as delay } from 'node:timers/promises'
import { endWithParent, tell } from './child.ts'
import { contracts } from './contracts/index.ts'
import { consumingPeers } from './peers/index.ts'
import { createSqsClient } from './aws.ts'
import { SoakOrder } from './run-soak.ts'

// Keeps a backlog of some thousands messages until all are sent, in a process of its own.
endWithParent()
const { peer, place, warmUp, messages } = SoakOrder.parse(JSON.parse(process.argv[2] ?? ''))
const total = warmUp + messages
const sqs = createSqsClient(place.endpoint)

async function backlog(): Promise<number> {
  const names = ['ApproximateNumberOfMessages'] as const
  const { Attributes: attributes } = await sqs.getQueueAttributes({ QueueUrl: place.url, AttributeNames: [...names] })
  return Number(attributes?.ApproximateNumberOfMessages)
}

const sending = await consumingPeers[peer].load()
for (let next = 0; next < total;) {
  if ((await backlog()) > 4_000) {
    await delay(20)
    continue
  }
  const first = next
  next = Math.min(total, next + 2_000)
  const bodies = Array.from({ length: next - first }, (_, at) => contracts.order.make(first + at, 0))
  await sending.send(place, contracts.order, bodies)
}
tell('sent')
