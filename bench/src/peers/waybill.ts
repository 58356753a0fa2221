import { connect, type Connection, createConsumer, createProducer, defineMessage, defineQueue } from 'waybill'
import { CREDENTIALS, REGION } from '../aws.ts'
import { type ConsumingPeer, Job, type Place, type ProducingPeer } from './peer.ts'

export const waybill: ConsumingPeer & ProducingPeer = {
  title: 'Waybill',
  async send(place, jobs) {
    await using connection = connectTo(place)
    await using producer = createProducer(connection, queueOf(place))
    for await (const result of producer.sendMany(jobs.map((payload) => ({ type: 'job', payload }) as const))) {
      if (!result.ok) throw result.error
    }
  },
  async consume({ place, concurrency, handle }) {
    const consumer = createConsumer(connectTo(place), queueOf(place), { concurrency, handlers: { job: handle } })
    await consumer.start()
  },
  produce(place) {
    const closed = new Map<string, number>()
    const producer = createProducer(connectTo(place), queueOf(place), {
      on: { batch: ({ reason }) => void closed.set(reason, (closed.get(reason) ?? 0) + 1) },
    })
    return { closed, send: (jobs) => jobs.map((payload) => producer.send('job', payload)) }
  },
}

const job = defineMessage('job', Job)
const queueOf = ({ name }: Place) => defineQueue(name, { messages: [job] })

function connectTo({ endpoint }: Place): Connection {
  return connect({ endpoint, region: REGION, aws: { credentials: CREDENTIALS } })
}
